// B5: a row cites the lines that make the difference, not those beside them.
import t from 'tap';
import { type Edit, lineOf, reviewOf } from './support/review-intent.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: shop }
spec:
  ports: [{ port: 80 }]
  uses: [shoes]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports:
    - port: 80
    - name: http-b
      port: 81
      mtls: strict
  versions:
    v1: { version: v1 }
    v2: { version: v2 }
  routes:
    - match: { path: /a/* }
      timeout: 3s
      headers: { request: { set: { x-v: "1" } } }
      retries: { attempts: 2 }
      rewrite:
        path: /b/
      to:
        - version: v1
      mirror:
        - { to: { version: v2 } }
    - name: rest
  access:
    allow: [{}]
    deny:
      - paths: [/b/*]
`;

/** The lines that rows of a kind cite, by the text of one in the base and in the head. */
const cases: Readonly<Record<string, readonly [edits: readonly Edit[], kind: string, base: readonly string[]]>> = {
  'mTLS of one port': [[['mtls: strict', 'mtls: permissive']], 'mtls', ['mtls: strict']],
  'labels of a version that is only copied to': [
    [['v2: { version: v2 }', 'v2: { version: v3 }']],
    'traffic',
    ['v2: { version: v2 }'],
  ],
  'a rewrite': [[['path: /b/', 'path: /b/c/']], 'behavior', ['path: /b/']],
  'what a route does, where it leads elsewhere too': [
    [
      ['- version: v1', '- version: v2'],
      ['timeout: 3s', 'timeout: 4s'],
      ['x-v: "1"', 'x-v: "2"'],
      ['attempts: 2', 'attempts: 3'],
    ],
    'behavior',
    ['- match: { path: /a/* }', 'x-v: "1"', 'attempts: 2'],
  ],
};

const open: Edit = ['- paths: [/b/*]', '- paths: [/none/*]'];

for (const [name, [edits, kind, texts]] of Object.entries(cases)) {
  t.test(`B5: ${name}`, async (t) => {
    const opened = intent.replace(...open);
    const rows = reviewOf(opened, ...edits).rows.filter((row) => row.kind === kind);
    t.ok(rows.length > 0);
    const wanted = texts.map((text) => lineOf(opened, text)).sort();
    for (const { base, title } of rows) {
      const cited = new Set(base.map(({ origin }) => origin.start.line));
      t.same([...cited].sort(), wanted, title);
    }
  });
}

t.test('B5: a redirect before a refusal is one row, and is cited', async (t) => {
  const refusing = intent.replace('allow: [{}]', 'allow: []');
  const route: Edit = [
    '    - name: rest',
    '    - match: { path: /old }\n      redirect: { path: /new }\n    - name: rest',
  ];
  const rows = reviewOf(refusing, route).rows.filter(({ callers }) => callers.includes('shop/web'));
  t.equal(rows.length, 1, rows.map(({ title }) => title).join());
  t.match(rows[0], { from: /^denied/, to: /^redirected/ });
  const line = lineOf(refusing, '    - name: rest');
  t.ok(rows[0]?.head.every(({ origin }) => [line, line + 1].includes(origin.start.line)));
  t.ok((rows[0]?.head.length ?? 0) > 0);
});

t.test('B5: a rewrite by which requests get past a rule', async (t) => {
  const [row] = reviewOf(intent, ['path: /b/', 'path: /open/']).rows;
  t.match(row, { kind: 'access', effect: 'gained' });
  const line = lineOf(intent, 'path: /b/');
  for (const places of [row?.base, row?.head])
    t.ok(places?.some(({ text, origin }) => text.startsWith('rewritten to path /') && origin.start.line === line));
});

const found = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: shop }
spec:
  ports: [{ port: 80 }]
  workload:
    selector: { app: web }
    serviceAccount: web
  uses: [{ workload: old }, { external: pay }, { external: any }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshWorkload
metadata: { name: old, namespace: shop }
spec:
  address: 10.0.0.1
  ports: [{ port: 80 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: pay, namespace: shop }
spec:
  hosts:
    - pay.example.com
  resolve: static
  addresses: [192.0.2.1]
  ports: [{ port: 80 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: any, namespace: shop }
spec:
  hosts: [any.example.com]
  resolve: dns
  ports: [{ port: 80 }]
`;

const ownLines: readonly Edit[] = [
  ['selector: { app: web }', 'selector: { app: web2 }'],
  ['serviceAccount: web', 'serviceAccount: web2'],
  ['address: 10.0.0.1', 'address: 10.0.0.2'],
  ['addresses: [192.0.2.1]', 'addresses: [192.0.2.2]'],
  ['resolve: dns', 'resolve: none'],
];

for (const edit of ownLines) {
  t.test(`B5: ${edit.join(' -> ')}, at its own line`, async (t) => {
    const rows = reviewOf(found, edit).rows.filter(({ base }) => base.length > 0);
    t.ok(rows.length > 0);
    for (const { base, title } of rows) {
      const cited = new Set(base.map(({ origin }) => origin.start.line));
      t.same([...cited], [lineOf(found, edit[0])], title);
    }
  });
}
