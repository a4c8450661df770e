// The root of the model. Plain frozen data: it can be dumped, stored and read back without loss.
import type { DestinationPolicy } from './destination-policy.ts';
import type { EgressMode, EgressScope } from './egress.ts';
import type { MeshTest } from './expectation.ts';
import type { Gateway } from './gateway.ts';
import type { ModelNode, SettingPlace } from './origin.ts';
import type { RouteTable } from './route.ts';
import type { RetrySettings } from './route-feature.ts';
import type { AuthorizationPolicy, MtlsMode, PeerAuthentication } from './security.ts';
import type { Service } from './service.ts';
import type { Workload } from './workload.ts';

/** What a mesh holds many of: the lists and their nodes. lists.ts says of each what a new one must say. */
export interface MeshNodes {
  readonly services: Service;
  readonly workloads: Workload;
  readonly routeTables: RouteTable;
  readonly destinationPolicies: DestinationPolicy;
  readonly authorizationPolicies: AuthorizationPolicy;
  readonly peerAuthentications: PeerAuthentication;
  readonly gateways: Gateway;
  readonly egressScopes: EgressScope;
  readonly tests: MeshTest;
  /** Objects of other kinds found beside the intent (raw Istio YAML), passed through untouched. */
  readonly passthrough: RawObject;
}

export type ListName = keyof MeshNodes;

/** Sorted as `compareNodes` (lists.ts) has it; routes inside a table keep the order written. */
export type MeshLists = { readonly [L in ListName]: readonly MeshNodes[L][] };

export interface Mesh extends ModelNode<'Mesh'>, MeshLists {
  readonly name: string;
  readonly settings: MeshSettings;
  /** Of those that are written; the others are as by default. */
  readonly settingPlaces: readonly SettingPlace<keyof MeshSettings>[];
}

export interface MeshSettings {
  readonly trustDomain: string;
  /** What is said in it of workloads holds in every namespace: see `PolicyTarget`. */
  readonly rootNamespace: string;
  /** What a workload demands to which no PeerAuthentication applies. */
  readonly mtls: MtlsMode;
  /** What a workload gets that no ALLOW rule targets. */
  readonly accessDefault: 'allow' | 'deny';
  /** Of workloads without an EgressScope. */
  readonly egressDefault: EgressMode;
  /** Milliseconds, 0 for no limit. Route tables say theirs on every route: this is for hosts without a table, as are `retries`. */
  readonly timeoutMs: number;
  readonly retries: RetrySettings;
  /** Kind of proxy that injection adds. */
  readonly injectedProxy: 'envoy' | 'embedded';
}

export interface RawObject extends ModelNode<'RawObject'> {
  readonly object: Readonly<Record<string, unknown>>;
}

const isAllowed: Readonly<Record<MeshSettings['accessDefault'], boolean>> = { allow: true, deny: false };

/** True if a workload lets everybody in that no ALLOW rule targets. */
export function allowsByDefault({ accessDefault }: Pick<MeshSettings, 'accessDefault'>): boolean {
  return isAllowed[accessDefault];
}
