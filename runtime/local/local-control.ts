// The control plane and the authorities of a local mesh. They live and die with the process: so do the identities they gave out.
import { type Diagnostic, keyOf, type ProxyTarget, spiffeId } from '../../compiler/index.ts';
import { createMeshAuthorities, type MeshAuthorities } from '../ca/authorities.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../ca/authority.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { ListenAddress } from '../control-plane/ads-server.ts';
import { envoyBootstrap } from '../control-plane/bootstrap.ts';
import { ControlPlane } from '../control-plane/control-plane.ts';
import type { DiscoverySource } from '../discovery/discovery-source.ts';
import type { AllocatedInstance } from './allocate.ts';
import { startTimer } from '../timers.ts';

export interface LocalControlOptions {
  readonly trustDomain: string;
  readonly address: ListenAddress;
  /** Where an instance's proxy stands, by the instance's key, which is its node id. */
  readonly targetOf: (key: string) => ProxyTarget | undefined;
  /** Started and closed along with the control plane. */
  readonly discovery: DiscoverySource;
  readonly report: (diagnostic: Diagnostic) => void;
  readonly clock?: Clock;
}

const dayMs = 86_400_000;
/** Proxies reconnect with the token they were started with for as long as the mesh runs. */
const tokenLifetimeMs = 90 * dayMs;
const nowhere = { mode: 'explicit', inbound: {}, outboundTcp: {}, gateway: {}, external: {} } as const;

export interface LocalAuthorities extends MeshAuthorities {
  /** For gateways, which have no certificates of their own here. */
  readonly gateways: CertificateAuthority;
}

export class LocalControl {
  readonly authorities: LocalAuthorities;
  readonly plane: ControlPlane;
  readonly address: ListenAddress;

  readonly #discovery: DiscoverySource;

  private constructor(
    options: LocalControlOptions,
    authorities: LocalAuthorities,
    plane: ControlPlane,
    address: ListenAddress,
  ) {
    this.authorities = authorities;
    this.plane = plane;
    this.address = address;
    this.#discovery = options.discovery;
  }

  /** An Error only if the address cannot be listened on. */
  static async start(options: LocalControlOptions): Promise<LocalControl | Error> {
    const { trustDomain, targetOf, discovery, report, clock = systemClock } = options;
    const authorities = await createMeshAuthorities({ trustDomain, clock });
    const gateways = await createCertificateAuthority({ trustDomain, clock, purpose: 'gateways' });
    const plane = new ControlPlane({
      authorities,
      gatewayCertificates: (_secret, hosts) =>
        gateways.issue({ dnsNames: hosts, lifetimeMs: dayMs, usages: ['server'] }),
      clock,
      targetOf: (node) => targetOf(node.id) ?? { workload: node.workload, placement: nowhere },
    });
    plane.events.on('diagnostic', report);
    try {
      const address = await plane.listen(options.address);
      await discovery.start({
        onInstances: (instances) => plane.setInstances(instances),
        onDiagnostics: (diagnostics) => diagnostics.forEach(report),
      });
      return new LocalControl(options, { ...authorities, gateways }, plane, address);
    } catch (error) {
      await plane.close();
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** The bootstrap file for an instance's proxy, with a token that is good for this instance's identity alone. */
  bootstrapOf({ key, workload }: AllocatedInstance): object {
    const identity = spiffeId(this.authorities.workloads.trustDomain, workload.namespace, workload.serviceAccount);
    const token = this.plane.tokens.issue({ identity, workload: keyOf(workload), lifetimeMs: tokenLifetimeMs });
    const { host, port } = this.address;
    return envoyBootstrap({
      nodeId: key,
      workload: keyOf(workload),
      controlPlane: { address: host, port },
      rootCertificatesPem: this.authorities.controlPlane.trustBundle(),
      token,
    });
  }

  /** Resolves once the proxies of all instances are connected, with those that are not when the time is up or `isPointless`. */
  async waitConnected(
    instances: readonly AllocatedInstance[],
    timeoutMs: number,
    isPointless: () => boolean,
  ): Promise<readonly AllocatedInstance[]> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const connected = new Set(this.plane.status().map(({ node }) => node));
      const missing = instances.filter(({ key }) => !connected.has(key));
      if (missing.length === 0 || performance.now() > deadline || isPointless()) return missing;
      await new Promise<void>((resolve) => startTimer(20, resolve));
    }
  }

  close(): Promise<void> {
    this.#discovery.close();
    return this.plane.close();
  }
}
