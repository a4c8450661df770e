// GitHub refuses a comment of more than 65,536 characters: the comment keeps within it, and says what it leaves out.
import t from 'tap';
import type { Diagnostic } from '../diagnostics/index.ts';
import { renderRefusalMarkdown, renderReviewMarkdown, type Review } from '../review/index.ts';
import { commentLimit, reviewOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

const users = numbers(10).map(
  (i) => `${header}kind: MeshService
metadata: { name: user-${i}, namespace: shop-${i} }
spec: { ports: [{ port: 80 }], uses: [shop/shoes] }
`,
);
const routes = numbers(120).map((i) => `    - { match: { path: /api/customers/${i}/* }, timeout: 2s }\n`);
const access = numbers(10).map((i) => `{ from: [{ service: shop-${i}/user-${i} }], paths: [/api/orders/${i}] }`);
const intent = [
  ...users,
  `${header}kind: MeshService
metadata: { name: shoes, namespace: shop, labels: { team: footwear } }
spec:
  ports: [{ port: 80 }]
  access: { allow: [{ from: [{ namespace: shop }] }, ${access.join(', ')}] }
  routes:
${routes.join('')}    - { timeout: 3s }
`,
].join('---\n');
const moved = access.join(', ').replaceAll('/api/orders/', '/api/returns/');
const review = reviewOf(intent, [access.join(', '), moved]);

t.test('routes before the one that matches are counted, but the nearest', async (t) => {
  t.ok(review.rows.length >= 10, 'wide');
  const markdown = renderReviewMarkdown(review);
  t.ok(markdown.length < commentLimit, `${markdown.length}`);
  t.match(markdown, /\d+\. none of the 117 routes from here on\n +at mesh\.yaml:\d+:7\n/);
  t.match(markdown, /not route shop\/shoes\/routes\/119: .*\n.*\n +\d+\. route shop\/shoes\/routes\/120/);
  t.notMatch(markdown, 'routes/50');
  t.equal([...markdown.matchAll(/<details>/g)].length, review.rows.length);
  t.notMatch(markdown, 'Left out');
});

/** As many rows as there may be, each of them as long as intent can make it. */
function wideReview(count: number, length: number): Review {
  const long = 'long `words` <of> | #1 @them; '.repeat(Math.ceil(length / 30)).slice(0, length);
  const rows = numbers(count).map((i) => {
    const row = review.rows[i % review.rows.length] ?? ([] as never);
    const names = numbers(60).map((n) => `${long} ${n}`);
    const others = names.map((name) => ({ ...row, to: name, requests: [name] }));
    const places = [...row.base, ...row.head].map((place) => ({ ...place, text: long }));
    return {
      ...row,
      title: `${i} ${long}`,
      from: long,
      to: long,
      requests: [long, long],
      owners: names,
      others,
      base: places,
      head: places,
    };
  });
  const open = numbers(count).map((i) => ({
    destination: `${long}-${i}:80`,
    dimension: 'path',
    callers: [],
    head: [],
    isHeadTooWide: () => true,
  }));
  return { ...review, rows, notAnalysed: open };
}

const finding = (length: number): Diagnostic => ({
  code: 'FL0601',
  severity: 'error',
  message: 'a | `b` '.repeat(length / 8),
  hint: 'c <d> '.repeat(length / 6),
  related: [],
});

t.test('no review makes a comment too long', async (t) => {
  for (const length of [10, 100, 1000, 10_000])
    for (const count of [1, 30, 200]) {
      const findings = numbers(count).map(() => finding(length));
      const options = { findings, sides: { base: 'a'.repeat(length), head: 'b' } };
      const markdown = renderReviewMarkdown(wideReview(count, length), options);
      t.ok(markdown.length <= commentLimit, `${count} of ${length}: ${markdown.length}`);
      t.ok(markdown.length > 5 * length || length > 1000, 'room is made use of');
      t.equal([...markdown.matchAll(/<details>/g)].length, [...markdown.matchAll(/<\/details>/g)].length);
      const refusal = renderRefusalMarkdown({ head: findings, base: findings }, options);
      t.ok(refusal.length <= commentLimit, `refusal: ${refusal.length}`);
    }
});

t.test('rows come before details, details before decision paths, and what is left out is said', async (t) => {
  const markdown = renderReviewMarkdown(wideReview(500, 20));
  const rows = [...markdown.matchAll(/^\| \S+ access/gm)].length;
  const details = [...markdown.matchAll(/<details>/g)].length;
  t.ok(rows >= 40, `${rows} rows`);
  t.ok(details > 2 && details < rows, `${details} details`);
  const left = `… and ${500 - rows} more (\`fairlead review --format json\` has all).`;
  t.ok(markdown.includes(left), left);
  const missing = `Left out for lack of room: the details of ${rows - details} rows`;
  t.ok(markdown.includes(missing), missing);
  const some = renderReviewMarkdown(wideReview(11, 60));
  t.match(some, /\nLeft out for lack of room: \d+ decision paths? \(`fairlead review --format json` has all\)\.\n$/);
});

t.test('owners beyond some are counted', async (t) => {
  const rows = review.rows.map((row) => ({ ...row, owners: numbers(50).map((i) => `team-${i}`) }));
  t.match(renderReviewMarkdown({ ...review, rows }), /Owners: team-0, .*team-26 and 30 more\.\n/);
});
