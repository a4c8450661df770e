// Builds small meshes by hand for tests of the analysis. Every node gets an origin of its own line, so that tests can tell them apart.
import type { Span } from '../../diagnostics/index.ts';
import * as m from '../../model/index.ts';

let line = 0;

/** A fresh place in `mesh.yaml`. */
export function at(file = 'mesh.yaml'): Span {
  line += 1;
  return { file, start: { line, column: 1 }, end: { line, column: 9 } };
}

type Fields<T> = Partial<Omit<T, 'kind' | 'origin'>>;

export function path(text: string): m.PathMatch {
  if (text === '/*') return { type: 'prefix', value: '/' };
  if (text.endsWith('/*')) return { type: 'segments', value: text.slice(0, -2) };
  if (text.startsWith('~')) return { type: 'regex', value: text.slice(1) };
  if (text.endsWith('*')) return { type: 'prefix', value: text.slice(0, -1) };
  if (text.startsWith('*')) return { type: 'suffix', value: text.slice(1) };
  return { type: 'exact', value: text };
}

/** `header('x-beta', 'true')`; an undefined value means present, and `not` inverts. */
export function header(name: string, value?: string, not = false): m.HeaderMatch {
  const match: m.StringMatch =
    value === undefined
      ? { type: 'present' }
      : value.startsWith('~')
        ? { type: 'regex', value: value.slice(1) }
        : { type: 'exact', value };
  return { name, match, invert: not };
}

export function match(fields: Fields<m.HttpMatch> = {}): m.HttpMatch {
  return { kind: 'HttpMatch', methods: [], headers: [], ports: [], origin: at(), ...fields };
}

export const noRetries: m.RetryPolicy = { attempts: 0, perTryTimeoutMs: 0, on: [] };
export const noHeaders: m.HeaderOperations = {
  request: { set: {}, add: {}, remove: [] },
  response: { set: {}, add: {}, remove: [] },
};

/** `to('shoes.shop', 'v1', 90)`: the service by its short host. */
export function to(name: string, subset = '', weight = 100, port = 0): m.WeightedDestination {
  return { kind: 'WeightedDestination', host: hostFor(name), port, subset, weight, origin: at() };
}

export function hostFor(name: string): string {
  const [service = '', namespace, ...more] = name.split('.');
  return namespace === undefined || more.length > 0 ? name : m.serviceHost(service, namespace);
}

export function forward(
  destinations: readonly m.WeightedDestination[],
  fields: Fields<m.ForwardAction> = {},
): m.ForwardAction {
  return {
    kind: 'ForwardAction',
    destinations,
    timeoutMs: 15_000,
    retries: noRetries,
    mirrors: [],
    origin: at(),
    ...fields,
  };
}

export function redirect(fields: Fields<m.RedirectAction>): m.RedirectAction {
  return { kind: 'RedirectAction', status: 301, origin: at(), ...fields };
}

let routes = 0;
export function route(
  action: m.HttpAction,
  matches: readonly m.HttpMatch[] = [],
  fields: Fields<m.HttpRoute> = {},
): m.HttpRoute {
  routes += 1;
  return { kind: 'HttpRoute', name: `route-${routes}`, matches, action, headers: noHeaders, origin: at(), ...fields };
}

export function table(name: string, http: readonly m.HttpRoute[], fields: Fields<m.RouteTable> = {}): m.RouteTable {
  const [service = '', namespace = 'shop'] = name.split('.');
  return {
    kind: 'RouteTable',
    name: service,
    namespace,
    hosts: [hostFor(name)],
    attach: { mesh: true, gateways: [] },
    http,
    tcp: [],
    origin: at(),
    ...fields,
  };
}

export function port(number: number, protocol: m.Protocol = 'HTTP', targetPort = number + 8000): m.ServicePort {
  return { kind: 'ServicePort', name: protocol.toLowerCase(), number, targetPort, protocol, origin: at() };
}

export function service(name: string, fields: Fields<m.Service> = {}): m.Service {
  const [service = '', namespace = 'shop'] = name.split('.');
  return {
    kind: 'Service',
    name: service,
    namespace,
    source: 'MeshService',
    hosts: [hostFor(name)],
    location: 'mesh',
    resolution: 'workloads',
    ports: [port(80)],
    selector: { app: service },
    identities: [`cluster.local/ns/${namespace}/sa/${service}`],
    addresses: [],
    labels: {},
    origin: at(),
    ...fields,
  };
}

export function workload(name: string, fields: Fields<m.Workload> = {}): m.Workload {
  const [app = '', namespace = 'shop'] = name.split('.');
  return {
    kind: 'Workload',
    name: app,
    namespace,
    labels: { app },
    serviceAccount: app,
    proxy: 'sidecar',
    origin: at(),
    ...fields,
  };
}

/** `uses('inventory.shop', ['shoes.shop'])`. */
export function uses(
  name: string,
  hosts: readonly (string | { host: string; ports: number[] })[],
  mode: 'declared' | 'any' = 'declared',
): m.EgressScope {
  const [app = '', namespace = 'shop'] = name.split('.');
  return {
    kind: 'EgressScope',
    workload: `${namespace}/${app}`,
    mode,
    origin: at(),
    hosts: hosts.map((h) => {
      const [host, ports] = typeof h === 'string' ? [hostFor(h), []] : [hostFor(h.host), h.ports];
      return { kind: 'EgressHost', host, namespace: host.split('.')[1] ?? namespace, ports, origin: at() };
    }),
  };
}

export function versions(
  name: string,
  subsets: Readonly<Record<string, m.Labels>>,
  fields: Fields<m.DestinationPolicy> = {},
): m.DestinationPolicy {
  const [service = '', namespace = 'shop'] = name.split('.');
  return {
    kind: 'DestinationPolicy',
    name: service,
    namespace,
    host: hostFor(name),
    loadBalancer: 'LEAST_REQUEST',
    connectTimeoutMs: 1000,
    tls: { mode: 'MESH' },
    subsets: Object.entries(subsets).map(([name, labels]) => ({ kind: 'Subset', name, labels, origin: at() })),
    origin: at(),
    ...fields,
  };
}

export function from(fields: Fields<m.SourceMatch>): m.SourceMatch {
  return {
    kind: 'SourceMatch',
    principals: [],
    notPrincipals: [],
    namespaces: [],
    notNamespaces: [],
    origin: at(),
    ...fields,
  };
}

/** Callers by short name: `callers('inventory.shop')`. */
export function callers(...names: string[]): m.SourceMatch {
  return from({
    principals: names.map((n) => {
      const [account, namespace = 'shop'] = n.split('.');
      return { type: 'exact', value: `cluster.local/ns/${namespace}/sa/${account}` };
    }),
  });
}

export function operation(
  methods: readonly string[],
  paths: readonly string[] = [],
  fields: Fields<m.OperationMatch> = {},
): m.OperationMatch {
  return {
    kind: 'OperationMatch',
    methods: methods.map((value) => ({ type: 'exact', value })),
    notMethods: [],
    paths: paths.map(path),
    notPaths: [],
    ports: [],
    origin: at(),
    ...fields,
  };
}

let rules = 0;
export function rule(
  sources: readonly m.SourceMatch[],
  operations: readonly m.OperationMatch[] = [],
): m.AuthorizationRule {
  rules += 1;
  return { kind: 'AuthorizationRule', name: `rule-${rules}`, from: sources, to: operations, origin: at() };
}

export function policy(
  name: string,
  action: 'ALLOW' | 'DENY',
  list: readonly m.AuthorizationRule[],
  fields: Fields<m.AuthorizationPolicy> = {},
): m.AuthorizationPolicy {
  const [app = '', namespace = 'shop'] = name.split('.');
  return {
    kind: 'AuthorizationPolicy',
    name: app,
    namespace,
    target: { namespace, labels: { app } },
    action,
    rules: list,
    origin: at(),
    ...fields,
  };
}

export function peers(
  name: string,
  mode: m.MtlsMode,
  portModes: Readonly<Record<string, m.MtlsMode>> = {},
): m.PeerAuthentication {
  const [app = '', namespace = 'shop'] = name.split('.');
  return {
    kind: 'PeerAuthentication',
    name: app,
    namespace,
    target: { namespace, labels: { app } },
    mode,
    portModes,
    origin: at(),
  };
}

export function gateway(name: string, listeners: readonly Fields<m.GatewayListener>[]): m.Gateway {
  const [app = '', namespace = 'shop'] = name.split('.');
  return {
    kind: 'Gateway',
    name: app,
    namespace,
    selector: { app },
    serviceAccount: app,
    labels: {},
    origin: at(),
    listeners: listeners.map((l, i) => ({
      kind: 'GatewayListener',
      name: `l${i}`,
      port: 80,
      protocol: 'HTTP',
      hosts: ['*'],
      redirectToHttps: false,
      origin: at(),
      ...l,
    })),
  };
}

export const settings: m.MeshSettings = {
  trustDomain: 'cluster.local',
  rootNamespace: 'istio-system',
  mtls: 'STRICT',
  accessDefault: 'allow',
  egressDefault: 'declared',
  timeoutMs: 15_000,
  retries: noRetries,
  injectedProxy: 'embedded',
};

export function mesh(fields: Fields<m.Mesh> = {}): m.Mesh {
  return m.deepFreeze({
    kind: 'Mesh',
    name: 'test',
    settings,
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
    origin: at(),
    ...fields,
  });
}

/** `request('POST http://shoes/stock')` for what the parser of the command line cannot be trusted with in its own tests. */
export function request(text: string, headers: Readonly<Record<string, string>> = {}): m.TestRequest {
  const url = new URL(text.slice(text.indexOf(' ') + 1));
  const scheme = url.protocol.slice(0, -1) as m.TestRequest['scheme'];
  const raw = text.slice(text.indexOf('//') + 2);
  const target = raw.includes('/') ? raw.slice(raw.indexOf('/')) : '/';
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
  return {
    method: scheme === 'tcp' ? '' : (text.split(' ')[0] ?? 'GET'),
    scheme,
    host: url.hostname,
    port,
    path: target,
    headers,
  };
}
