// What the analysis makes of each field of the model's plain records, so that the type checker names it when one is added: where it
// is read, or why no request can tell. Actions, destinations and features are read whole where they are used.
import type {
  AuthorizationPolicy,
  AuthorizationRule,
  Clause,
  DestinationFeatureKind,
  DestinationPolicy,
  EgressHost,
  EgressScope,
  Gateway,
  GatewayListener,
  HttpRoute,
  KeyOf,
  ListName,
  Mesh,
  MeshSettings,
  PeerAuthentication,
  PolicyTarget,
  Rewrite,
  RouteTable,
  Service,
  ServicePort,
  Subset,
  TcpRoute,
  TestRequest,
  UpstreamTls,
  Workload,
} from '../model/index.ts';

/** `read`, or why not, for every field but those that all nodes have. */
type Account<T> = { readonly [F in Exclude<KeyOf<T>, 'kind' | 'origin'>]: Answer };
type Answer = 'read' | 'found by the index' | `no: ${string}`;

export const lists: { readonly [L in ListName]: Answer } = {
  services: 'read',
  workloads: 'read',
  routeTables: 'found by the index',
  destinationPolicies: 'found by the index',
  authorizationPolicies: 'found by the index',
  peerAuthentications: 'found by the index',
  gateways: 'read',
  egressScopes: 'read',
  tests: 'read',
  passthrough: 'no: what other kinds of objects do is not known',
};

export const mesh: Account<Omit<Mesh, ListName>> = { name: 'no: it is for people', settings: 'read' };

export const settings: Account<MeshSettings> = {
  trustDomain: 'read',
  rootNamespace: 'found by the index',
  mtls: 'found by the index',
  accessDefault: 'read',
  egressDefault: 'read',
  timeoutMs: 'read',
  retries: 'read',
  injectedProxy: 'no: both kinds of proxy answer alike',
};

export const service: Account<Service> = {
  name: 'read',
  namespace: 'read',
  registry: 'no: callers reach a service alike, whoever knows of it',
  hosts: 'read',
  location: 'read',
  resolution: 'read',
  ports: 'read',
  selector: 'found by the index',
  identities: 'read',
  addresses: 'read',
  labels: 'no: they are for people',
};

export const servicePort: Account<ServicePort> = {
  name: 'no: the number is what callers dial',
  number: 'read',
  targetPort: 'read',
  protocol: 'read',
};

export const workload: Account<Workload> = {
  name: 'read',
  namespace: 'read',
  labels: 'read',
  serviceAccount: 'read',
  proxy: 'read',
};

export const gateway: Account<Gateway> = {
  name: 'read',
  namespace: 'read',
  selector: 'read',
  serviceAccount: 'read',
  listeners: 'read',
  labels: 'no: they are for people',
};

export const listener: Account<GatewayListener> = {
  name: 'no: hosts and port tell listeners apart',
  port: 'read',
  protocol: 'read',
  hosts: 'read',
  tlsSecret: 'read',
  redirectToHttps: 'read',
};

export const egressScope: Account<EgressScope> = { workload: 'found by the index', mode: 'read', hosts: 'read' };

export const egressHost: Account<EgressHost> = {
  host: 'read',
  namespace: 'no: it is the namespace of the service',
  ports: 'read',
};

export const routeTable: Account<RouteTable> = {
  name: 'no: hosts tell tables apart',
  namespace: 'no: hosts tell tables apart',
  hosts: 'read',
  attach: 'found by the index',
  http: 'read',
  tcp: 'read',
};

export const attach: Account<RouteTable['attach']> = { mesh: 'found by the index', gateways: 'found by the index' };

export const httpRoute: Account<HttpRoute> = { name: 'read', matches: 'read', action: 'read', features: 'read' };

export const tcpRoute: Account<TcpRoute> = { name: 'read', matches: 'read', destinations: 'read' };

export const rewrite: Account<Rewrite> = { path: 'read', host: 'read' };

export const clause: Account<Clause> = { all: 'read' };

export const destinationPolicy: Account<DestinationPolicy> = {
  name: 'no: the host tells policies apart',
  namespace: 'no: the host tells policies apart',
  host: 'found by the index',
  subsets: 'read',
  features: 'read',
};

export const subset: Account<Subset> = { name: 'read', labels: 'read' };

export const authorizationPolicy: Account<AuthorizationPolicy> = {
  name: 'read',
  namespace: 'read',
  target: 'found by the index',
  action: 'read',
  rules: 'read',
};

export const authorizationRule: Account<AuthorizationRule> = { name: 'read', from: 'read', to: 'read', when: 'read' };

export const peerAuthentication: Account<PeerAuthentication> = {
  name: 'no: the mode is what counts',
  namespace: 'no: the mode is what counts',
  target: 'found by the index',
  mode: 'found by the index',
  portModes: 'found by the index',
};

export const policyTarget: Account<PolicyTarget> = { namespace: 'found by the index', labels: 'found by the index' };

export const upstreamTls: Account<UpstreamTls> = { mode: 'read', sni: 'read' };

export const testRequest: Account<TestRequest> = {
  method: 'read',
  scheme: 'read',
  host: 'read',
  port: 'read',
  path: 'read',
  headers: 'read',
};

export const destinationFeatures: { readonly [K in DestinationFeatureKind]: Answer } = {
  LoadBalancing: 'no: which instance answers is not a fate',
  ConnectionPool: 'no: whether a connection comes about in time is not known beforehand',
  UpstreamTls: 'read',
};
