// What is folded into one row hides nothing: each way is in the text, in the comment and in SARIF, those that lead elsewhere first.
import t, { type Test } from 'tap';
import { renderSarif } from '../diagnostics/index.ts';
import {
  type Review,
  renderReviewJson,
  renderReviewMarkdown,
  renderReviewText,
  sarifOfReview,
} from '../review/index.ts';
import { reviewOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';

const service = (name: string, spec: string) => `${header}kind: MeshService
metadata: { name: ${name}, namespace: shop }
spec:
  ports: [{ port: 80 }]
${spec}`;

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Routes, of which each has a line. */
const routed = (routes: readonly string[], more = '') =>
  [
    service('web', '  uses: [shoes, payments-sandbox]\n'),
    service('payments-sandbox', '  access: { allow: [{}] }\n'),
    service(
      'shoes',
      `  access: { allow: [{}] }\n${more}  routes:\n${routes.map((one) => `    - { ${one} }\n`).join('')}`,
    ),
  ].join('---\n');

function renderings(review: Review): Readonly<Record<string, string>> {
  const { runs } = JSON.parse(renderSarif(sarifOfReview(review), { version: '1', folder: '' }));
  const messages = [...JSON.stringify(runs[0].results).matchAll(/"text":("(?:[^"\\]|\\.)*")/g)].map(([, text = '']) =>
    JSON.parse(text),
  );
  const markdown = renderReviewMarkdown(review).replaceAll('&gt;', '>').replaceAll('\\', '');
  return { text: renderReviewText(review), markdown, sarif: messages.join('\n') };
}

function allSay(t: Test, review: Review, texts: readonly string[]): void {
  for (const [format, rendered] of Object.entries(renderings(review)))
    for (const text of texts) t.ok(rendered.includes(text), `${format} says ${text}\n${rendered}`);
}

const versions = `  versions: { ${numbers(62)
  .map((i) => `v${i}: { version: v${i} }`)
  .join(', ')} }\n`;
/** The first are moved by one, the last to another service. */
const moved = (count: number) => {
  const route = (i: number, version: number) => `match: { path: /p${i} }, to: [{ version: v${version} }]`;
  const last = (to: string) => `match: { path: /checkout/pay }, to: [{ ${to} }]`;
  const text = (by: number, to: string) =>
    routed([...numbers(count).map((i) => route(i, i + by)), last(to), 'name: rest'], versions);
  return [text(0, 'version: v61'), text(1, 'service: payments-sandbox')] as const;
};

t.test('a destination among versions', async (t) => {
  const [base, head] = moved(4);
  const review = reviewOf(base, [base, head]);
  const [row] = review.rows;
  t.match(
    row,
    { to: 'payments-sandbox.shop', requests: ['any method /checkout/pay'] },
    'what leads elsewhere stands first',
  );
  allSay(t, review, [
    '/checkout/pay',
    ...numbers(4).map((i) => `any method /p${i}: v${i} of shoes.shop -> v${i + 1} of shoes.shop`),
  ]);
  const [result] = sarifOfReview(review);
  const lines = result?.places.map(({ span }) => span.start.line) ?? [];
  const first = head.slice(0, head.indexOf('/p0')).split('\n').length;
  for (const i of numbers(5)) t.ok(lines.includes(first + i), 'each way has its place');
  t.match(renderings(review).markdown, '`any method /checkout/pay`<br>and 4 more ways below |');
});

t.test('of very many, those that lead elsewhere are told, and the rest is counted', async (t) => {
  const [base, head] = moved(60);
  const review = reviewOf(base, [base, head]);
  allSay(t, review, ['payments-sandbox', '/checkout/pay', 'and 20 more ways (--format json has all)']);
  const [row] = JSON.parse(renderReviewJson(review)).rows;
  t.equal(row.others.length, 60);
});

t.test('requests that have names are not told by an example', async (t) => {
  const timed = (i: number, more: string) => `match: { path: /p${i} }, ${more}timeout: ${i % 2 ? 1 : 3}s`;
  const text = (more: string) => routed([...numbers(20).map((i) => timed(i, i % 2 ? more : '')), 'name: rest']);
  const review = reviewOf(text(''), [text(''), text('retries: { attempts: 1 }, ')]);
  const said = review.rows.flatMap(({ requests }) => requests);
  t.ok(said.length > 0);
  t.notMatch(said.join(), 'such as');
  t.match(said.join(), '/p1, /p11, /p13, /p15, /p17 and 5 more');
});

t.test('values, one by one', async (t) => {
  const timed = (i: number, seconds: number) => `match: { path: /p${i} }, timeout: ${seconds}s`;
  const text = (by: number, last: number) =>
    routed([...numbers(5).map((i) => timed(i, i + by)), timed(5, last), 'name: rest']);
  const review = reviewOf(text(1, 6), [text(1, 6), text(2, 59)]);
  t.match(review.rows, [{ from: '1s', to: '2s' }]);
  allSay(t, review, ['any method /p1: 2s -> 3s', 'any method /p5: 6s -> 59s']);
});

const hosts = ['alpha', 'beta', 'gamma', 'delta', 'customer-payments-ledger'];
const closed = `${header}kind: Mesh
metadata: { name: m }
spec: { mtls: strict, access: { default: deny } }
---
${hosts.flatMap((name, i) => [service(name, ''), service(`c${i}`, `  uses: [${name}]\n`)]).join('---\n')}`;

t.test('hosts that come of one cause', async (t) => {
  const review = reviewOf(closed, ['default: deny', 'default: allow']);
  const [, gained] = review.rows;
  t.match(gained?.title, /likewise 4 more hosts/);
  const [joined] = [{ ...review, rows: gained ? [gained] : [] }];
  allSay(
    t,
    joined,
    hosts
      .map((name, i) => `${name}.shop:80 from shop/c${i}`)
      .filter((words) => !gained?.title.includes(words.slice(0, 4))),
  );
  allSay(t, joined, hosts);
});

t.test('names that titles only count', async (t) => {
  const users = numbers(5).map((i) => service(`c${i}`, `  uses: [${hosts.join(', ')}]\n`));
  const all = [...hosts.map((name) => service(name, '  access: { allow: [{}] }\n')), ...users].join('---\n');
  const { rows, ...review } = reviewOf(all, ['allow: [{}]', 'allow: [{ methods: [GET] }]']);
  const [row] = rows;
  t.match(row?.title, /^5 workloads of .* and 3 more/);
  allSay(t, { ...review, rows: row ? [row] : [] }, [
    ...hosts.map((name) => `${name}.shop:80`),
    ...numbers(5).map((i) => `shop/c${i}`),
  ]);
});

t.test('objects that come together', async (t) => {
  const added = numbers(15).map((i) => `---\n${service(`new-${i}`, '')}`);
  const review = reviewOf(closed, [closed, `${closed}${added.join('')}`]);
  const rows = review.rows.filter(({ kind }) => kind === 'inventory');
  allSay(
    t,
    { ...review, rows },
    numbers(15).map((i) => `shop/new-${i}`),
  );
});
