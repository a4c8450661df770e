// What a row is called must be what happens, and one change must be one row.
import t from 'tap';
import { decide } from '../analysis/index.ts';
import { indexMesh } from '../model/index.ts';
import { renderReviewJson, renderReviewMarkdown, renderReviewText, reviewMeshes } from '../review/index.ts';
import { exposed, intent } from './support/exposed-shoes.ts';
import { compiledIntent, type Edit, lineOf, linesOf, reviewOf } from './support/review-intent.ts';

const plain = ['name: all'];
const cors = ['name: all, cors: { origins: ["https://shop.example"], methods: [GET] }'];

t.test('B5: CORS takes preflights from nobody', async (t) => {
  const [without, allowed] = [plain, cors].map((routes) => compiledIntent(intent(routes))) as [never, never];
  const lines = linesOf(reviewMeshes(without, allowed));
  t.equal(lines.length, 4);
  t.match(
    lines.filter((line) => line.includes('preflights')),
    [
      /^medium behavior changed: CORS preflights from everyone outside through gateway shop\/public to http:\/\/shoes\.example\.com:80 are answered by the proxy/,
      /^medium behavior changed: CORS preflights from shop\/web to shoes\.shop:80 are answered by the proxy/,
    ],
  );
  t.notOk(lines.some((line) => line.includes('lost')));
  const back = linesOf(reviewMeshes(allowed, without));
  t.ok(back.some((line) => /^low .*CORS preflights from shop\/web to shoes\.shop:80 are sent on/.test(line)));
  t.notOk(back.some((line) => line.includes('gained')));
});

t.test('B5: a header that is not there', async (t) => {
  const routes = (timeout: string) => [
    'name: beta, match: { headers: { x-beta: { present: true } } }',
    `name: all${timeout}`,
  ];
  const { rows } = reviewMeshes(compiledIntent(intent(routes(''))), compiledIntent(intent(routes(', timeout: 3s'))));
  t.ok(rows.length > 0);
  for (const { requests } of rows) t.same(requests, ['every request without header x-beta']);
});

t.test('CORS says which websites, and is no small thing where more of them may read answers', async (t) => {
  const allowed = (rest: string) => `name: all, cors: { origins: ["https://a.example"]${rest} }`;
  const change = (...edits: readonly Edit[]) => linesOf(reviewOf(intent([allowed('')]), ...edits)).join('\n');
  const credentials: Edit = ['origins: ["https://a.example"]', 'origins: ["https://a.example"], credentials: true'];
  t.match(
    change(credentials),
    /^medium .*CORS: origins https:\/\/a\.example -> origins https:\/\/a\.example; credentials$/m,
  );
  t.notMatch(change(credentials), /allowed ->/m);
  const all = change(['origins: ["https://a.example"]', 'origins: ["*"], credentials: true']);
  t.match(all, /^medium .*CORS: none -> any origin; credentials$/m);
  t.match(
    all,
    /^medium .* answered by the proxy \| preflights: shoes\.shop -> CORS preflight answered: any origin; credentials$/m,
  );
  t.notMatch(change(['["https://a.example"]', '["*"]']), /^low/m);
  const suffixes: Edit = ['"https://a.example"', '{ suffix: .a.example }'];
  const wider = intent([allowed('').replace(...suffixes)]);
  t.notMatch(linesOf(reviewOf(wider, ['.a.example', 'a.example'])).join('\n'), /^low|^$/m);
  t.notMatch(linesOf(reviewOf(intent([allowed('')]), ['"https://a', '"https://b'])).join('\n'), /^low.* -> origins/m);
  t.notMatch(
    linesOf(reviewOf(wider.replace('.a.ex', 'a.ex'), [' a.example', ' .a.example'])).join('\n'),
    /^medium|^$/m,
  );
  t.notMatch(
    change(['example"]', 'example"], methods: [GET, DELETE]']),
    /^medium|^$/m,
    'methods of those that read as before',
  );
  const open = intent(['name: all, cors: { origins: ["*"], credentials: true }']);
  t.notMatch(
    linesOf(reviewOf(open, ['credentials: true', 'credentials: true, maxAge: 1h'])).join(),
    /medium/,
    'as before',
  );
});

t.test('no conditions twice turned round', async (t) => {
  const requests = (from: string, to: string) => {
    const timed = (match: string) => intent([`match: { headers: { ${match} } }, timeout: 3s`, 'name: all']);
    const { rows } = reviewMeshes(compiledIntent(timed(from)), compiledIntent(timed(to)));
    return rows.filter(({ title }) => title.includes('shop/web')).flatMap((row) => row.requests);
  };
  t.same(requests('x-a: { not: a }', 'x-a: { present: false }'), ['every request with x-a: any value but a']);
  t.same(requests('x-a: { present: true }', 'x-a: { present: true }, user-agent: { not: { prefix: curl } }'), [
    'every request with user-agent: curl*, x-a: any value',
  ]);
  const redirected = intent([
    'match: { headers: { x-forwarded-proto: http } }, redirect: { scheme: https }',
    'name: all',
  ]);
  const { rows } = reviewOf(intent(['name: all']), [intent(['name: all']), redirected]);
  t.match(
    rows.filter(({ callers }) => callers.includes('shop/web')).map((row) => row.requests),
    [['every request with x-forwarded-proto: http or none']],
  );
});

t.test('B5: parts that are everything together', async (t) => {
  const routes = [
    'match: { methods: [POST, PUT], headers: { x-a: "1" } }, to: [{ service: boots }]',
    'match: { headers: { x-a: "2" } }, to: [{ service: boots }]',
    'name: all',
  ];
  const { rows } = reviewOf(intent(routes), ['uses: [shoes], ', '']);
  t.match(rows, [{ effect: 'lost', requests: ['every request'] }]);
  t.equal(rows.length, 1);
});

t.test('B5: one route more or less is one row, in however many ways it shows', async (t) => {
  const route = (i: number) => `match: { headers: { x-${i}: v } }, timeout: ${i + 1}s`;
  const many = Array.from({ length: 15 }, (_, i) => route(i));
  const [base, head] = [many, many.toReversed()].map((routes) => compiledIntent(intent([...routes, 'name: all']))) as [
    ReturnType<typeof compiledIntent>,
    ReturnType<typeof compiledIntent>,
  ];
  const review = reviewMeshes(base, head);
  t.equal(review.rows.length, 2, 'inside, and from outside');
  for (const row of review.rows) {
    const { others = [], title } = row;
    t.match(title, /handled differently: timeout, in 105 ways$/);
    t.equal(others.length, 104);
    for (const { witness, from, to } of [row, ...others]) {
      t.not(from, to);
      const [was, is] = [base, head].map((mesh) => witness && decide(indexMesh(mesh), witness.call).timeoutMs);
      t.not(was, is, witness?.text ?? 'no witness');
    }
  }
  const ways =
    /also {5}every request .*: \d+s -> \d+s\n( {11}every .*\n){39} {11}and 64 more ways \(--format json has all\)\n/;
  t.match(renderReviewText(review), ways);
  t.match(renderReviewMarkdown(review), /\n(- also: every .*\n){40}- also: and 64 more ways /);
  const [written] = JSON.parse(renderReviewJson(review)).rows;
  t.equal(written.others.length, 104);
  t.match(written.others[0], { witness: { request: { method: 'GET' }, base: { outcome: 'allowed' } } });
});

/** What a review of one edit says: each title with its change. */
const said = (routes: readonly string[], ...edits: readonly Edit[]) => linesOf(reviewOf(intent(routes), ...edits));

t.test('B5: words that say what was and what is', async (t) => {
  const rewrite = ['match: { path: /a/* }, rewrite: { path: /b/ }', 'name: all'];
  t.match(said(rewrite, [', rewrite: { path: /b/ }', '']), [/path: \/a… becomes \/b… -> as sent$/, /-> as sent$/]);
  const redirect = (fields: string) => [`redirect: { ${fields} }`];
  const redirected = said(redirect('scheme: https'), ['scheme: https', 'scheme: https, path: /new']);
  t.match(redirected, [/redirected \(301\) to https, the same path -> redirected \(301\) to https, path \/new$/, /./]);
  const moved = said(redirect('host: a.example'), ['host: a.example', 'host: b.example, path: /new, port: 81']);
  t.match(moved, [/\(301\) to a\.example, the same path -> redirected \(301\) to b\.example:81\/new$/, /./]);
  t.match(
    said(
      plain,
      ['uses: [shoes], ', 'uses: [shoes, boots], '],
      ['port: 80 }], access: { allow: [{}] }', 'port: 80 }], access: { allow: [] }'],
    ),
    [
      /./,
      /./,
      /shop\/web to boots\.shop:80 are still refused, in another way \| not in uses \(502\) -> sent on, but refused$/,
    ],
  );
  const two = said(plain, ['80, protocol: HTTP, hosts', '81, protocol: HTTP, hosts']);
  t.match(two, [/:81 is newly open/, /:80 is no longer open/]);
  const both = intent(plain).replace(
    'HTTP, hosts: [shoes.example.com] }]',
    'HTTP, hosts: [shoes.example.com] }, { name: b, port: 81, protocol: HTTP, hosts: [shoes.example.com] }]',
  );
  t.match(linesOf(reviewOf(both, [exposed('')[0], 'expose: []'])), [/:80, .*:81 are no longer open to the outside/]);
});

t.test('B5: copies of what is refused are not waited for', async (t) => {
  const mirrored = ['mirror: [{ to: { service: boots } }], timeout: 3s'];
  const refused = (routes: readonly string[]) =>
    intent(routes).replace('allow: [{}] }\n  expose', 'allow: [] }\n  expose');
  t.same(linesOf(reviewOf(refused(mirrored), ['timeout: 3s', 'timeout: 4s'])), []);
  t.match(
    linesOf(reviewOf(refused(mirrored), ['timeout: 3s', 'timeout: 3s, headers: { request: { set: { x-a: b } } }'])),
    [
      /are handled differently: request headers \| request headers: none -> set x-a: b$/,
      /are handled differently: request headers/,
    ],
  );
});

t.test('B5: what a route does is cited where it is written', async (t) => {
  const route = (more: string) => [`match: { path: /a },\n        to: [{ service: boots }],\n${more}`, 'name: all'];
  const first = '        retries: { attempts: 1, on: [reset] },\n        fault: { delay: { for: 1s } }';
  const edits: readonly Edit[] = [
    ['attempts: 1', 'attempts: 2'],
    ['delay: { for: 1s }', 'delay: { for: 2s }'],
  ];
  for (const [part, ...edit] of edits.map((one) => [one[0], one] as const)) {
    const text = intent(route(first));
    for (const { base, head } of reviewOf(text, ...edit).rows)
      for (const places of [base, head])
        t.same(
          places.map(({ origin }) => origin.start.line),
          [lineOf(text, part)],
          part,
        );
  }
});

t.test('B5: requests and answers have the names that people have for them', async (t) => {
  const changes = (from: string, to: string, base = intent([from, 'name: all'])) =>
    reviewOf(base, [from, to])
      .rows.filter(({ title }) => title.includes('shop/web'))
      .map(({ title, requests }) => `${title} | ${requests.join('; ')}`);
  const timed = (match: string) => `match: { headers: { x-a: ${match} } }, timeout: 1s`;
  t.match(changes(timed('{ not: "1" }'), timed('{ regex: "[^1]|..+|" }')), [
    /handled differently: timeout \| every request without header x-a$/,
  ]);
  const redirect = (path: string) => `match: { path: /o }, redirect: { path: ${path} }`;
  t.match(changes(redirect('/n'), redirect('/m')), [/are answered otherwise \| any method \/o$/]);
  const port = (name: string) => `name: shoes, namespace: shop }\nspec:\n  ports: [{ name: ${name},`;
  const byMethod = intent(['match: { methods: [GET] }, timeout: 1s', 'name: all']);
  t.match(changes(port('http'), port('http2'), byMethod).join('\n'), /\| any extension method$/m);
  const moved = intent(['match: { methods: [{ extension: ANNOUNCE }] }, redirect: { path: /n }', 'name: all']);
  t.match(changes(port('http'), port('http2'), moved).join('\n'), /\| any extension method but ANNOUNCE$/m);
});

t.test('B5: what is gained or lost leads to more than one place', async (t) => {
  const two = intent(['match: { path: /p/* }, to: [{ service: boots }]', 'name: all']);
  const base = two.replaceAll('access: { allow: [{}] }', 'access: { allow: [{ from: [{ service: web }] }] }');
  const row = (from: string, to: string) =>
    reviewMeshes(compiledIntent(from), compiledIntent(to)).rows.find(({ callers }) => callers.includes('shop/web'));
  const closed = base.replaceAll('[{ service: web }]', '[{ service: shoes }]');
  t.match(row(closed, base), { effect: 'gained', to: 'shoes.shop; boots.shop' });
  t.match(row(base, closed), { effect: 'lost', from: 'shoes.shop; boots.shop' });
});
