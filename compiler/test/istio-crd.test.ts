// The CRD validator: what an API server with Istio's schemas would accept and refuse.
import t from 'tap';
import { isCelIp, parseRequestUri } from '../backends/istio/crd/cel-functions.ts';
import { checkCel } from '../backends/istio/crd/cel.ts';
import { formatPath, istioKinds, schemaOf, validateIstioObject } from '../backends/istio/crd/index.ts';
import type { StructuralSchema } from '../backends/istio/crd/structural-schema.ts';

const networking = 'networking.istio.io/v1';
const security = 'security.istio.io/v1';

function verdict(apiVersion: string, kind: string, spec: unknown): readonly string[] {
  const findings = validateIstioObject({ apiVersion, kind, metadata: { name: 'x', namespace: 'shop' }, spec });
  return findings.map((f) => `${f.keyword} ${formatPath(f.path)}: ${f.message}${f.hint ? ` (${f.hint})` : ''}`);
}

const to = { route: [{ destination: { host: 'b' } }] };

t.test('schemas of all served versions are there, and need no defaulting', async (t) => {
  t.equal(istioKinds().length, 33);
  t.ok(istioKinds().includes('networking.istio.io/v1alpha3/EnvoyFilter'));
  for (const key of istioKinds()) {
    const [, apiVersion = '', kind = ''] = /^(.*)\/([^/]+)$/.exec(key) ?? [];
    const schema = schemaOf(apiVersion, kind);
    t.ok(schema?.properties?.spec, key);
    t.notMatch(JSON.stringify(schema), /"default":/, `${key} has defaults: apply them before CEL`);
  }
  t.equal(schemaOf('networking.istio.io/v1', 'toString'), undefined);
});

t.test('structure', async (t) => {
  const table: readonly [string, string, unknown, readonly string[]][] = [
    [networking, 'VirtualService', { hosts: ['a'], http: [to] }, []],
    ['networking.istio.io/v1alpha3', 'VirtualService', { hosts: ['a'], http: [to] }, []],
    [
      networking,
      'VirtualService',
      { hosts: ['a'], http: [{ route: [{ destination: { host: 'b' }, wieght: 3 }] }] },
      ['unknown-field spec.http[0].route[0].wieght: unknown field "wieght" (did you mean "weight"?)'],
    ],
    [
      networking,
      'VirtualService',
      { hosts: ['a'], http: [{ ...to, timeout: 5 }] },
      ['schema spec.http[0].timeout: must be a string, not the number 5'],
    ],
    [
      networking,
      'VirtualService',
      { hosts: ['a'], http: [{ ...to, match: [{ uri: { exact: '/', prefix: '/' } }] }] },
      ['schema spec.http[0].match[0].uri: at most one of exact, prefix, regex can be set'],
    ],
    [networking, 'VirtualService', { hosts: null }, ['schema spec.hosts: must be an array, not null']],
    [networking, 'DestinationRule', {}, ['schema spec: required field "host" is missing']],
    [
      networking,
      'DestinationRule',
      { host: 'a', trafficPolicy: { loadBalancer: { simple: 'FASTEST' } } },
      [
        'schema spec.trafficPolicy.loadBalancer.simple: "FASTEST" is not one of UNSPECIFIED, LEAST_CONN, RANDOM, PASSTHROUGH, ROUND_ROBIN, LEAST_REQUEST',
      ],
    ],
    [
      'networking.istio.io/v2',
      'VirtualService',
      {},
      [
        'kind kind: Istio has no kind VirtualService in networking.istio.io/v2 (did you mean networking.istio.io/v1/VirtualService?)',
      ],
    ],
    [
      'networking.istio.io/v1alpha3',
      'EnvoyFilter',
      { configPatches: [{ applyTo: 'LISTENER', patch: { operation: 'MERGE', value: { any: { thing: 1 } } } }] },
      [],
    ],
  ];
  for (const [apiVersion, kind, spec, expected] of table) {
    t.strictSame(verdict(apiVersion, kind, spec), expected, `${kind} ${JSON.stringify(spec)}`);
  }
});

t.test('objects that are hardly objects', async (t) => {
  for (const object of [null, 3, 'text', [], {}, { kind: 'VirtualService' }, { apiVersion: 1, kind: {} }]) {
    t.ok(validateIstioObject(object).length > 0, JSON.stringify(object));
  }
  const bad = {
    apiVersion: networking,
    kind: 'Sidecar',
    metadata: { name: 'A_b', namespace: 'a.b', labels: { '-': 'x', y: 'a b' } },
  };
  t.strictSame(
    validateIstioObject(bad).map((f) => formatPath(f.path)),
    ['metadata.name', 'metadata.namespace', 'metadata.labels["-"]', 'metadata.labels.y'],
  );
});

t.test('CEL rules', async (t) => {
  const endpoint = { address: '10.0.0.1' };
  const port = { number: 80, name: 'http', protocol: 'HTTP' };
  const entry = (spec: object) => [networking, 'ServiceEntry', { hosts: ['a.com'], ports: [port], ...spec }] as const;
  const selector = { matchLabels: { app: 'a' } };
  const table: readonly (readonly [string, string, unknown, string | undefined])[] = [
    [...entry({ resolution: 'STATIC', endpoints: [endpoint] }), undefined],
    [...entry({ endpoints: [endpoint] }), 'spec: NONE mode cannot set endpoints'],
    [
      ...entry({ resolution: 'STATIC', endpoints: [endpoint], workloadSelector: { labels: { a: 'b' } } }),
      'spec: only one of WorkloadSelector or Endpoints can be set',
    ],
    [
      ...entry({ resolution: 'DNS', addresses: ['10.0.0.0/8'] }),
      'spec: CIDR addresses are allowed only for NONE/STATIC resolution types',
    ],
    [...entry({ ports: [port, { ...port, name: 'other' }] }), 'spec.ports: port number cannot be duplicated'],
    [...entry({ ports: [{ ...port, number: 0 }] }), 'spec.ports[0].number: port must be between 1-65535'],
    [
      ...entry({ resolution: 'STATIC', endpoints: [{ address: 'unix://x' }] }),
      'spec.endpoints[0].address: UDS must be an absolute path or abstract socket',
    ],
    [...entry({ hosts: ['*'] }), 'spec.hosts[0]: hostname cannot be wildcard'],
    [networking, 'VirtualService', { http: [{ ...to, timeout: '5s' }] }, undefined],
    [
      networking,
      'VirtualService',
      { http: [{ ...to, timeout: '0s' }] },
      'spec.http[0].timeout: must be a valid duration greater than 1ms',
    ],
    [security, 'PeerAuthentication', { selector, portLevelMtls: { 80: { mode: 'STRICT' } } }, undefined],
    [
      security,
      'PeerAuthentication',
      { portLevelMtls: { 80: { mode: 'STRICT' } } },
      'spec: portLevelMtls requires selector',
    ],
    [
      security,
      'PeerAuthentication',
      { selector, portLevelMtls: { 70000: { mode: 'STRICT' } } },
      'spec.portLevelMtls: port must be between 1-65535',
    ],
    [
      security,
      'AuthorizationPolicy',
      { selector: { matchLabels: { 'a*': 'b' } } },
      'spec.selector.matchLabels: wildcard not allowed in label key match',
    ],
    [
      security,
      'RequestAuthentication',
      { jwtRules: [{ issuer: 'x', jwksUri: 'ftp://x' }] },
      'spec.jwtRules[0].jwksUri: url must have scheme http:// or https://',
    ],
    ['extensions.istio.io/v1alpha1', 'WasmPlugin', { url: 'oci://x/y' }, undefined],
    ['extensions.istio.io/v1alpha1', 'WasmPlugin', { url: 'registry.example.com/y' }, undefined],
    [
      'extensions.istio.io/v1alpha1',
      'WasmPlugin',
      { url: 'gopher://x' },
      'spec.url: url must have schema one of [http, https, file, oci]',
    ],
  ];
  for (const [apiVersion, kind, spec, expected] of table) {
    const found = verdict(apiVersion, kind, spec);
    t.strictSame(found, expected === undefined ? [] : [`cel ${expected}`], `${kind} ${JSON.stringify(spec)}`);
  }
});

t.test('a rule that cannot be evaluated counts as broken', async (t) => {
  const [found] = validateIstioObject({
    apiVersion: networking,
    kind: 'VirtualService',
    metadata: { name: 'x' },
    spec: { http: [{ ...to, timeout: 'soon' }] },
  });
  t.match(found, { keyword: 'cel', path: ['spec', 'http', 0, 'timeout'] });
});

t.test('rules on a change need the old object', async (t) => {
  const fixed = {
    type: 'integer',
    'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'may not shrink' }],
  } as const;
  const schema: StructuralSchema = {
    type: 'object',
    properties: {
      size: fixed,
      parts: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: { type: 'object', properties: { name: { type: 'string' }, size: fixed } },
      },
    },
  };
  const now = {
    size: 1,
    parts: [
      { name: 'new', size: 1 },
      { name: 'a', size: 1 },
    ],
  };
  t.strictSame(checkCel(now, schema), []);
  t.strictSame(
    checkCel(now, schema, { size: 2, parts: [{ name: 'a', size: 2 }] }).map((f) => formatPath(f.path)),
    ['size', 'parts[1].size'],
  );
});

t.test('URLs and addresses as Go judges them', async (t) => {
  const urls: readonly [string, string | undefined][] = [
    ['https://a.example/b?c', 'https'],
    ['HTTP://a', 'http'],
    ['http://', 'http'],
    ['/absolute/path', ''],
    ['https://[::1]:8080/', 'https'],
    ['', undefined],
    ['a.example/b', undefined],
    ['mailto:x', undefined],
    ['http://a b/', undefined],
    ['http://a:port/', undefined],
    ['http://a/%zz', undefined],
    ['http://a/\n', undefined],
  ];
  for (const [text, scheme] of urls) t.equal(parseRequestUri(text)?.scheme, scheme, text);
  const addresses = ['10.0.0.1', '::1', '10.0.0', 'fe80::1%eth0', '::ffff:1.2.3.4', 'a.com'].map(isCelIp);
  t.strictSame(addresses, [true, true, false, false, false, false]);
});
