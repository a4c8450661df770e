// Words of Istio, the Gateway API, Kubernetes and Envoy that people write from habit, and what to write in their place.

/**
 * By the word, in camel case: fields of ours with a hint, the first that is a field at the place in question counts; "" stands for
 * "the word for it is `field`", and the field `*` for every place.
 */
type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;

const inRule = 'write `from`, `methods`, `paths` and `ports` in the rule itself';
const asDeny = 'say what is not allowed as a rule of `deny`, which comes before `allow`';
const exposed = 'hosts are those of gateways: write `expose: [{ gateway: NAME, host: HOST }]`';
const byName =
  'a service is reached by its name; for a host at a gateway write `expose: [{ gateway: NAME, host: HOST }]`';
const inRoute = '`redirect`, `rewrite`, `headers`, `mirror` and `cors` are fields of the route itself';
const plainMatch = 'a plain text is exact, `/x/*` is a path and all below it; else write `prefix`, `suffix` or `regex`';
const noRequestIdentity = 'access knows the workload that calls, not users, tokens or addresses: name it in `from`';
const callers = 'name the caller: `from: [{ service: NAME }]`, or a namespace, gateway or workload';

/** https://istio.io/latest/docs/reference/config/networking/virtual-service/ */
const ofVirtualService: Words = {
  http: { routes: '' },
  tcp: { routes: '' },
  route: { to: '', routes: '' },
  destination: { to: '', service: 'write `service` and `version` in the entry itself' },
  host: { service: '', gateway: callers, versions: byName, hosts: '' },
  subset: { version: '' },
  uri: { path: '' },
  authority: { host: '', methods: exposed },
  queryParams: { query: '' },
  withoutHeaders: { headers: 'write `headers: { NAME: { present: false } }`, or `{ not: … }`' },
  corsPolicy: { cors: '' },
  allowOrigin: { origins: '' },
  allowOrigins: { origins: '' },
  allowMethods: { methods: '' },
  allowCredentials: { credentials: '' },
  retry: { retries: '' },
  retryOn: { on: '' },
  numRetries: { attempts: '' },
  mirrors: { mirror: '' },
  mirrorPercentage: { mirror: 'write the share in the mirror: `mirror: [{ to: …, on: 10% }]`' },
  mirrorPercent: { mirror: 'write the share in the mirror: `mirror: [{ to: …, on: 10% }]`' },
  percentage: { on: '' },
  percent: { on: '' },
  fixedDelay: { for: '' },
  httpStatus: { status: '' },
  redirectCode: { status: '' },
  gateways: { expose: exposed },
  sourceLabels: { methods: 'a route is the same for all callers: who may call is said in `access`' },
  sourceNamespace: { methods: 'a route is the same for all callers: who may call is said in `access`' },
};

/** https://istio.io/latest/docs/reference/config/security/authorization-policy/ and peer_authentication */
const ofSecurity: Words = {
  rules: { access: 'routes stand in `routes`, access rules in `access`', allow: '`allow` and `deny` hold the rules' },
  action: { access: 'write `access: { allow: […], deny: […] }`', allow: 'the list says it: `allow` or `deny`' },
  principals: { from: callers, service: '' },
  principal: { from: callers, service: '' },
  sourcePrincipal: { from: callers, service: '' },
  serviceAccounts: { from: callers, service: '' },
  serviceAccount: { from: callers, namespace: '`service` names the service whose account it is' },
  namespaces: { from: callers, namespace: '' },
  source: { from: inRule, service: 'write `service`, `namespace`, `gateway` or `workload` in the entry itself' },
  operation: { paths: inRule },
  to: { paths: inRule },
  when: { paths: inRule },
  notPrincipals: { unless: '', from: asDeny },
  notNamespaces: { unless: '', from: asDeny },
  notPaths: { paths: asDeny },
  notMethods: { paths: asDeny },
  notPorts: { paths: asDeny },
  notHosts: { paths: byName },
  requestPrincipals: { from: noRequestIdentity, service: noRequestIdentity },
  ipBlocks: { from: noRequestIdentity, service: noRequestIdentity },
  remoteIpBlocks: { from: noRequestIdentity, service: noRequestIdentity },
  authentication: { access: noRequestIdentity },
  jwtRules: { access: noRequestIdentity },
  mode: { mtls: '' },
  portLevelMtls: { mtls: 'write `mtls` at the port: `ports: [{ port: 80, mtls: strict }]`' },
};

/** DestinationRule, Gateway, ServiceEntry, Sidecar: https://istio.io/latest/docs/reference/config/networking/ */
const ofNetworking: Words = {
  subsets: { versions: '' },
  trafficPolicy: { resilience: '' },
  connectionPool: { connections: '', resilience: 'write `resilience: { connections: … }`' },
  loadBalancer: { balance: '' },
  simple: { balance: '' },
  servers: { listeners: '' },
  number: { port: '' },
  hosts: {
    host: 'one host an entry: write `host: HOST`',
    gateway: exposed,
    versions: byName,
    paths: byName,
    service: 'name the service',
    listeners: 'hosts stand in each listener',
  },
  credentialName: { secret: '', tls: 'write it in `tls`: `tls: { secret: NAME }`' },
  httpsRedirect: {
    redirectToHttps: '',
    secret: 'write `redirectToHttps: true` beside `tls`, in a listener of protocol HTTP',
  },
  resolution: { resolve: '' },
  endpoints: { addresses: '' },
  location: { resolve: 'an ExternalService is always outside the mesh: leave it out' },
  workloadSelector: { workload: 'write `workload: { selector: … }`' },
  egress: { uses: '' },
  network: { address: 'leave it out: one network is assumed' },
  exportTo: { '*': 'leave it out: who may call is said in `access`, and who calls in `uses`' },
};

/** https://gateway-api.sigs.k8s.io/reference/spec/ */
const ofGatewayApi: Words = {
  parentRefs: { expose: exposed },
  hostnames: { expose: exposed, hosts: '' },
  hostname: { hosts: '', host: '' },
  matches: { match: '' },
  backendRefs: { to: '' },
  backendRef: { to: '' },
  filters: { rewrite: inRoute },
  requestRedirect: { redirect: '' },
  urlRewrite: { rewrite: '' },
  requestMirror: { mirror: '' },
  requestHeaderModifier: { headers: 'write `headers: { request: … }`' },
  responseHeaderModifier: { headers: 'write `headers: { response: … }`' },
  timeouts: { timeout: 'write `timeout: 3s`, and for one attempt `retries: { perTryTimeout: 1s }`' },
  statusCode: { status: '' },
  replaceFullPath: { path: '' },
  replacePrefixMatch: { path: '' },
  type: { prefix: plainMatch },
  value: { prefix: plainMatch },
  certificateRefs: { secret: '' },
};

/** Service, NetworkPolicy, Pod; and Envoy's route configuration. */
const ofOthers: Words = {
  serviceAccountName: { serviceAccount: '', selector: '', workload: 'write `workload: { serviceAccount: NAME }`' },
  containerPort: { targetPort: '' },
  externalName: { hosts: '' },
  labels: { workload: 'labels of its pods: write `workload: { selector: … }`; its own stand in `metadata`' },
  podSelector: { service: '', workload: 'write `workload: { selector: … }`' },
  namespaceSelector: { namespace: '' },
  ingress: { access: 'who may call is said in `access`, and what a gateway lets in in `expose`' },
  domains: { hosts: '' },
  cluster: { to: '', service: '' },
  weightedClusters: { to: '' },
  prefixRewrite: { rewrite: 'write `rewrite: { path: … }`' },
  safeRegex: { regex: '' },
  retryPolicy: { retries: '' },
};

/** A word that two of them have has its places in both. */
export const wordsOfOthers: Words = joined(ofVirtualService, ofSecurity, ofNetworking, ofGatewayApi, ofOthers);

function joined(...parts: readonly Words[]): Words {
  const all: Record<string, Readonly<Record<string, string>>> = {};
  for (const [word, places] of parts.flatMap((part) => Object.entries(part))) all[word] = { ...all[word], ...places };
  return all;
}

/** Kinds of theirs, and where ours say the same. */
export const kindsOfOthers: Readonly<Record<string, string>> = {
  Service: 'a service is a MeshService',
  VirtualService: 'routes stand with their service: MeshService, `routes`',
  HTTPRoute: 'routes stand with their service: MeshService, `routes`',
  DestinationRule: 'versions and connections stand with their service: MeshService, `versions` and `resilience`',
  AuthorizationPolicy: 'access stands with its service: MeshService, `access`',
  NetworkPolicy: 'access stands with its service: MeshService, `access`',
  PeerAuthentication: 'mTLS stands in the Mesh, and in a MeshService that differs: `mtls`',
  Sidecar: 'what a service calls stands with it: MeshService, `uses`',
  Gateway: 'a gateway is a MeshGateway',
  Ingress: 'a gateway is a MeshGateway, and a service lets it in by `expose`',
  ServiceEntry: 'what is outside the mesh is an ExternalService',
  WorkloadEntry: 'a workload that is not a pod is a MeshWorkload',
};
