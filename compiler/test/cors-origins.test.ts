// Whom a CORS policy lets in: a match that takes the text `*` lets in every origin, as Envoy's filter has it. Verdict, analysis and checks agree.
import t from 'tap';
import { compile, decide, indexMesh } from '../index.ts';
import { decisionFor } from '../analysis/symbolic/decision.ts';
import { RequestSpace } from '../analysis/symbolic/request-space.ts';
import * as b from './support/mesh-builder.ts';
import { linesOf, reviewOf } from './support/review-intent.ts';

const intent = (origins: string, credentials = true) => `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: test }
spec: { access: { default: allow } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: page, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ port: 80 }]
  routes: [{ cors: { origins: [${origins}], methods: [GET], credentials: ${credentials} } }]
`;

function compiled(text: string) {
  return compile({ label: 'test', files: [{ path: 'mesh.yaml', text }], diagnostics: [] });
}

/** The outcome of a preflight, which verdict and analysis have to agree on. */
function preflight(text: string, origin: string): string {
  const { mesh } = compiled(text);
  if (!mesh) throw new Error('no mesh');
  const index = indexMesh(mesh);
  const headers = { origin, 'access-control-request-method': 'GET' };
  const call = { from: 'shop/page', request: b.request('OPTIONS http://shoes/', headers) };
  const decision = decisionFor(index, call);
  const space = new RequestSpace([decision]);
  const { outcome } = space.evaluate(space.compile(decision), call.request);
  const verdict = decide(index, call).outcome;
  return verdict === outcome ? verdict : `verdict: ${verdict}, analysis: ${outcome}`;
}

const evil = 'https://evil.example.org';
const opening = ['{ regex: ".{1,10}" }', '{ regex: "[^/]+" }', '{ regex: "null|[*]" }', '{ regex: "[^:]*" }'];
const narrow = ['{ regex: "https://[^/]+[.]example[.]com" }', '{ suffix: .example.com }', '"https://a.example.com"'];

t.test('a match that takes the star lets in every origin but the empty one', async (t) => {
  for (const origins of ['"*"', '{ prefix: "*" }', '{ suffix: "*" }', ...opening]) {
    t.equal(preflight(intent(origins), evil), 'answered', origins);
    t.equal(preflight(intent(origins), ''), 'allowed', `${origins}, of none`);
    t.equal(preflight(intent(`"https://a.example.com", ${origins}`), evil), 'answered', `${origins} beside another`);
  }
  for (const origins of narrow) {
    t.equal(preflight(intent(origins), evil), 'allowed', origins);
    t.equal(preflight(intent(origins), 'https://a.example.com'), 'answered', origins);
  }
});

t.test('it is told: with credentials, and without', async (t) => {
  const codes = (origins: string, credentials: boolean) =>
    compiled(intent(origins, credentials)).diagnostics.map(({ code }) => code);
  for (const origins of opening) {
    t.same(codes(origins, true), ['FL0418'], origins);
    t.same(codes(origins, false), ['FL0464'], origins);
  }
  for (const origins of ['"*"', '{ regex: ".*" }', '{ regex: "(?s).{0,}" }']) {
    t.same(codes(origins, true), ['FL0418'], origins);
    t.same(codes(origins, false), [], `${origins} is meant for all`);
  }
  for (const origins of narrow) t.same([...codes(origins, true), ...codes(origins, false)], [], origins);
});

t.test('a review tells that a policy opens', async (t) => {
  const change = ['{ suffix: .example.com }', '{ regex: "[^/]+" }'] as const;
  const lines = linesOf(reviewOf(intent('{ suffix: .example.com }'), change));
  t.match(lines, [
    /^medium behavior changed: CORS preflights from shop\/page to shoes.shop:80 are answered by the proxy/,
    /^medium .*CORS: none -> any origin; credentials$/,
  ]);
  t.same(
    linesOf(reviewOf(intent('{ regex: "[^/]+" }'), ['[^/]+', '[^:]*'])),
    [],
    'of two that let in all, neither does',
  );
});
