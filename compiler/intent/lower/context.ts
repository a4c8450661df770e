// What lowering is given and what it gives back. Each document becomes a fragment of the model on its own.
import type { Report, Span } from '../../diagnostics/index.ts';
import type {
  AuthorizationPolicy,
  DestinationPolicy,
  EgressScope,
  Gateway,
  HttpRoute,
  MeshSettings,
  MeshTest,
  PathMatch,
  PeerAuthentication,
  RouteTable,
  Service,
  Workload,
} from '../../model/index.ts';
import type { Resolver } from '../resolve.ts';

export interface LowerContext {
  readonly global: GlobalFacts;
  readonly resolver: Resolver;
  readonly report: Report;
}

/** What every document depends on. */
export interface GlobalFacts {
  readonly name: string;
  readonly settings: MeshSettings;
  /** The Mesh document, or the first file if there is none. */
  readonly origin: Span;
  /** Where the default for access is written. */
  readonly accessOrigin: Span;
  /** Where the mode of mTLS is written. */
  readonly mtlsOrigin: Span;
}

export interface Fragment {
  readonly services: readonly Service[];
  readonly workloads: readonly Workload[];
  readonly routeTables: readonly RouteTable[];
  readonly destinationPolicies: readonly DestinationPolicy[];
  readonly authorizationPolicies: readonly AuthorizationPolicy[];
  readonly peerAuthentications: readonly PeerAuthentication[];
  readonly gateways: readonly Gateway[];
  readonly egressScopes: readonly EgressScope[];
  readonly tests: readonly MeshTest[];
  readonly exposures: readonly Exposure[];
}

export const emptyFragment: Fragment = {
  services: [],
  workloads: [],
  routeTables: [],
  destinationPolicies: [],
  authorizationPolicies: [],
  peerAuthentications: [],
  gateways: [],
  egressScopes: [],
  tests: [],
  exposures: [],
};

/** One `expose` entry: the routes of a service, narrowed to a path of a host of a gateway. */
export interface Exposure {
  /** `namespace/name`. */
  readonly gateway: string;
  readonly host: string;
  readonly path: PathMatch;
  /** As written, for messages. */
  readonly pathText: string;
  /** `namespace/name`. */
  readonly service: string;
  readonly serviceHost: string;
  readonly serviceNamespace: string;
  readonly origin: Span;
  readonly routes: readonly HttpRoute[];
}
