// Of repeated headers each value is matched by itself: where that may make a difference, a review says that it has not compared them.
import t from 'tap';
import { decide } from '../analysis/index.ts';
import { indexMesh } from '../model/index.ts';
import { renderReviewJson, renderReviewMarkdown, renderReviewText, sarifOfReview } from '../review/index.ts';
import { compiledIntent, type Edit, edited, reviewOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';
const withRoutes = (...matches: readonly string[]) => `${header}kind: MeshService
metadata: { name: web, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes] }
---
${header}kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ port: 80 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  access: { allow: [{ from: [{ service: web }] }] }
  routes:
${matches.map((match, i) => `    - match: { headers: { ${match} } }\n      to: [{ version: v${i + 1} }]\n`).join('')}    - to: [{ service: shoes }]
`;

const both = withRoutes('x-ring: a', 'x-ring: b');
const swapped: Edit = [
  both,
  withRoutes('x-ring: b', 'x-ring: a')
    .replaceAll('version: v1 }]', 'version: V }]')
    .replaceAll('version: v2 }]', 'version: v1 }]')
    .replaceAll('version: V }]', 'version: v2 }]'),
];
const reservation = 'no request fares differently (of those that repeat no header x-ring)';

t.test('the reservation is true, and told by all renderers', async (t) => {
  const request = {
    method: 'GET',
    scheme: 'http',
    host: 'shoes',
    port: 80,
    path: '/',
    headers: { 'x-ring': ['a', 'b'] },
  } as const;
  const [was, is] = [both, edited(both, [swapped])].map(
    (text) => decide(indexMesh(compiledIntent(text)), { from: 'shop/web', request }).shares[0]?.subset,
  );
  t.not(was, is);
  const review = reviewOf(both, swapped);
  t.same([review.rows, review.repeatedHeaders], [[], ['x-ring']]);
  t.ok(renderReviewText(review).startsWith(reservation), renderReviewText(review));
  t.match(renderReviewMarkdown(review), /^No request fares differently \(of those that repeat no header x-ring\)/m);
  t.same(JSON.parse(renderReviewJson(review)).repeatedHeaders, ['x-ring']);
  t.match(sarifOfReview(review, ['mesh.yaml']), [
    {
      rule: { id: 'review/repeated-headers' },
      level: 'note',
      message: reservation,
      places: [{ span: { file: 'mesh.yaml' } }],
    },
  ]);
});

/** Of the same service, something else that no request shows. */
const others: Record<string, readonly string[]> = {
  'one value of a header': ['x-ring: a'],
  'one value each of two headers': ['x-ring: a', 'x-user: b'],
  'a value, and any': ['x-ring: a', 'x-ring: { present: true }'],
  'a header that proxies join': ['accept: a', 'accept: b'],
};

for (const [name, matches] of Object.entries(others)) {
  t.test(`there is none for ${name}`, async (t) => {
    const review = reviewOf(withRoutes(...matches), [
      'versions: { v1: { version: v1 }',
      'versions: { v3: { version: v3 }, v1: { version: v1 }',
    ]);
    t.equal(review.repeatedHeaders, undefined);
    t.match(renderReviewText(review), /^1 change: 1 low; no request fares differently;/m);
  });
}
