// What may be empty in each kind of node. Dumps leave it out and put it back; nothing else reads this.
import type { Mesh } from './mesh.ts';

type Nothing = Readonly<Record<string, never>>;

/** Every node in a type, at any depth. */
type NodeIn<T> = T extends readonly (infer E)[]
  ? NodeIn<E>
  : T extends object
    ?
        | (T extends { readonly kind: infer K extends string; readonly origin: object }
            ? string extends K
              ? never
              : T
            : never)
        | NodeIn<T[keyof T]>
    : never;

/** `[]` for a list, `{}` for a record with free keys, the same again for an object without a kind. `never` for what is always said. */
type BlankOf<V> = V extends readonly unknown[]
  ? readonly []
  : V extends object
    ? string extends keyof V
      ? Nothing
      : V extends { readonly kind: string }
        ? never
        : keyof BlanksOf<V> extends never
          ? never
          : BlanksOf<V>
    : never;

/** Of optional fields emptiness and absence are two things: they are written as they are. */
type BlanksOf<T> = {
  readonly [P in keyof T as Record<never, never> extends Pick<T, P>
    ? never
    : [BlankOf<T[P]>] extends [never]
      ? never
      : P]: BlankOf<T[P]>;
};

type Node = NodeIn<Mesh>;
type NodeOf<K> = Extract<Node, { readonly kind: K }>;

/** A list or record that a kind of node has, or no longer has, does not compile until it is said here. */
type AllBlanks = {
  readonly [K in Node['kind'] as keyof BlanksOf<NodeOf<K>> extends never ? never : K]: BlanksOf<NodeOf<K>>;
};

const noEdit = { set: {}, add: {}, remove: [] } as const;

export const blanks: AllBlanks = {
  Mesh: {
    settings: { retries: { on: [] } },
    settingPlaces: [],
    services: [],
    workloads: [],
    routeTables: [],
    destinationPolicies: [],
    authorizationPolicies: [],
    peerAuthentications: [],
    gateways: [],
    egressScopes: [],
    tests: [],
    passthrough: [],
  },
  Service: { hosts: [], ports: [], selector: {}, identities: [], addresses: [], settingPlaces: [], labels: {} },
  Workload: { labels: {}, settingPlaces: [] },
  RouteTable: { hosts: [], attach: { gateways: [] }, http: [], tcp: [] },
  HttpRoute: { matches: [], features: [] },
  Clause: { all: [] },
  ForwardAction: { destinations: [] },
  HeaderOperations: { request: noEdit, response: noEdit },
  RetryPolicy: { on: [] },
  CorsPolicy: { origins: [], methods: [], allowHeaders: [], exposeHeaders: [] },
  TcpRoute: { matches: [], destinations: [] },
  DestinationPolicy: { subsets: [], features: [] },
  Subset: { labels: {} },
  AuthorizationPolicy: { target: { labels: {} }, rules: [] },
  AuthorizationRule: { from: [], to: [], when: [] },
  PeerAuthentication: { target: { labels: {} }, portModes: {} },
  Gateway: { selector: {}, settingPlaces: [], listeners: [], labels: {} },
  GatewayListener: { hosts: [] },
  EgressScope: { hosts: [] },
  EgressHost: { ports: [] },
  MeshTest: { cases: [] },
  TestCase: { request: { headers: {} } },
  RawObject: { object: {} },
};
