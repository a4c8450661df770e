// What a review makes of each list of the mesh and of each field of its nodes, so that the type checker names what is forgotten.
// What requests show is compared by requests (questions.ts); here is the rest: what changes the meaning of the next request, not of today's.
import {
  type DestinationFeature,
  defaultConnectTimeoutMs,
  type DestinationPolicy,
  type Gateway,
  type PeerAuthentication,
  handle,
  type MeshSettings,
  nothingLeft,
  type Service,
  type ServicePort,
  type Subset,
  type Table,
  type Workload,
} from '../model/index.ts';
import { type Account, always, type Fact, setting, whenTo } from './setting.ts';
import { describeLabels, describeRetries, formatMs } from './words.ts';

const asWritten = (value: string) => value;
/** What rows of traffic call them. */
const instances = 'instances';

export const meshSettings: Account<MeshSettings> = {
  trustDomain: setting('trust domain', asWritten, always('high')),
  rootNamespace: setting('root namespace', asWritten, always('high')),
  mtls: {
    ...setting('mTLS where nothing else is said', asWritten, whenTo('PERMISSIVE', 'DISABLE')),
    means: (to) =>
      to === 'STRICT' ? undefined : `the next service takes plain text${to === 'DISABLE' ? ' alone' : ''}`,
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
  hosts: {
    facts: (hosts, others) => [
      { about: 'hosts', says: hosts.toSorted().join(', '), shown: { hosts: onlyIn(hosts, others) }, means: unreached },
    ],
    severity: always('low'),
  },
  location: 'requests',
  resolution: setting('resolve', asWritten, always('low'), { as: [instances] }),
  ports: { facts: portFacts, severity: always('low') },
  // Access rules and mTLS go along with it, whoever calls.
  selector: {
    ...setting('labels of its instances', describeLabels, always('medium'), { as: [instances, 'workloads'] }),
    isOf: 'selection',
  },
  identities: 'requests',
  addresses: setting('addresses', (addresses) => addresses.toSorted().join(', ') || 'none', always('medium'), {
    as: [instances],
  }),
  settingPlaces: 'no: they are for people',
  labels: 'no: they are for people',
};

/** The name too: discovery may say by it where an instance is reached. */
function portFacts(ports: readonly ServicePort[], others: readonly ServicePort[]): Fact[] {
  const numbers = new Set([...ports, ...others].map(({ number }) => number));
  return [...numbers].flatMap((number): Fact[] => {
    const port = ports.find((one) => one.number === number);
    const about = `port ${number}`;
    if (!port) return [{ about, says: 'none', shown: { port: number } }];
    const { origin, targetPort } = port;
    const target = { says: `${targetPort}`, shown: { as: ['port'], port: number }, means: unreached };
    return [
      { about, says: describePort(port), origin, shown: { as: ['protocol'], port: number } },
      { about: `target port of port ${number}`, origin, ...target },
    ];
  });
}

/** Where no request of today shows it, nor any other change. */
export const unreached = 'nobody gets there yet';

function onlyIn(hosts: readonly string[], others: readonly string[]): readonly string[] {
  return hosts.filter((host) => !others.includes(host));
}

function describePort({ kind: _kind, origin: _origin, name, protocol, ...rest }: ServicePort): string {
  const { number: _number, targetPort: _target, ...unread } = rest;
  nothingLeft(unread);
  return `name ${name}, protocol ${protocol}`;
}

export const workloads: Account<Workload> = {
  name: 'key',
  namespace: 'key',
  labels: { ...setting('labels', describeLabels, always('medium')), isOf: 'selection' },
  serviceAccount: { ...setting('service account', asWritten, always('medium')), isOf: 'identity' },
  proxy: 'requests',
  settingPlaces: 'no: they are for people',
};

export const gateways: Account<Gateway> = {
  name: 'key',
  namespace: 'key',
  selector: { ...setting('proxies that serve it', describeLabels, always('high')), isOf: 'selection' },
  serviceAccount: { ...setting('service account', asWritten, always('medium')), isOf: 'identity' },
  settingPlaces: 'no: they are for people',
  listeners: 'proxies',
  labels: 'no: they are for people',
};

/** What a request shows of it is told of that request. */
export const peerAuthentications: Account<PeerAuthentication> = {
  name: 'key',
  namespace: 'key',
  target: 'services',
  mode: 'services',
  portModes: 'services',
};

const featureFacts: Table<DestinationFeature, [], readonly Fact[]> = {
  LoadBalancing: ({ kind: _kind, origin, algorithm, ...rest }) => {
    nothingLeft(rest);
    return [{ about: 'load balancing', says: algorithm, origin }];
  },
  ConnectionPool: ({ kind: _kind, origin, connectTimeoutMs, ...rest }) => {
    nothingLeft(rest);
    return [{ about: 'connect timeout', says: formatMs(connectTimeoutMs), origin }];
  },
  // Requests show it.
  UpstreamTls: () => [],
};

const withoutFeatures: readonly Fact[] = [
  { about: 'load balancing', says: 'LEAST_REQUEST' },
  { about: 'connect timeout', says: formatMs(defaultConnectTimeoutMs) },
];

export const destinationPolicies: Account<DestinationPolicy> = {
  name: 'no: the host tells policies apart',
  namespace: 'no: the host tells policies apart',
  host: 'key',
  subsets: { facts: versionFacts, severity: always('low') },
  features: {
    facts: (features) => {
      const said = features.flatMap((feature) => handle(featureFacts, feature));
      return [...said, ...withoutFeatures.filter(({ about }) => !said.some((fact) => fact.about === about))];
    },
    severity: always('low'),
  },
};

/** A version by another name is the same one. */
function versionFacts(subsets: readonly Subset[], others: readonly Subset[]): Fact[] {
  const isOnlyIn = (list: readonly Subset[]) => (subset: Subset) => !list.some(({ name }) => name === subset.name);
  const isRenamed = (subset: Subset, elsewhere: readonly Subset[]) =>
    elsewhere.some(({ labels }) => describeLabels(labels) === describeLabels(subset.labels));
  const [own, foreign] = [subsets.filter(isOnlyIn(others)), others.filter(isOnlyIn(subsets))];
  const kept = subsets.filter((subset) => !own.includes(subset) || !isRenamed(subset, foreign));
  const gone = foreign.filter((subset) => !isRenamed(subset, own));
  return [
    ...kept.map(({ kind: _kind, origin, name, labels, ...rest }): Fact => {
      nothingLeft(rest);
      return { ...aboutVersion(name), says: describeLabels(labels), origin };
    }),
    ...gone.map(({ name }): Fact => ({ ...aboutVersion(name), says: 'none' })),
  ];
}

/** That it comes or goes, whatever is told of it shows. */
function aboutVersion(subset: string): Pick<Fact, 'about' | 'shown'> {
  return { about: `version ${subset}`, shown: { as: ['', instances], subset } };
}
