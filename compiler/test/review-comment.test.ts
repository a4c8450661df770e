// B5: the comment on a pull request says what was and what is, a row for each change, who owns it, and what was compared.
import t from 'tap';
import { renderReviewJson, renderReviewMarkdown, renderReviewText } from '../review/index.ts';
import { type Edit, linesOf, reviewOf } from './support/review-intent.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: shop }
spec:
  ports: [{ name: http, port: 80, targetPort: 8080 }]
  uses: [shoes]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop, labels: { team: footwear } }
spec:
  ports: [{ name: http, port: 81, targetPort: 8080 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  access: { allow: [{ from: [{ service: web }, { gateway: public }] }] }
  routes:
    - match: { path: /slow/* }
      to: [{ version: v1 }]
      timeout: 3s
    - to: [{ version: v1, weight: 90 }, { version: v2, weight: 10 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: public, namespace: shop, labels: { team: edge } }
spec:
  listeners:
    - { name: http, port: 80, protocol: HTTP, hosts: [shoes.example.com] }
`;

const expose: Edit = [
  '  routes:\n',
  '  expose: [{ gateway: public, host: shoes.example.com, path: /slow/* }]\n  routes:\n',
];

/** Cells of the table's rows. */
function tableOf(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
}

function tableFor(...edits: readonly Edit[]): string[][] {
  return tableOf(renderReviewMarkdown(reviewOf(intent, ...edits)));
}

t.test('B5: what was and what is', async (t) => {
  t.same(tableFor(['weight: 90 }, { version: v2, weight: 10', 'weight: 80 }, { version: v2, weight: 20']), [
    [
      '🟠 traffic changed',
      'calls from shop/web to shoes.shop:81 are split otherwise',
      'v1 90%, v2 10% of shoes.shop → v1 80%, v2 20% of shoes.shop',
      '`any method /* but /slow/*`',
      'footwear',
    ],
  ]);
  t.same(tableFor(['timeout: 3s', 'timeout: 5s\n      retries: { attempts: 5, on: [connect-failure] }']), [
    [
      '🔵 behavior changed',
      'calls from shop/web to shoes.shop:81 are handled differently: timeout, retries',
      'timeout 3s; retries 2 on connect-failure refused-stream unavailable → timeout 5s; retries 5 on connect-failure',
      '`any method /slow/*`',
      'footwear',
    ],
  ]);
});

t.test('B5: a port by another number is one row', async (t) => {
  const lines = linesOf(reviewOf(intent, ['port: 81', 'port: 8081']));
  t.same(
    lines.filter((line) => !line.startsWith('low')),
    ['medium traffic changed: shop/web must call another port of shoes.shop | port: shoes.shop:81 -> shoes.shop:8081'],
  );
  const review = reviewOf(intent, ['port: 81', 'port: 8081']);
  const [row] = review.rows;
  t.match(row?.witness, { text: 'GET http://shoes:81/' });
  t.match(
    [row?.base, row?.head].map((places) => places?.map(({ text }) => text)),
    [[/^port 81 of shoes.shop is HTTP on port \d+$/], [/^port 8081 of shoes.shop is HTTP on port \d+$/]],
    'the lines where the port stands',
  );
  const whole = reviewOf(intent, ['name: http, port: 81, targetPort: 8080', 'name: http, port: 8081']);
  t.match(
    linesOf(whole).filter((line) => !line.startsWith('low')),
    [/must call another port/],
    'the port behind moves along',
  );
});

t.test('B5: what a preflight is answered, and a redirect, are no refusals', async (t) => {
  const redirect = (more: string) =>
    `${intent}`.replace(
      / {2}routes:[\s\S]*?---/,
      `  routes:\n    - { match: { path: /x }, redirect: { path: /y, status: 301 } }\n    - ${more}\n---`,
    );
  const cors = (rest: string) => redirect(`{ cors: { origins: ["https://a.com"], ${rest} } }`);
  const changes = (from: string, to: string) =>
    linesOf(reviewOf(from, [from, to])).filter((line) => line.startsWith('low'));
  t.match(changes(cors('methods: [GET]'), cors('methods: [GET, DELETE], maxAge: 1h')), [
    /are handled differently: CORS \| CORS: origins https:\/\/a\.com; methods GET -> origins https:\/\/a\.com; methods GET, DELETE; for 1h/,
  ]);
  t.match(changes(redirect('{ timeout: 3s }'), redirect('{ timeout: 3s }').replace('status: 301', 'status: 302')), [
    /are answered otherwise \| answer: redirected \(301\) to \/y -> redirected \(302\) to \/y/,
  ]);
  t.match(changes(redirect('{ timeout: 3s }'), redirect('{ timeout: 3s, fault: { delay: { for: 1s, on: 10% } } }')), [
    /fault: none -> 10% delayed by 1s/,
  ]);
});

t.test('B5: another protocol on a port opens nothing', async (t) => {
  const lines = linesOf(
    reviewOf(
      intent,
      ['name: http, port: 81', 'name: tcp, port: 81'],
      [/ {2}routes:[\s\S]*?---/.exec(intent)?.[0] ?? '', '---'],
    ),
  );
  t.ok(lines.length > 0);
  t.notOk(
    lines.some((line) => line.includes('gained')),
    lines.join('\n'),
  );
});

t.test('B5: the summary, owners and what was compared come first; nothing becomes a link by itself', async (t) => {
  const review = reviewOf(intent, expose);
  const sides = { base: '1a2b3c4d5e6f', head: '0f9e8d7c6b5a' };
  const markdown = renderReviewMarkdown(review, { sides });
  t.match(
    markdown,
    /^### Fairlead review\n\n`1a2b3c4d5e6f\.\.0f9e8d7c6b5a`: \*\*1 change: 1 high\*\*; 1 proxy gets a new configuration\. Owners: edge, footwear\.\n\n\| {2}\| change \| was → is \| requests \| owner \|\n/,
  );
  t.match(markdown, '| 🔴 exposure gained | `http://shoes.example.com:80` is newly open to the outside');
  t.match(markdown, '<summary>🔴 <code>http://shoes.example.com:80</code> is newly open');
  const outsideCode = markdown.replace(/```[\s\S]*?```/g, '').replace(/`[^`]*`|<code>[^<]*<\/code>/g, '');
  t.notMatch(outsideCode, '://');
  t.match(renderReviewText(review, { sides }), /\n\n1a2b3c4d5e6f\.\.0f9e8d7c6b5a: 1 change: 1 high; 1 proxy/);
  t.match(renderReviewText(review), / {2}owners {3}edge, footwear\n/);
  t.match(JSON.parse(renderReviewJson(review, { sides })), {
    ...sides,
    rows: [{ owners: ['edge', 'footwear'], from: 'no route (404)' }],
  });
});

t.test('B5: no owners, no column; no request, and it says so', async (t) => {
  const plain = intent.replaceAll(', labels: { team: footwear }', '').replaceAll(', labels: { team: edge }', '');
  const review = reviewOf(plain, [
    'metadata: { name: public, namespace: shop }\nspec:\n',
    'metadata: { name: public, namespace: shop }\nspec:\n  selector: { app: edge }\n',
  ]);
  t.match(
    renderReviewMarkdown(review),
    /\*\*1 change: 1 high\*\*; no request fares differently; .*\.\n\n\| {2}\| change \| was → is \| requests \|\n/,
  );
  t.match(renderReviewText(review), /1 change: 1 high; no request fares differently;/);
});
