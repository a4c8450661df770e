// What callers notice of calls that end before or without the server's answer, which lines say so, and what such rows are called.
import t from 'tap';
import { type Edit, linesOf, reviewOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';
const intent = `${header}kind: Mesh
metadata: { name: test }
spec: { mtls: strict, access: { default: allow } }
---
${header}kind: MeshService
metadata: { name: web, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes, { workload: old }] }
---
${header}kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ port: 80 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  access: { allow: [] }
  routes:
    - ROUTE
    - name: rest
---
${header}kind: MeshService
metadata: { name: left, namespace: shop }
spec: { ports: [{ port: 80 }], access: { allow: [] } }
---
${header}kind: MeshService
metadata: { name: right, namespace: shop }
spec: { ports: [{ port: 80 }] }
---
${header}kind: MeshWorkload
metadata: { name: old, namespace: shop }
spec: { address: 10.0.0.7, ports: [{ name: http-old, port: 80 }] }
`;
const open: Edit = ['  access: { allow: [] }\n', ''];
const halves = 'to: [{ service: left, weight: 50 }, { service: right, weight: 50 }]';

/** Of web, with the first route of shoes. */
function toldOf(from: string, edits: readonly Edit[], isOpen = true): readonly string[] {
  const text = intent.replace('ROUTE', from);
  const lines = linesOf(reviewOf(isOpen ? text.replace(...open) : text, ...edits));
  return lines.filter((line) => line.includes('shop/web'));
}

const path = 'match: { path: /a }';
const cases: Record<string, { from: string; edits: readonly Edit[]; isOpen?: false; says: readonly RegExp[] }> = {
  'an abort that comes later': {
    from: `{ ${path}, fault: { abort: { status: 500 } } }`,
    edits: [['abort: { status: 500 }', 'abort: { status: 500 }, delay: { for: 3s }']],
    says: [/^low behavior changed: .* are handled differently: fault \| fault: none -> 100% delayed by 3s$/],
  },
  'a refusal that comes later': {
    from: `{ ${path}, timeout: 3s }`,
    edits: [['timeout: 3s', 'fault: { delay: { for: 3s } }']],
    isOpen: false,
    says: [/^low behavior changed: .* are handled differently: fault \| fault: none -> 100% delayed by 3s$/],
  },
  'a refusal that is now and then an abort': {
    from: `{ ${path} }`,
    edits: [[path, `${path}, fault: { abort: { status: 503, on: 50% } }`]],
    isOpen: false,
    says: [/^low behavior changed: .* are handled differently: fault \| fault: none -> 50% aborted with 503$/],
  },
  'another timeout of a refusal': {
    from: `{ ${path}, timeout: 3s }`,
    edits: [['timeout: 3s', 'timeout: 4s']],
    isOpen: false,
    says: [],
  },
  'another header of a redirect': {
    from: `{ ${path}, redirect: { path: /x } }`,
    edits: [['path: /x } }', 'path: /x }, headers: { response: { set: { x-a: b } } } }']],
    says: [/^low behavior changed: .* are handled differently: response headers \| .*: none -> set x-a: b$/],
  },
  'one of two that a split reaches': {
    from: `{ ${path}, ${halves} }`,
    edits: [['{ allow: [] }', '{ allow: [{}] }']],
    says: [
      /^high access gained: shop\/web.* may newly call shoes\.shop:80 at shop\/left \| shop\/left: denies -> lets in$/,
      /^medium access gained: .*shop\/web.* may newly call left\.shop:80, once declared in uses/,
    ],
  },
};

for (const [name, { from, edits, isOpen, says }] of Object.entries(cases)) {
  t.test(name, async (t) => {
    const lines = toldOf(from, edits, isOpen);
    t.equal(lines.length, says.length, lines.join('\n'));
    t.match(lines, says);
  });
}

t.test('who has no proxy fares alike whatever the port is called', async (t) => {
  const lines = linesOf(reviewOf(intent.replace('ROUTE', `{ ${path} }`), ['http-old', 'tcp-old']));
  t.match(lines.join('\n'), /calls from shop\/web to old\.shop:80 are sent on in another protocol/);
  t.notMatch(lines.join('\n'), /without a proxy|shop\/old/);
});

const toVersion = (version: string) => `{ ${path}, to: [{ version: ${version} }] }`;
const places: Record<string, { from: string; to: string; base: RegExp; head: RegExp }> = {
  'another version': {
    from: toVersion('v1'),
    to: toVersion('v2'),
    base: /^- \{ match.* to version v1 of/,
    head: /^- \{ match.* to version v2 of/,
  },
  'a new route': {
    from: toVersion('v1'),
    to: `{ match: { path: /a, headers: { x: y } }, to: [{ version: v2 }] }\n    - ${toVersion('v1')}`,
    base: /^- \{ match: \{ path: \/a \}.* to version v1 of/,
    head: /^- \{ match: \{ path: \/a, headers.* to version v2 of/,
  },
  'a route less': {
    from: toVersion('v1'),
    to: '{ match: { path: /none } }',
    base: /^- \{ match.* to version v1 of/,
    head: /route shop\/shoes\/rest$/,
  },
};

for (const [name, { from, to, base, head }] of Object.entries(places)) {
  t.test(`the lines of ${name} are those of the routes`, async (t) => {
    const [before, after] = [from, to].map((route) => intent.replace('ROUTE', route).replace(...open));
    const { rows } = reviewOf(before as string, [from, to]);
    const row = rows.find(({ kind }) => kind === 'traffic');
    const cited = (text = '', list: (typeof rows)[number]['base'] = []) =>
      list.map(({ origin, text: said }) => `${text.split('\n')[origin.start.line - 1]?.trim()} | ${said}`);
    t.match(cited(before, row?.base)[0], base);
    const shown = cited(after, row?.head);
    t.ok(
      shown.some((line) => head.test(line)),
      shown.join('\n'),
    );
    t.notMatch(shown.join('\n'), /^versions/m);
  });
}
