// The root of the model. Plain frozen data: it can be dumped, stored and read back without loss.
import type { DestinationPolicy } from './destination-policy.ts';
import type { EgressScope } from './egress.ts';
import type { MeshTest } from './expectation.ts';
import type { Gateway } from './gateway.ts';
import type { ModelNode } from './origin.ts';
import type { RetryPolicy, RouteTable } from './route.ts';
import type { AuthorizationPolicy, MtlsMode, PeerAuthentication } from './security.ts';
import type { Service } from './service.ts';
import type { Workload } from './workload.ts';

/** Every list is sorted by namespace and name (routes inside a table keep the order written). */
export interface Mesh extends ModelNode<'Mesh'> {
  readonly name: string;
  readonly settings: MeshSettings;
  readonly services: readonly Service[];
  readonly workloads: readonly Workload[];
  readonly routeTables: readonly RouteTable[];
  readonly destinationPolicies: readonly DestinationPolicy[];
  readonly authorizationPolicies: readonly AuthorizationPolicy[];
  readonly peerAuthentications: readonly PeerAuthentication[];
  readonly gateways: readonly Gateway[];
  readonly egressScopes: readonly EgressScope[];
  readonly tests: readonly MeshTest[];
  /** Objects of other kinds found beside the intent (raw Istio YAML), passed through untouched. */
  readonly passthrough: readonly RawObject[];
}

export interface MeshSettings {
  readonly trustDomain: string;
  readonly rootNamespace: string;
  readonly mtls: MtlsMode;
  /** What a workload gets that no ALLOW rule targets. */
  readonly accessDefault: 'allow' | 'deny';
  readonly egressDefault: 'declared' | 'any';
  readonly timeoutMs: number;
  readonly retries: RetryPolicy;
  /** Kind of proxy that injection adds. */
  readonly injectedProxy: 'envoy' | 'embedded';
}

export interface RawObject extends ModelNode<'RawObject'> {
  readonly object: Readonly<Record<string, unknown>>;
}
