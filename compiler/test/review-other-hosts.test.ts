// B1 for names that nobody knows: what something on their port makes of all of them at once, and of the names of a wildcard.
import t from 'tap';
import { decide, describeVerdict, indexMesh } from '../index.ts';
import * as b from './support/mesh-builder.ts';
import { compiledIntent, type Edit, edited, linesOf, reviewOf } from './support/review-intent.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: a, namespace: n }
spec:
  ports: [{ port: 80 }]
  uses: [{ external: ex }]
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: ex, namespace: n }
spec:
  hosts: [bank.example]
  resolve: dns
  ports: [{ name: tcp-z, port: 7000 }]
`;
const isNone: Edit = ['resolve: dns', 'resolve: none'];
const isDns: Edit = ['resolve: none', 'resolve: dns'];

function ofOthers(text: string, ...edits: readonly Edit[]): readonly string[] {
  return linesOf(reviewOf(text, ...edits)).filter((line) => line.includes('any other host'));
}

t.test('what takes a port sends all other hosts elsewhere', async (t) => {
  const to = 'calls from n/a to any other host:7000';
  t.strictSame(
    ofOthers(intent, isNone),
    [`high traffic changed: ${to} reach any address | destination: bank.example -> unknown.example`],
    'evil.example:7000 no longer arrives at bank.example',
  );
  t.strictSame(ofOthers(edited(intent, [isNone]), isDns), [
    `medium traffic changed: ${to} go elsewhere | destination: unknown.example -> bank.example`,
  ]);
  t.strictSame(ofOthers(intent, ['port: 7000', 'port: 7000, targetPort: 7001']), [
    `medium traffic changed: ${to} reach another port | port: port 7000 -> port 7001`,
  ]);
  t.strictSame(ofOthers(intent, ['resolve: dns', 'resolve: dns\n  addresses: [other.example]']), [
    `medium traffic changed: ${to} reach other instances | instances: bank.example -> other.example`,
  ]);
  t.strictSame(ofOthers(edited(intent, [isNone]), ['[bank.example]', '[bank.example, more.example]']), []);
});

t.test('what is passed on is read where something used speaks HTTP', async (t) => {
  const open = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: mesh }
spec: { egress: { default: any }, mtls: strict }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: b, namespace: n }
spec: { ports: [{ port: 9000 }] }
---
${edited(intent, [
  ['ports: [{ port: 80 }]\n  uses: [{ external: ex }]', 'ports: [{ port: 80 }]\n  uses: []'],
  ['resolve: dns\n  ports: [{ name: tcp-z, port: 7000 }]', 'ports: [{ port: 9000 }]'],
])}`;
  const [use, unused]: readonly [Edit, Edit] = [
    ['uses: []', 'uses: [{ external: ex }]'],
    ['uses: [{ external: ex }]', 'uses: []'],
  ];
  const foo = { from: 'n/a', request: b.request('FOO http://db.example:9000/x') };
  const said = (text: string) => decide(indexMesh(compiledIntent(text)), foo).status;
  t.strictSame([open, edited(open, [use])].map(said), [200, 400]);
  t.strictSame(ofOthers(open, use), [
    'medium settings changed: workload n/a: any other host:9000; what is no request is refused, TLS too | any other host:9000: passed on byte by byte -> read as HTTP',
  ]);
  t.strictSame(ofOthers(edited(open, [use]), unused), [
    'medium settings changed: workload n/a: any other host:9000 | any other host:9000: read as HTTP -> passed on byte by byte',
  ]);
  t.match(
    linesOf(reviewOf(open, use)).filter((line) => line.includes('b.n:9000')),
    [/still refused, in another way \| closed: no mutual TLS -> closed: no mutual TLS \(503\)/],
    'hosts of the mesh that are not used are read there, too',
  );
  const declared = edited(open, [['default: any', 'default: declared']]);
  t.strictSame(ofOthers(declared, use), [], 'where nothing is passed on');
  const tcp: Edit = ['ports: [{ port: 9000 }]\n', 'ports: [{ port: 9000, name: tcp }]\n'];
  t.strictSame(ofOthers(edited(open, [tcp]), use), [
    'medium traffic changed: calls from n/a to any other host:9000 go elsewhere | destination: unknown.example -> bank.example',
  ]);
});

t.test('A4: TLS and bytes on a port that is read as HTTP', async (t) => {
  const mesh = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: mesh }
spec: { egress: { default: any }, mtls: "off" }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: store, namespace: n }
spec: { ports: [{ name: tcp, port: 7000 }] }
---
${edited(intent, [
  ['uses: [{ external: ex }]', 'uses: []'],
  ['ports: [{ name: tcp-z, port: 7000 }]', 'ports: [{ name: http, port: 7000 }]'],
])}---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: vault, namespace: n }
spec: { hosts: [vault.example], ports: [{ name: https, port: 7000 }] }
`;
  const [use, useTls]: readonly [Edit, Edit] = [
    ['uses: []', 'uses: [{ external: ex }]'],
    ['uses: [{ external: ex }]', 'uses: [{ external: ex }, { external: vault }]'],
  ];
  const said = (text: string) =>
    ['tcp://db.example:7000', 'https://db.example:7000/', 'tcp://store:7000'].map((asked) => {
      const { outcome, steps } = decide(indexMesh(compiledIntent(text)), { from: 'n/a', request: b.request(asked) });
      return [outcome, outcome === 'unavailable' ? steps.at(-1)?.text : ''].join(' ');
    });
  const because = (scheme: string) =>
    `unavailable n/a uses bank.example, so that its proxy reads port 7000 as HTTP and refuses ${scheme} to any host`;
  t.strictSame(said(mesh), ['allowed ', 'allowed ', 'allowed ']);
  t.strictSame(said(edited(mesh, [use])), [because('tcp'), because('https'), because('tcp')]);
  t.strictSame(said(edited(mesh, [use, useTls])), [because('tcp'), 'allowed ', because('tcp')]);
  const rows = (text: string, edit: Edit) => linesOf(reviewOf(text, edit)).filter((line) => line.includes('7000'));
  const others = 'medium settings changed: workload n/a: any other host:7000';
  const [read, apart] = ['read as HTTP', 'read as HTTP, but TLS passed on byte by byte'];
  t.match(rows(mesh, use), [
    /^medium access lost: n\/a may no longer call store\.n:7000 /,
    /^medium egress lost: n\/a may no longer call vault\.example:7000 by TLS, outside the mesh /,
    /^medium traffic changed: calls from n\/a to bank\.example:7000 reach other instances /,
    `${others}; what is no request is refused, TLS too | any other host:7000: passed on byte by byte -> ${read}`,
  ]);
  t.match(rows(edited(mesh, [use]), useTls), [
    /^high egress gained: n\/a may newly call vault\.example:7000 by TLS, outside the mesh /,
    `${others} | any other host:7000: ${read} -> ${apart}`,
  ]);
  t.match(rows(edited(mesh, [use, useTls]), [useTls[1], useTls[0]]), [
    /^medium egress lost: n\/a may no longer call vault\.example:7000 by TLS, outside the mesh /,
    `${others}; TLS is refused | any other host:7000: ${apart} -> ${read}`,
  ]);
});

t.test('what keeps the address that is dialled goes to that one', async (t) => {
  const none = edited(intent, [isNone]);
  const said = (text: string, request: string) =>
    describeVerdict(decide(indexMesh(compiledIntent(text)), { from: 'n/a', request: b.request(request) }));
  t.equal(said(intent, 'tcp://evil.example:7000'), 'allowed, to bank.example');
  t.equal(said(none, 'tcp://evil.example:7000'), 'allowed, to evil.example');
  t.equal(said(none, 'tcp://bank.example:7000'), 'allowed, to bank.example');
  const wildcard = edited(none, [
    ['hosts: [bank.example]', 'hosts: [ex.com, "*.ex.org"]'],
    ['[{ name: tcp-z', '[{ port: 80 }, { name: tcp-z'],
  ]);
  t.equal(said(wildcard, 'GET http://Shop.ex.org/'), 'allowed (200), to shop.ex.org');
  t.equal(said(wildcard, 'GET http://ex.com/'), 'allowed (200), to ex.com');
});

t.test('a wildcard that leaves others what it took is not lost as a whole', async (t) => {
  const [whole, part] = ['[ex.com, "*.ex.org"]', '[ex.com, "*.b.ex.org"]'] as const;
  const wildcard = edited(intent, [isNone, ['[bank.example]', whole], ['name: tcp-z, port: 7000', 'port: 80']]);
  const lost = 'n/a may no longer call *.ex.org:80 but *.b.ex.org, outside the mesh';
  t.strictSame(linesOf(reviewOf(wildcard, [whole, part])), [
    `medium egress lost: ${lost} | any.ex.org -> not in uses (502)`,
  ]);
  t.strictSame(linesOf(reviewOf(edited(wildcard, [[whole, part]]), [part, whole])), [
    `high egress gained: ${lost.replace('no longer', 'newly')} | not in uses (502) -> any.ex.org`,
  ]);
  const unused: Edit = ['uses: [{ external: ex }]', 'uses: []'];
  const both = edited(wildcard, [[whole, '["*.ex.org", "*.b.ex.org"]']]);
  t.strictSame(linesOf(reviewOf(both, unused)), [
    'medium egress lost: n/a may no longer call *.b.ex.org:80, *.ex.org:80, outside the mesh | any.ex.org -> not in uses',
  ]);
});
