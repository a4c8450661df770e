// One row a change, too, where it shows at ports and callers with other requests, or is made in many places alike; nothing of it is lost.
import t from 'tap';
import {
  renderReviewJson,
  renderReviewMarkdown,
  renderReviewText,
  type Review,
  sarifOfReview,
} from '../review/index.ts';
import { type Edit, linesOf, reviewOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';

const shop = `${header}kind: Mesh
metadata: { name: m }
spec: { access: { default: deny } }
---
${header}kind: MeshService
metadata: { name: a, namespace: n }
spec: { ports: [{ port: 80 }], uses: [b] }
---
${header}kind: MeshService
metadata: { name: c, namespace: o }
spec: { ports: [{ port: 80 }], uses: [n/b] }
---
${header}kind: MeshService
metadata: { name: b, namespace: n, labels: { team: t } }
spec:
  ports: [{ port: 80 }, { name: tcp-x, port: 5000 }, { name: grpc, port: 90 }, { name: https-q, port: 443 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  routes:
    - match: { headers: { x-a: { regex: "[a-z]+" }, x-b: { not: z } } }
      to: [{ version: v1 }]
    - match: { query: { q: "1" } }
      to: [{ version: v2 }]
      headers: { request: { set: { x-q: one } } }
    - to: [{ version: v1, weight: 90 }, { version: v2, weight: 10 }]
  access:
    allow: [{ from: [{ namespace: n }] }, { from: [{ service: o/c }], ports: [80] }]
    deny: [{ paths: [/internal/*], unless: { from: [{ service: a }] } }]
`;

function renderings(review: Review): readonly string[] {
  const sarif = sarifOfReview(review).map(({ message }) => message);
  return [renderReviewText(review), renderReviewMarkdown(review), renderReviewJson(review), sarif.join('\n')];
}

const edits: Record<string, { edit: Edit; rows: number; says: readonly string[] }> = {
  'a match': {
    edit: ['[a-z]+', '[a-z0-9]+'],
    rows: 3,
    says: ['WebSocket apart', '/internal/*', 'x-q: anything but one'],
  },
  'labels of a version': {
    edit: ['v2: { version: v2 }', 'v2: { version: v3 }'],
    rows: 2,
    says: ['WebSocket apart', '/internal/*', ':5000', 'every connection'],
  },
};

for (const [name, { edit, rows, says }] of Object.entries(edits)) {
  t.test(`one line, at ports and callers with other requests: ${name}`, async (t) => {
    const review = reviewOf(shop, edit);
    t.equal(review.rows.length, rows, linesOf(review).join('\n'));
    for (const text of renderings(review))
      for (const part of says) t.ok(text.replaceAll('\\', '').includes(part), `${part} in ${text}`);
    for (const { own, others = [], callers, destinations, witness } of review.rows) {
      t.ok(own?.callers.includes(witness?.call.from ?? ''), 'whose requests they are');
      const all = [{ ...own }, ...others];
      t.same([...new Set(all.flatMap((way) => way.callers ?? []))].sort(), callers);
      t.same([...new Set(all.flatMap((way) => way.destinations ?? []))].sort(), destinations);
      for (const way of others) t.ok(way.witness && way.requests.length > 0, 'each with its example');
    }
  });
}

/** So many services, each of which the next one calls. */
const ring = (count: number) =>
  Array.from(
    { length: count },
    (_, i) => `${header}kind: MeshService
metadata: { name: s${i}, namespace: n${i % 2} }
spec:
  ports: [{ port: 80 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  uses: [n${((i + 1) % count) % 2}/s${(i + 1) % count}]
  routes:
    - match: { path: /slow }
      timeout: 5s
    - to: [{ version: v1, weight: 90 }, { version: v2, weight: 10 }]
      timeout: 3s
`,
  ).join('---\n');

t.test('the same edit in many services', async (t) => {
  const title = (text: string): RegExp => new RegExp(`^[a-z]+ [a-z]+ changed: calls from \\S+ to \\S+ ${text} \\| `);
  const slower: Edit = ['timeout: 5s', 'timeout: 7s'];
  const slow = reviewOf(ring(6), slower);
  t.match(linesOf(slow), [title('are handled differently: timeout; likewise 5 more hosts and 5 more callers')]);
  t.equal(slow.rows.length, 1);
  const split = reviewOf(ring(6), ['weight: 90', 'weight: 80'], ['weight: 10', 'weight: 20']);
  t.match(linesOf(split), [title('are split otherwise; likewise 5 more hosts and 5 more callers')]);
  t.equal(split.rows.length, 1, 'whichever the host');
  t.equal(slow.rows[0]?.own, undefined, 'of all of them the requests are the same');
  for (const review of [slow, split]) {
    const lines = renderReviewText(review).split('\n');
    const places = [0, 1, 2, 3, 4, 5].map((i) => lines.findIndex((line) => line.includes(`s${i}.n${i % 2}:80`)));
    t.ok(
      places.every((place) => place >= 0),
      'each is named',
    );
    const also = lines.filter((line) => /\(mesh\.yaml:\d+:\d+\)$/.test(line)).map((line) => /s\d/.exec(line)?.[0]);
    t.equal(also.length, 5, 'each has its place');
    t.same(also, also.toSorted(), 'in order');
    t.match(renderReviewMarkdown(review), /- also: s\d\.n\d:80 from n\d\/s\d.* \(mesh\.yaml:\d+:\d+\)\n/);
  }
  t.equal(reviewOf(ring(3), slower).rows.length, 3, 'few are read one by one');
});

t.test('other words, or the same of other requests, are rows of their own', async (t) => {
  const mixed = ring(8).replace(/timeout: 5s/g, (found, at: number) => (at % 2 === 0 ? found : 'timeout: 6s'));
  const kinds = new Set([...mixed.matchAll(/timeout: [56]s/g)].map(([found]) => found));
  const { rows } = reviewOf(mixed, ['timeout: 5s', 'timeout: 7s'], ['timeout: 6s', 'timeout: 7s']);
  for (const { from, others = [] } of rows) t.ok(others.every((way) => way.from === from));
  t.ok(rows.length >= kinds.size);
});
