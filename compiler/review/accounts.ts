// What a review makes of each list of the mesh and of each field of its nodes, so that the type checker names what is forgotten.
// What requests show is compared by requests (questions.ts); here is the rest: what changes the meaning of the next request, not of today's.
import {
  type DestinationFeature,
  defaultConnectTimeoutMs,
  type DestinationPolicy,
  type Gateway,
  type GatewayListener,
  handle,
  hostsOver,
  type MeshSettings,
  nothingLeft,
  type PeerAuthentication,
  type Service,
  type ServicePort,
  type Table,
  type Workload,
} from '../model/index.ts';
import { type Account, always, setting, whenTo } from './setting.ts';
import { describeLabels, describeRetries, formatMs } from './words.ts';

const asWritten = (value: string) => value;

export const meshSettings: Account<MeshSettings> = {
  trustDomain: setting('trust domain', asWritten, always('high')),
  rootNamespace: setting('root namespace', asWritten, always('high')),
  mtls: {
    ...setting('mTLS where nothing else is said', asWritten, whenTo('PERMISSIVE', 'DISABLE')),
    means: (to) => (to === 'STRICT' ? undefined : 'the next service takes plain text'),
  },
  accessDefault: {
    ...setting('access where no rule is', asWritten, whenTo('allow')),
    means: (to) => (to === 'allow' ? 'the next service without rules is open to everybody' : undefined),
  },
  egressDefault: {
    ...setting('egress where nothing else is said', asWritten, whenTo('any')),
    means: (to) => (to === 'any' ? 'whoever declares nothing may call any host' : undefined),
  },
  timeoutMs: setting('timeout where nothing else is said', formatMs, always('low')),
  retries: setting('retries where nothing else is said', describeRetries, always('low')),
  injectedProxy: setting('proxy that is injected', asWritten, always('low')),
};

export const services: Account<Service> = {
  name: 'key',
  namespace: 'key',
  registry: 'no: callers reach a service alike, whoever knows of it',
  hosts: 'requests',
  location: 'requests',
  resolution: 'requests',
  ports: {
    facts: (ports) => Object.fromEntries(ports.flatMap((port) => portFacts(port))),
    placeOf: (about, ports) => ports.find((port) => portFacts(port).some(([name]) => name === about))?.origin,
    severity: always('low'),
  },
  // Access rules and mTLS go along with it, whoever calls.
  selector: {
    ...setting('labels of its instances', describeLabels, always('medium')),
    shownAs: ['instances', 'workloads'],
  },
  identities: 'requests',
  addresses: {
    ...setting('addresses', (addresses) => addresses.toSorted().join(', '), always('medium')),
    shownAs: ['instances'],
  },
  labels: 'no: they are for people',
};

/** Discovery may say by the name of a port where an instance is reached. That names give protocols requests show. */
function portFacts({ kind: _kind, origin: _origin, name, number, protocol, ...rest }: ServicePort) {
  const { targetPort: _target, ...unread } = rest;
  nothingLeft(unread);
  return [[`name of port ${number} (${protocol})`, name] as const];
}

export const workloads: Account<Workload> = {
  name: 'key',
  namespace: 'key',
  labels: 'requests',
  serviceAccount: setting('service account', asWritten, always('medium')),
  proxy: 'requests',
};

export const gateways: Account<Gateway> = {
  name: 'key',
  namespace: 'key',
  selector: setting('proxies that serve it', describeLabels, always('high')),
  serviceAccount: setting('service account', asWritten, always('medium')),
  listeners: {
    facts: (listeners) => Object.fromEntries(listeners.flatMap(listenerFacts)),
    placeOf: (about, listeners) =>
      listeners.find((listener) => listenerFacts(listener).some(([name]) => name === about))?.origin,
    implied: certificateFor,
    severity: always('medium'),
  },
  labels: 'no: they are for people',
};

function listenerFacts({ kind: _kind, origin: _origin, port, hosts, tlsSecret, ...rest }: GatewayListener) {
  const { name: _name, protocol: _protocol, redirectToHttps: _redirects, ...unread } = rest;
  nothingLeft(unread);
  return tlsSecret === undefined
    ? []
    : hosts.map((host) => [certificateOf(host, port), `secret ${tlsSecret}`] as const);
}

function certificateOf(host: string, port: number | string): string {
  return `certificate of ${host}:${port}`;
}

/** A host that no listener names is served by the most exact one that covers it. */
function certificateFor(about: string, facts: Readonly<Record<string, string>>): string | undefined {
  const [, host = '', port = ''] = /^certificate of (.*):(\d+)$/.exec(about) ?? [];
  const covering = hostsOver(host).find((name) => facts[certificateOf(name, port)] !== undefined);
  return covering === undefined ? undefined : facts[certificateOf(covering, port)];
}

const featureFacts: Table<DestinationFeature, [], Readonly<Record<string, string>>> = {
  LoadBalancing: ({ kind: _kind, origin: _origin, algorithm, ...rest }) => {
    nothingLeft(rest);
    return { 'load balancing': algorithm };
  },
  ConnectionPool: ({ kind: _kind, origin: _origin, connectTimeoutMs, ...rest }) => {
    nothingLeft(rest);
    return { 'connect timeout': formatMs(connectTimeoutMs) };
  },
  // Requests show it.
  UpstreamTls: () => ({}),
};

const withoutFeatures = { 'load balancing': 'LEAST_REQUEST', 'connect timeout': formatMs(defaultConnectTimeoutMs) };

export const destinationPolicies: Account<DestinationPolicy> = {
  name: 'no: the host tells policies apart',
  namespace: 'no: the host tells policies apart',
  host: 'key',
  subsets: 'requests',
  features: {
    facts: (features) =>
      Object.assign({}, withoutFeatures, ...features.map((feature) => handle(featureFacts, feature))) as Record<
        string,
        string
      >,
    placeOf: (about, features) => features.find((feature) => about in handle(featureFacts, feature))?.origin,
    severity: always('low'),
  },
};

export const peerAuthentications: Account<PeerAuthentication> = {
  name: 'key',
  namespace: 'key',
  target: 'requests',
  // The Mesh's own applies to whoever comes next, and is told of as its setting.
  mode: 'requests',
  portModes: 'requests',
};
