// What is written in another way and means the same is no change, and what is one change is told in one row.
import t from 'tap';
import { distinctRetryWords } from '../model/index.ts';
import { type Edit, linesOf, reviewOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';
const intent = `${header}kind: MeshService
metadata: { name: web, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes, { workload: vm }, { external: out }] }
---
${header}kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ port: 80 }]
  routes:
    - { match: { path: /b/* }, rewrite: { path: /c/ } }
    - { retries: { attempts: 2, on: [5xx] } }
---
${header}kind: MeshWorkload
metadata: { name: vm, namespace: shop }
spec: { address: "2001:db8::1", ports: [{ port: 80 }] }
---
${header}kind: ExternalService
metadata: { name: out, namespace: shop }
spec: { hosts: [out.example.com], resolve: static, addresses: ["2001:db8::2"], ports: [{ port: 80 }] }
`;

const same: Record<string, Edit> = {
  'a word to retry on that another includes': ['[5xx]', '[5xx, gateway-error, connect-failure]'],
  'an address of a machine': ['2001:db8::1', '2001:0DB8:0:0::1'],
  'an address outside': ['2001:db8::2', '2001:db8:0:0:0:0:0:2'],
};
for (const [name, edit] of Object.entries(same))
  t.test(`no change: ${name}`, async (t) => t.same(linesOf(reviewOf(intent, edit)), []));

const other: Record<string, readonly [Edit, RegExp]> = {
  'a word that is not included': [['[5xx]', '[5xx, cancelled]'], /retries: 2 on 5xx -> 2 on 5xx cancelled$/],
  'another address': [['2001:db8::1', '2001:db8::3'], /2001:db8::1 -> 2001:db8::3/],
};
for (const [name, [edit, said]] of Object.entries(other))
  t.test(name, async (t) => t.match(linesOf(reviewOf(intent, edit)).join('\n'), said));

t.test('one rewrite is one row, in the words of its route', async (t) => {
  const { rows } = reviewOf(intent, ['/c/', '/d/']);
  t.match(rows, [{ about: 'path', requests: ['any method /b/*'], from: '/b… becomes /c…', to: '/b… becomes /d…' }]);
  t.equal(rows.length, 1);
});

t.test('words to retry on', async (t) => {
  t.same(distinctRetryWords(['reset', '5xx', 'cancelled', 'reset']), ['5xx', 'cancelled']);
  t.same(distinctRetryWords(['reset-before-request', 'reset', 'gateway-error']), ['gateway-error', 'reset']);
  t.same(distinctRetryWords(['connect-failure', 'refused-stream']), ['connect-failure', 'refused-stream']);
});
