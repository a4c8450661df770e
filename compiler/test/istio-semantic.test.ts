// Checks of Istio's own webhook: for each rule an object that breaks it, and one beside it that does not.
import t from 'tap';
import { findSemanticFaults, formatPath, validateIstioObject } from '../backends/istio/crd/index.ts';
import { emitIstio } from '../backends/istio/index.ts';
import { shopMesh } from './support/shop-mesh.ts';

type Fields = Readonly<Record<string, unknown>>;

const to = { destination: { host: 'shoes' } };
const ok = { route: [to] };

const kinds = {
  VirtualService: { hosts: ['shoes'], http: [ok] },
  DestinationRule: { host: 'shoes' },
  Gateway: { servers: [{ hosts: ['a.com'], port: { number: 80, name: 'http', protocol: 'HTTP' } }] },
  Sidecar: { egress: [{ hosts: ['./*'] }] },
  AuthorizationPolicy: { rules: [{}] },
} as const satisfies Record<string, Fields>;

function object(kind: keyof typeof kinds, spec: Fields): Fields {
  const group = kind === 'AuthorizationPolicy' ? 'security' : 'networking';
  const metadata = { name: 'x', namespace: 'shop' };
  return { apiVersion: `${group}.istio.io/v1`, kind, metadata, spec: { ...kinds[kind], ...spec } };
}

const http = (fields: Fields) => ['VirtualService', { http: [{ ...ok, ...fields }] }] as const;
const match = (fields: Fields) => http({ match: [fields] });
const policy = (trafficPolicy: Fields) => ['DestinationRule', { trafficPolicy }] as const;
const server = (fields: Fields) =>
  [
    'Gateway',
    { servers: [{ hosts: ['a.com'], port: { number: 443, name: 'https', protocol: 'HTTPS' }, ...fields }] },
  ] as const;
const rule = (fields: Fields) => ['AuthorizationPolicy', { rules: [fields] }] as const;
const source = (fields: Fields) => rule({ from: [{ source: fields }] });
const paths = (...list: string[]) => rule({ to: [{ operation: { paths: list } }] });
const egress = (...hosts: string[]) => ['Sidecar', { egress: [{ hosts }] }] as const;

/** What breaks a rule, where, and what does not. */
const table: readonly [readonly [keyof typeof kinds, Fields], string, ...(readonly [keyof typeof kinds, Fields])[]][] =
  [
    [['VirtualService', { http: [] }], 'spec', ['VirtualService', { http: [], tcp: [{ route: [to] }] }]],
    [
      ['VirtualService', { hosts: ['*.a.com', 'b.a.com'] }],
      'spec.hosts[1]',
      ['VirtualService', { hosts: ['*.a.com', 'b.com'] }],
    ],
    [['VirtualService', { hosts: ['*'] }], 'spec.hosts[0]', ['VirtualService', { hosts: ['*'], gateways: ['ns/gw'] }]],
    [['VirtualService', { hosts: ['a_b'] }], 'spec.hosts[0]', ['VirtualService', { hosts: ['10.0.0.1'] }]],
    [['VirtualService', { gateways: ['a@b'] }], 'spec.gateways[0]', ['VirtualService', { gateways: ['mesh', 'a/b'] }]],
    [['VirtualService', { hosts: [], gateways: ['a/b'] }], 'spec.gateways', ['VirtualService', { hosts: [] }]],
    [
      ['VirtualService', { exportTo: ['.', 'shop'] }],
      'spec.exportTo[1]',
      ['VirtualService', { exportTo: ['.', 'other'] }],
    ],
    [['VirtualService', { http: [{}] }], 'spec.http[0]', http({})],
    [
      http({ redirect: { uri: '/' } }),
      'spec.http[0].redirect',
      ['VirtualService', { http: [{ redirect: { uri: '/' } }] }],
    ],
    [http({ route: [{ ...to, weight: 0 }, to] }), 'spec.http[0].route', http({ route: [{ ...to, weight: 0 }] })],
    [
      http({ route: [{ destination: { host: '*' } }] }),
      'spec.http[0].route[0].destination.host',
      http({ route: [{ destination: { host: '*.a.com' } }] }),
    ],
    [http({ timeout: '1.5ms' }), 'spec.http[0].timeout', http({ timeout: '1m0.25s' })],
    [
      http({ retries: { retryOn: '5xx' } }),
      'spec.http[0].retries.retryOn',
      http({ retries: { attempts: 1, retryOn: '5xx,503' } }),
    ],
    [
      http({ retries: { attempts: 1, retryOn: 'anything' } }),
      'spec.http[0].retries.retryOn',
      http({ retries: { attempts: 0 } }),
    ],
    [
      http({ fault: { abort: { httpStatus: 100 } } }),
      'spec.http[0].fault.abort.httpStatus',
      http({ fault: { abort: { httpStatus: 600 } } }),
    ],
    [http({ rewrite: {} }), 'spec.http[0].rewrite', http({ rewrite: { uri: '/' } })],
    [
      http({ headers: { request: { set: { a: '5%' } } } }),
      'spec.http[0].headers.request.set.a',
      http({ headers: { request: { set: { a: '5%% %START_TIME(%s)%' } } } }),
    ],
    [
      http({ rewrite: { authority: 'a' }, headers: { request: { set: { Host: 'b' } } } }),
      'spec.http[0].headers.request.set.Host',
      http({ headers: { request: { set: { ':authority': 'b' } } } }),
    ],
    [
      match({ headers: { a: { prefix: '' } } }),
      'spec.http[0].match[0].headers.a.prefix',
      match({ uri: { prefix: '' }, headers: { a: {} } }),
    ],
    [
      match({ uri: { regex: '(?=a)' } }),
      'spec.http[0].match[0].uri.regex',
      match({ uri: { regex: '(?i)a' }, withoutHeaders: { a: { regex: '*' } } }),
    ],
    [
      http({ mirrors: [{ ...to, percentage: { value: 101 } }] }),
      'spec.http[0].mirrors[0].percentage.value',
      http({ mirrors: [{ ...to, percentage: { value: 100 } }] }),
    ],
    [policy({}), 'spec.trafficPolicy', policy({ tls: {} })],
    [
      policy({ connectionPool: { tcp: { maxConnections: -1 } } }),
      'spec.trafficPolicy.connectionPool.tcp.maxConnections',
      policy({ connectionPool: { tcp: { maxConnections: 0 } } }),
    ],
    [
      policy({ tls: { mode: 'MUTUAL', clientCertificate: 'c' } }),
      'spec.trafficPolicy.tls',
      policy({ tls: { mode: 'MUTUAL', credentialName: 'c' } }),
    ],
    [
      ['DestinationRule', { subsets: [{ name: 'v 1' }] }],
      'spec.subsets[0].name',
      ['DestinationRule', { subsets: [{ name: 'v1' }] }],
    ],
    [['Gateway', { servers: [] }], 'spec', ['Gateway', {}]],
    [server({}), 'spec.servers[0]', server({ tls: { mode: 'SIMPLE', credentialName: 'c' } })],
    [
      server({ tls: { mode: 'SIMPLE', serverCertificate: 'c' } }),
      'spec.servers[0].tls',
      server({ tls: { mode: 'PASSTHROUGH' } }),
    ],
    [
      server({ hosts: ['short'], tls: {} }),
      'spec.servers[0].hosts[0]',
      server({ hosts: ['*', './a.com', '10.0.0.1'], tls: {} }),
    ],
    [egress('a.com'), 'spec.egress[0].hosts[0]', egress('~/*', 'a/*', '*/a.com')],
    [['Sidecar', { egress: [{ hosts: ['./*'] }, { hosts: ['./*'] }] }], 'spec.egress[0]', ['Sidecar', {}]],
    [
      ['AuthorizationPolicy', { action: 'DENY', rules: [] }],
      'spec',
      ['AuthorizationPolicy', { action: 'ALLOW', rules: [] }],
    ],
    [
      source({ notPrincipals: [''] }),
      'spec.rules[0].from[0].source.notPrincipals[0]',
      source({ notPrincipals: ['*'] }),
    ],
    [source({}), 'spec.rules[0].from[0].source', rule({})],
    [
      source({ ipBlocks: ['10.0.0.0/33'] }),
      'spec.rules[0].from[0].source.ipBlocks[0]',
      source({ ipBlocks: ['10.0.0.0/8', '::1'] }),
    ],
    [paths('/{**}/{*}'), 'spec.rules[0].to[0].operation.paths[0]', paths('/{*}/a/{**}', '/a*')],
    [
      rule({ when: [{ key: 'request.colour', values: ['red'] }] }),
      'spec.rules[0].when[0].key',
      rule({ when: [{ key: 'request.headers[x]', values: ['red'] }] }),
    ],
    [
      ['AuthorizationPolicy', { targetRefs: [{ kind: 'Pod', name: 'x' }] }],
      'spec.targetRefs[0]',
      ['AuthorizationPolicy', { targetRefs: [{ kind: 'Service', name: 'x' }] }],
    ],
  ];

t.test('every rule refuses one object and accepts its neighbour', async (t) => {
  for (const [bad, place, ...good] of table) {
    t.strictSame(validateIstioObject(object(...bad)), [], `the schema has nothing against ${JSON.stringify(bad)}`);
    t.strictSame(
      findSemanticFaults(object(...bad)).map((f) => formatPath(f.path)),
      [place],
      JSON.stringify(bad),
    );
    for (const neighbour of good) t.strictSame(findSemanticFaults(object(...neighbour)), [], JSON.stringify(neighbour));
  }
});

t.test('other kinds pass, and hardly-objects do no harm', async (t) => {
  const gatewayApi = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', spec: {} };
  for (const object of [gatewayApi, null, 3, [], { apiVersion: 'networking.istio.io/v1', kind: 'toString' }]) {
    t.strictSame(findSemanticFaults(object), []);
  }
});

t.test('what the Istio back end writes passes', async (t) => {
  for (const object of emitIstio(shopMesh()).objects)
    t.strictSame(findSemanticFaults(object), [], object.metadata.name);
});
