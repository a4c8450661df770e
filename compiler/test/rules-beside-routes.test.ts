// FL0461 says that a rule about a path never acts: held against the verdict on all requests, over drawn routes and rules.
import fc from 'fast-check';
import t from 'tap';
import { decisionFor, isReached, RequestSpace } from '../analysis/index.ts';
import { indexMesh } from '../model/index.ts';
import { compile } from '../pipeline.ts';
import { isWide } from '../analysis/symbolic/choice.ts';
import { check } from './support/check.ts';

const paths = [
  '/a',
  '/a/*',
  '/a/b',
  '/a/b/*',
  '/v',
  '/v/*',
  '{ prefix: /a }',
  '{ prefix: /a/. }',
  '{ suffix: b }',
  '/*',
];
const actions = [
  '',
  'rewrite: { path: /v }',
  'rewrite: { path: /v/ }',
  'rewrite: { path: / }',
  'rewrite: { path: /v/. }',
  'redirect: { path: /new }',
  'to: [{ service: other }]',
];

const route = fc
  .tuple(
    fc.constantFrom(...paths, '{ regex: "/[ab]/.*" }'),
    fc.constantFrom('', 'methods: [GET], '),
    fc.constantFrom(...actions),
  )
  .filter(([, , action]) => action !== '')
  .map(([path, method, action]) => `{ match: { ${method}path: ${path} }, ${action} }`);

const drawn = fc.record({
  routes: fc.array(route, { minLength: 1, maxLength: 4 }),
  others: fc.array(route, { maxLength: 2 }),
  rule: fc.tuple(fc.constantFrom(...paths), fc.constantFrom('', ', methods: [GET]', ', methods: [PUT]')),
});

const service = (name: string, spec: string) => `---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: ${name}, namespace: shop }
spec:
  ports: [{ port: 80 }]
${spec}
`;

t.test('a rule is told of exactly where no request gets to it', async () => {
  let told = 0;
  check(
    fc.property(drawn, ({ routes, others, rule: [path, method] }) => {
      const elsewhere = others.map((one) =>
        one.replace('other', 'shoes').replace(/rewrite/, 'to: [{ service: shoes }], rewrite'),
      );
      const text = [
        service(
          'shoes',
          `  uses: [other]\n  routes: [${routes.join(', ')}]\n  access: { deny: [{ paths: [${path}]${method} }] }`,
        ),
        service('other', elsewhere.length === 0 ? '' : `  uses: [shoes]\n  routes: [${elsewhere.join(', ')}]`),
        service('hats', '  uses: [shoes, other]'),
      ].join('');
      const { mesh, diagnostics } = compile({ label: 'drawn', files: [{ path: 'a.yaml', text }], diagnostics: [] });
      if (!mesh || diagnostics.some(({ severity }) => severity === 'error')) return true;
      const isTold = diagnostics.some(({ code }) => code === 'FL0461');
      if (isTold) told += 1;
      return isTold !== ['shoes', 'other'].some((name) => isDenied(mesh, `${name}.shop.svc.cluster.local`));
    }),
  );
  t.ok(told > 0, 'some are told of');
});

/** Whether the rule, the only one there is, refuses some request for a host. */
function isDenied(mesh: Parameters<typeof indexMesh>[0], host: string): boolean {
  const request = { scheme: 'http', host, port: 80 } as const;
  const decision = decisionFor(indexMesh(mesh), { from: 'shop/hats', request });
  const space = new RequestSpace([decision]);
  const node = space.compile(decision);
  const refuses = (number: number) => {
    const end = space.end(number);
    return !isWide(end) && end.shares.some((share) => !isReached(share) && share.host.startsWith('shoes.'));
  };
  return space.cubes(node, refuses).next().done !== true;
}

t.test('B8: however many rewrites and rules there are, each rule that never acts is told of', async (t) => {
  const numbers = Array.from({ length: 60 }, (_, i) => i);
  const routes = numbers.map((i) => `    - { match: { path: /p${i}/* }, rewrite: { path: /r${i}/ } }`);
  const rules = numbers.map((i) => `      - { paths: [/r${i}/ok/*, /p${i}/never/*] }`);
  const text = service('shoes', `  routes:\n${routes.join('\n')}\n  access:\n    deny:\n${rules.join('\n')}`);
  const { diagnostics } = compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] });
  const told = diagnostics.filter(({ code }) => code === 'FL0461').map(({ message }) => message);
  t.equal(told.length, numbers.length);
  t.ok(told.every((message) => message.includes('never') && !message.includes('ok')));
});
