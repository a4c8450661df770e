// What an authority is for, and so whom it names. Who believes one of them believes nothing of the others: each has roots of its own.
import { isReservedHost } from '../../compiler/index.ts';

/** Proxies check this name, whatever address they dial. */
export const controlPlaneServerName = 'control-plane.fairlead.internal';

/** `workloads`: peers in the mesh. `control-plane`: what proxies dial. `gateways`: clients from outside a mesh on one machine. */
export type Purpose = 'workloads' | 'control-plane' | 'gateways';

export type CertificateUsage = 'server' | 'client';

export interface CertificateRequest {
  readonly spiffeId?: string;
  readonly dnsNames?: readonly string[];
  readonly lifetimeMs: number;
  readonly usages: readonly CertificateUsage[];
}

const ofControlPlane: readonly string[] = [controlPlaneServerName, 'localhost'];

/** Throws for a certificate that an authority of this purpose must not give out, whoever asks for it. */
export function assertNames(purpose: Purpose, request: CertificateRequest, trustDomain: string): void {
  const { spiffeId, dnsNames: names = [], usages } = request;
  const refused = (reason: string) => new Error(`the authority for ${purpose} issues no certificate ${reason}`);
  if (purpose === 'workloads') {
    if (names.length > 0) throw refused(`for ${names.join(', ')}: it names workloads by SPIFFE ID alone`);
    if (!spiffeId?.startsWith(`spiffe://${trustDomain}/`))
      throw refused(`for ${spiffeId}, which is not of ${trustDomain}`);
    return;
  }
  if (spiffeId !== undefined) throw refused(`for ${spiffeId}: it names servers by host`);
  if (usages.some((usage) => usage !== 'server')) throw refused('for clients');
  const [other] = names.filter((name) =>
    purpose === 'gateways' ? isReservedHost(name) : !ofControlPlane.includes(name),
  );
  if (other !== undefined) throw refused(`for ${other}`);
}
