// Builds small meshes by hand for tests of the analysis. Every node gets an origin of its own line, so that tests can tell them apart.
import * as m from '../../model/index.ts';
import { at, orAnything } from './clause-builder.ts';

export * from './clause-builder.ts';

type Fields<T> = Partial<Omit<T, 'kind' | 'origin'>>;

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
  { rewrite, ...fields }: Fields<Omit<m.ForwardAction, 'rewrite'>> & { readonly rewrite?: Fields<m.Rewrite> } = {},
): m.ForwardAction {
  const node = rewrite && { rewrite: { kind: 'Rewrite', origin: at(), ...rewrite } as const };
  return { kind: 'ForwardAction', destinations, timeoutMs: 15_000, origin: at(), ...fields, ...node };
}

export function redirect(fields: Fields<m.RedirectAction>): m.RedirectAction {
  return { kind: 'RedirectAction', status: 301, origin: at(), ...fields };
}

let routes = 0;

/** Without matches for every request. */
export function route(
  action: m.HttpAction,
  matches: readonly m.Clause[] = [],
  fields: Fields<m.HttpRoute> = {},
): m.HttpRoute {
  routes += 1;
  const name = `route-${routes}`;
  return { kind: 'HttpRoute', name, matches: orAnything(matches), action, features: [], origin: at(), ...fields };
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
    registry: 'cluster',
    hosts: [hostFor(name)],
    location: 'mesh',
    resolution: 'workloads',
    ports: [port(80)],
    selector: { app: service },
    identities: [`cluster.local/ns/${namespace}/sa/${service}`],
    addresses: [],
    settingPlaces: [],
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
    settingPlaces: [],
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

/** `tls` is written as a feature, and a short connect timeout with it. */
export function versions(
  name: string,
  subsets: Readonly<Record<string, m.Labels>>,
  { tls, ...fields }: Fields<m.DestinationPolicy> & { readonly tls?: m.TlsTowards } = {},
): m.DestinationPolicy {
  const [service = '', namespace = 'shop'] = name.split('.');
  return {
    kind: 'DestinationPolicy',
    name: service,
    namespace,
    host: hostFor(name),
    subsets: Object.entries(subsets).map(([name, labels]) => ({ kind: 'Subset', name, labels, origin: at() })),
    features: [
      { kind: 'ConnectionPool', connectTimeoutMs: 1000, origin: at() },
      { kind: 'LoadBalancing', algorithm: 'LEAST_REQUEST', origin: at() },
      ...(tls ? [{ kind: 'UpstreamTls', ...tls, origin: at() } as const] : []),
    ],
    origin: at(),
    ...fields,
  };
}

let rules = 0;

/** Without sources from anyone, without operations to everything. */
export function rule(sources: readonly m.Clause[], operations: readonly m.Clause[] = []): m.AuthorizationRule {
  rules += 1;
  const [from, to] = [orAnything(sources), orAnything(operations)];
  return { kind: 'AuthorizationRule', name: `rule-${rules}`, from, to, when: [], origin: at() };
}

export function policy(
  name: string,
  action: m.AccessAction,
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
    portModes: Object.fromEntries(
      Object.entries(portModes).map(([port, own]) => [port, { kind: 'PortMode', origin: at(), mode: own }]),
    ),
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
    settingPlaces: [],
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
  retries: m.noRetries,
  injectedProxy: 'embedded',
};

export function mesh(fields: Fields<m.Mesh> = {}): m.Mesh {
  return m.deepFreeze({
    kind: 'Mesh',
    name: 'test',
    settings,
    settingPlaces: [],
    ...m.noNodes,
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
