// The authorities of a mesh that a control plane needs.
import type { Clock } from '../clock.ts';
import { type CertificateAuthority, createCertificateAuthority } from './authority.ts';
import type { Purpose } from './purpose.ts';
import { folderStore } from './store.ts';

export interface MeshAuthorities {
  /** For workloads: what peers in the mesh trust. */
  readonly workloads: CertificateAuthority;
  /** For the control plane itself: what proxies pin. */
  readonly controlPlane: CertificateAuthority;
}

export interface MeshAuthoritiesOptions {
  readonly trustDomain: string;
  readonly clock?: Clock;
  /** Where roots are kept between runs; without it they live and die with the process. */
  readonly folder?: string;
}

export async function createMeshAuthorities({ folder, ...options }: MeshAuthoritiesOptions): Promise<MeshAuthorities> {
  const create = (purpose: Purpose) =>
    createCertificateAuthority({
      ...options,
      purpose,
      ...(folder !== undefined && { store: folderStore(folder, `${purpose}.json`) }),
    });
  const [workloads, controlPlane] = await Promise.all([create('workloads'), create('control-plane')]);
  return { workloads, controlPlane };
}
