// What a hint says to write is accepted where it says so: likely slips in the values of intent.
import t from 'tap';
import { compile } from '../pipeline.ts';

const others = ['hats', 'boots']
  .map(
    (name) =>
      `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop }\nspec: { ports: [{ port: 80 }] }\n`,
  )
  .join('---\n');
const gateway =
  'apiVersion: fairlead.dev/v1alpha1\nkind: MeshGateway\nmetadata: { name: public, namespace: shop }\nspec: { listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [a.example.com] }] }\n';

function errorsOf(spec: string) {
  const text = `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: shoes, namespace: shop }\nspec: { ${spec} }\n---\n${others}---\n${gateway}`;
  return compile({ label: 't', files: [{ path: 'a.yaml', text }], diagnostics: [] }).diagnostics.filter(
    ({ severity }) => severity === 'error',
  );
}

const ports = 'ports: [{ port: 80 }]';
const inRoute = (rest: string) => `${ports}, routes: [{ ${rest} }]`;
const inMatch = (rest: string) => inRoute(`match: { ${rest} }`);
const inRule = (rest: string) => `${ports}, access: { allow: [{ ${rest} }] }`;

/** Where SLIP stands for what is written there, and what is to be written in its place. */
const slips: readonly (readonly [spec: string, slip: string, ...offers: string[]])[] = [
  ['ports: SLIP', '80', '[{ port: 80 }]'],
  ['ports: [SLIP]', '80', '{ port: 80 }'],
  ...['match', 'rule'].flatMap((place): (readonly [string, string, ...string[]])[] => {
    const spec = place === 'match' ? inMatch('path: SLIP') : inRule('paths: [SLIP]');
    return [
      [spec, '/^a', '{ prefix: /a }', '/%5Ea'],
      [spec, '"api/*"', '/api/*'],
      [spec, 'api', '/api'],
      [spec, '"*.png"', '{ suffix: .png }'],
      [spec, '"/*.png"', '{ suffix: .png }'],
      [spec, '"/a.*"', '{ prefix: /a }'],
      [spec, '"*"', '/*'],
    ];
  }),
  [inMatch('path: SLIP'), '/users/:id', '{ regex: "/users/[^/]+" }'],
  [inMatch('path: SLIP'), '/users/:id/x', '{ regex: "/users/[^/]+/x" }'],
  [inMatch('path: SLIP'), '"/users/{id}"', '{ regex: "/users/[^/]+" }'],
  [inRule('paths: [SLIP]'), '/users/:id', '/users/*'],
  [inRule('paths: [SLIP]'), '"/a/{*}/b"', '/a/*'],
  [inRule('paths: [SLIP]'), '"/a/{**}"', '/a/*'],
  [inRule('paths: [SLIP]'), '"/a/b-{*}"', '/a/*'],
  [inMatch('path: SLIP'), '"/a/{*}/b"', '{ regex: "/a/[^/]+/b" }'],
  [inMatch('path: SLIP'), '"/a/{**}/b"', '{ regex: "/a/.*/b" }'],
  [inMatch('path: SLIP'), '/(a|b)', '{ regex: "/(a|b)" }', '/(a%7Cb)'],
  [inMatch('methods: SLIP'), 'GET', '[GET]'],
  [inRule('from: SLIP'), 'hats', '[{ service: hats }]'],
  [inRule('from: [SLIP]'), 'hats', '{ service: hats }'],
  [inRoute('to: SLIP'), 'hats', '[{ service: hats }]'],
  [inRoute('redirect: SLIP'), '/b', '{ path: /b }'],
  [inRoute('rewrite: SLIP'), '/b', '{ path: /b }'],
  [inRoute('retries: SLIP'), '3', '{ attempts: 3 }'],
  [inRoute('timeout: SLIP'), '3 s', '3s'],
  [inRoute('fault: { abort: SLIP }'), '503', '{ status: 503 }'],
  [inRoute('fault: { delay: SLIP }'), '3s', '{ for: 3s }'],
  [`${ports}, uses: SLIP`, 'hats', '[hats]'],
  [`${ports}, expose: [{ gateway: public, host: SLIP }]`, '"https://a.example.com/x"', 'a.example.com'],
];

t.test('C4: likely slips have a hint that says what to write, and that is accepted', async (t) => {
  for (const [spec, slip, ...offers] of slips) {
    const at = spec.replace('SLIP', slip);
    const [found, ...more] = errorsOf(at);
    t.same(more, [], `${at}: one finding`);
    for (const offer of offers) {
      t.ok(found?.hint?.includes(offer), `${at}: ${found?.hint} offers ${offer}`);
      t.same(errorsOf(spec.replace('SLIP', offer)), [], `${offer} is accepted`);
    }
  }
});

t.test('C4: what is to be left out', async (t) => {
  for (const methods of ['["*"]', '[ALL]', '[ANY]']) {
    t.match(errorsOf(inMatch(`methods: ${methods}`))[0]?.hint, /no `methods`: leave it out/);
    t.match(errorsOf(inRule(`methods: ${methods}`))[0]?.hint, /no `methods`: leave it out/);
  }
  t.same(errorsOf(inMatch('path: /v1/books:list')), [], 'a colon within a segment is a letter like any other');
});
