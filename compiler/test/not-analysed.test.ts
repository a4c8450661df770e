// B8: what would cost too much is said to be open, for that host alone. It is never told as equal, and never an internal error.
import t from 'tap';
import {
  decide,
  indexMesh,
  reach,
  renderReviewMarkdown,
  renderReviewText,
  reviewMeshes,
  sarifOfReview,
} from '../index.ts';
import * as b from './support/mesh-builder.ts';
import { compiledIntent } from './support/review-intent.ts';

/** Each is an automaton of a thousand states, and all of them together are more than a question may cost. */
const routes = Array.from({ length: 24 }, (_, i) => {
  const letter = String.fromCharCode(98 + i);
  return `{ match: { path: { regex: '/(${letter}?x?){${480 - i}}' } }, to: [{ service: ${i % 2 ? 'b' : 'c'} }] }`;
});
const rest = '{ to: [{ service: b }] }';

function meshOf(routesOfB: readonly string[], methods: string) {
  return compiledIntent(`
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: a, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [b, c] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: b, namespace: shop }
spec:
  ports: [{ port: 80 }]
  access: { allow: [{ from: [{ service: a }] }] }
  routes: [${routesOfB.join(', ')}]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: c, namespace: shop }
spec: { ports: [{ port: 80 }], access: { allow: [{ from: [{ service: a }], methods: [${methods}] }] } }
`);
}

const base = meshOf([...routes, rest], 'GET');
const head = meshOf([...routes.toReversed(), rest], 'GET, PUT');

t.test('a review says which host is open, and tells of the others', async (t) => {
  const review = reviewMeshes(base, head);
  t.match(review.notAnalysed, [{ destination: 'b.shop.svc.cluster.local:80', dimension: 'path' }]);
  t.match(review.rows, [{ kind: 'access', effect: 'gained' }], 'of the host that can be compared');
  t.match(review.rows[0]?.title, /c\.shop/);
  const told = [renderReviewText(review), renderReviewMarkdown(review)];
  for (const text of told) {
    t.match(text, /not analysed: path of b\.shop:80.* may fare differently/);
    t.match(text, /1 host not analysed/);
    t.notMatch(text, /no request fares differently|nothing changes|no changes/);
  }
  const [open, ...others] = sarifOfReview(review);
  t.match(open, {
    rule: { id: 'review/not-analysed' },
    level: 'warning',
    message: /^not analysed: path of b\.shop:80.* may fare differently$/,
    places: [{ span: review.notAnalysed[0]?.head[0]?.origin }],
  });
  t.match(others, [{ rule: { id: 'review/access' } }]);
});

t.test('who reaches it is unknown, not nobody', async (t) => {
  const [unknown, known] = reach(head, { to: 'shop/c', from: 'shop/a' });
  t.match(unknown, { reach: 'unknown', by: { host: 'b.shop.svc.cluster.local' } });
  t.match(unknown?.requests, [/^not analysed: path/]);
  t.match(known, { reach: 'some', by: { host: 'c.shop.svc.cluster.local' }, requests: ['GET, PUT'] });
});

t.test('single requests are decided all the same', async (t) => {
  const index = indexMesh(head);
  const ask = (path: string) => decide(index, { from: 'shop/a', request: b.request(`GET http://b${path}`) });
  t.match(ask('/bxxbx'), { outcome: 'allowed', shares: [{ host: 'c.shop.svc.cluster.local' }] });
  t.match(ask('/'), { outcome: 'allowed', shares: [{ host: 'b.shop.svc.cluster.local' }] });
});

t.test('conditions that are told apart in several steps are told together', async (t) => {
  const apart = Array.from({ length: 8 }, (_, i) => {
    const letter = String.fromCharCode(98 + i);
    return `{ match: { path: { regex: '/.*[a${letter}].{${11 + i}}' } }, to: [{ service: ${i % 2 ? 'b' : 'c'} }] }`;
  });
  const [row] = reach(meshOf([...apart.toReversed(), rest], 'GET'), { to: 'shop/c', from: 'shop/a' });
  t.equal(row?.requests.at(-1), 'GET ~/.*[ah].{17} but ~/.*[ai].{18}', 'not: everything but one, and the other');
});
