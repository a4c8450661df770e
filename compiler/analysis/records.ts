// What the analysis makes of each field of the model's plain records, so that the type checker names it when one is added: where it
// is read, or why no request can tell. Actions, destinations and features are read whole where they are used.
import type {
  AuthorizationPolicy,
  AuthorizationRule,
  Clause,
  DestinationFeatureKind,
  DestinationPolicy,
  EgressHost,
  EgressMode,
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
  Protocol,
  RedirectAction,
  Resolution,
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

export const mesh: Account<Omit<Mesh, ListName>> = {
  name: 'no: it is for people',
  settings: 'read',
  settingPlaces: 'read',
};

/** What becomes of each value of a field that has but a few. */
type ByValue<V extends string | number> = { readonly [K in V]: Answer };

export const accessDefaults: ByValue<MeshSettings['accessDefault']> = { allow: 'read', deny: 'read' };

export const egressModes: ByValue<EgressMode> = { declared: 'read', any: 'read' };

export const proxies: ByValue<Workload['proxy']> = { sidecar: 'read', gateway: 'read', none: 'read' };

export const injectedProxies: ByValue<MeshSettings['injectedProxy']> = {
  envoy: 'no: both kinds of proxy answer alike',
  embedded: 'no: both kinds of proxy answer alike',
};

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
  settingPlaces: 'no: they are for people',
  labels: 'no: they are for people',
};

export const registries: ByValue<Service['registry']> = {
  cluster: 'no: callers reach a service alike, whoever knows of it',
  mesh: 'no: callers reach a service alike, whoever knows of it',
};

export const locations: ByValue<Service['location']> = { mesh: 'read', external: 'read' };

export const resolutions: ByValue<Resolution> = {
  workloads: 'read',
  static: 'read',
  dns: 'read',
  none: 'read',
};

export const protocols: ByValue<Protocol> = {
  HTTP: 'read',
  HTTP2: 'read',
  GRPC: 'read',
  HTTPS: 'read',
  TLS: 'read',
  TCP: 'read',
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
  settingPlaces: 'no: they are for people',
};

export const gateway: Account<Gateway> = {
  name: 'read',
  namespace: 'read',
  selector: 'read',
  serviceAccount: 'read',
  settingPlaces: 'no: they are for people',
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

export const listenerProtocols: ByValue<GatewayListener['protocol']> = { HTTP: 'read', HTTPS: 'read' };

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

export const redirectSchemes: ByValue<NonNullable<RedirectAction['scheme']>> = { http: 'read', https: 'read' };

export const redirectStatuses: ByValue<RedirectAction['status']> = {
  301: 'read',
  302: 'read',
  303: 'read',
  307: 'read',
  308: 'read',
};

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
