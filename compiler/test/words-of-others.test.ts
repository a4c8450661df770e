// C10: words of Istio, the Gateway API, Kubernetes and Envoy are told what they are called here.
import t from 'tap';
import { compile } from '../pipeline.ts';

const head = (kind: string) =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: shoes, namespace: shop }\n`;
const hintsFor = (...texts: string[]) =>
  compile({
    label: 't',
    files: texts.map((text, i) => ({ path: `${i}.yaml`, text })),
    diagnostics: [],
  }).diagnostics.map(({ hint }) => hint ?? 'no hint');
const inSpec = (spec: string) => hintsFor(`${head('MeshService')}spec: { ports: [{ port: 80 }], ${spec} }\n`);
const inRoute = (route: string) => inSpec(`routes: [{ ${route} }]`);
const inRule = (rule: string) => inSpec(`access: { allow: [{ ${rule} }] }`);
const inListener = (more: string) =>
  hintsFor(
    `${head('MeshGateway')}spec: { listeners: [{ name: a, port: 443, protocol: HTTPS, hosts: [a.example.com], ${more} }] }\n`,
  );

const said: readonly (readonly [readonly string[], RegExp])[] = [
  [inRule('principals: [cluster.local/ns/shop/sa/hats]'), /from: \[\{ service: NAME \}\]/],
  [inRule('from: [{ principals: [x] }]'), /`service`/],
  [inRule('from: [{ namespaces: [x] }]'), /`namespace`/],
  [inRule('from: [{ source: { principals: [x] } }]'), /in the entry itself/],
  [inRule('notPaths: [/x]'), /deny/],
  [inRule('hosts: [x]'), /reached by its name/],
  [inRule('to: [{ operation: { paths: [/x] } }]'), /in the rule itself/],
  [inRule('when: []'), /in the rule itself/],
  [inRule('from: [{ ipBlocks: [10.0.0.0/8] }]'), /not users, tokens or addresses/],
  [inSpec('rules: []'), /`access`/],
  [inSpec('action: DENY'), /allow.*deny/],
  [inSpec('access: { rules: [] }'), /`allow` and `deny` hold the rules/],
  [inSpec('access: { action: ALLOW }'), /`allow` or `deny`/],
  [inSpec('hosts: [shoes]'), /expose/],
  [inSpec('hostnames: [shoes]'), /expose/],
  [inSpec('gateways: [x]'), /expose/],
  [inSpec('parentRefs: [x]'), /expose/],
  [inSpec('outlierDetection: {}'), /allowed here/],
  [inSpec('connectionPool: {}'), /resilience: \{ connections/],
  [inSpec('serviceAccountName: x'), /serviceAccount/],
  [inSpec('exportTo: ["*"]'), /leave it out/],
  [inRoute('to: [{ destination: { host: a } }]'), /`service`/],
  [inRoute('to: [{ host: a }]'), /`service`/],
  [inRoute('route: [{ destination: { host: a } }]'), /`to`/],
  [inRoute('backendRefs: []'), /`to`/],
  [inRoute('weighted_clusters: {}'), /`to`/],
  [inRoute('matches: []'), /`match`/],
  [inRoute('match: { queryParams: {} }'), /`query`/],
  [inRoute('match: { path: { type: PathPrefix } }'), /a plain text is exact/],
  [inRoute('match: { path: { safe_regex: x } }'), /`regex`/],
  [inRoute('filters: []'), /fields of the route itself/],
  [inRoute('mirrorPercentage: { value: 1 }'), /on: 10%/],
  [inRoute('corsPolicy: {}'), /`cors`/],
  [inRoute('timeouts: { request: 3s }'), /timeout: 3s/],
  [inRoute('redirect: { uri: /a }'), /`path`/],
  [inRoute('redirect: { path: /a, redirectCode: 301 }'), /`status`/],
  [inRoute('rewrite: { authority: a }'), /`host`/],
  [inListener('tls: { credentialName: a }'), /`secret`/],
  [inListener('credentialName: a'), /tls: \{ secret: NAME \}/],
  [inListener('tls: { secret: a, httpsRedirect: true }'), /redirectToHttps/],
  [inListener('tls: { secret: a }, hostname: a'), /`hosts`/],
  [hintsFor(head('VirtualService')), /MeshService, `routes`/],
  [hintsFor(head('ServiceEntry')), /ExternalService/],
  [hintsFor(head('Gateway')), /MeshGateway/],
];

t.test('every word has the hint of its place', async (t) => {
  for (const [hints, hint] of said) {
    t.match(hints[0], hint);
    t.equal(hints.length, 1, `and nothing else: ${hints.join('; ')}`);
  }
});

t.test('a service written as a host', async (t) => {
  const care = (name: string) =>
    `${head('MeshService').replace('shoes', name).replace('shop', 'care')}spec: { ports: [{ port: 80 }] }\n`;
  for (const written of ['records.care', 'records.care.svc', 'records.care.svc.cluster.local']) {
    t.same(inSpec(`uses: [${written}]`), ['a reference is no host: write "care/records"'], written);
  }
  const user = (reference: string) => `${head('MeshService')}spec: { ports: [{ port: 80 }], uses: [${reference}] }\n`;
  t.same(hintsFor(user('records/care'), care('records')), ['did you mean "care/records"?']);
});
