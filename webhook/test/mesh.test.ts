// Fairlead's own kinds against the mesh they become part of: what breaks, what opens, and what is nobody's fault.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { createCompiler, type SourceTree } from '../../compiler/index.ts';
import { renderFinding } from '../admission/compact.ts';
import { makeMeshChecker } from '../validate/mesh-checker.ts';
import { meshFrom } from '../validate/mesh-source.ts';

const service = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'fairlead.dev/v1alpha1',
  kind: 'MeshService',
  metadata: { name, namespace: 'shop', ...metadata },
  spec: { ports: [{ name: 'http', port: 80 }], ...spec },
});
const access = (...allow: object[]) => ({ access: { allow } });

/** JSON is YAML, so a document a line: `---` between them, one file in all. */
function treeOf(...objects: object[]): SourceTree {
  return {
    label: 'test',
    diagnostics: [],
    files: [{ path: 'mesh.yaml', text: objects.map((o) => JSON.stringify(o)).join('\n---\n') }],
  };
}

const mesh = { apiVersion: 'fairlead.dev/v1alpha1', kind: 'Mesh', metadata: { name: 'shop' }, spec: {} };
const shoes = service('shoes', access({ from: [{ service: 'cart' }], methods: ['POST'] }));
const cart = service('cart', { uses: ['shoes'] });

function judge(tree: SourceTree | undefined, object: { kind: string; metadata: object }, isDelete = false): string[] {
  const compiler = createCompiler();
  const { name, namespace = '' } = object.metadata as { name: string; namespace?: string };
  const candidate = { kind: object.kind, namespace, name };
  const findings = makeMeshChecker((x) => compiler.compile(x), tree).consequences(
    isDelete ? candidate : { ...candidate, object: { ...object } },
  );
  return findings.map(renderFinding);
}

t.test('an object that is there already changes nothing, wherever it stands', async (t) => {
  for (const tree of [treeOf(mesh, shoes, cart), treeOf(shoes, cart, mesh), treeOf(cart, mesh, shoes)]) {
    for (const object of [mesh, shoes, cart])
      t.strictSame(judge(tree, object), [], `${object.kind} ${object.metadata.name}`);
  }
});

t.test('what the API server adds is not intent', async (t) => {
  const stored = service('shoes', shoes.spec, {
    uid: '1',
    resourceVersion: '2',
    generation: 3,
    creationTimestamp: '2026-11-02T08:15:30Z',
    managedFields: [{ manager: 'kubectl' }],
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
  });
  t.strictSame(judge(treeOf(mesh, shoes, cart), { ...stored, status: { conditions: [] } } as typeof stored), []);
});

t.test('what opens, and what closes, is told with a request', async (t) => {
  const tree = treeOf(mesh, shoes, cart);
  const wider = service('shoes', access({ from: [{ service: 'cart' }], methods: ['POST', 'DELETE'] }));
  t.match(judge(tree, wider), [/^FL0711: .*cart may newly call .*shoes.*, such as DELETE http:\/\/shoes/]);
  const narrower = service('shoes', access({ from: [{ service: 'cart' }], methods: ['POST'], paths: ['/stock/*'] }));
  const closed = judge(tree, narrower);
  t.equal(closed.length, 1);
  t.match(closed[0], /^FL0711: .*shoes/);
});

t.test('what cannot be analysed is refused, unless it was so before', async (t) => {
  const to = { version: 'v1' };
  const wide = Array.from({ length: 24 }, (_, i) => ({
    match: { path: { regex: `/(${String.fromCharCode(98 + i)}?x?){${480 - i}}` } },
    ...(i % 2 ? { to: [to] } : { redirect: { path: '/else' } }),
  }));
  const routed = (routes: object[]) => service('shoes', { ...shoes.spec, versions: { v1: { version: 'v1' } }, routes });
  const [simple, tooWide] = [routed([{ to: [to] }]), routed([...wide, { to: [to] }])];
  t.match(judge(treeOf(mesh, simple, cart), tooWide), [/^FL0712: not analysed: path of shoes\.shop:80/]);
  t.match(judge(treeOf(mesh, tooWide, cart), simple), [/^FL0711: not analysed: path.*from now on it can be analysed/]);
});

t.test('taking away what others need is an error where they need it', async (t) => {
  t.match(judge(treeOf(mesh, shoes, cart), shoes, true), [/^FL0\d{3} mesh\.yaml:5:\d+: .*"shop\/shoes"/]);
  t.strictSame(
    judge(treeOf(mesh, shoes, service('lonely')), service('lonely'), true).filter((line) => !line.startsWith('FL0711')),
    [],
  );
  t.strictSame(judge(treeOf(mesh, shoes, cart), service('never-there'), true), []);
});

t.test('mistakes of others block nobody, but one more of them does', async (t) => {
  const broken = service('broken', { uses: ['gone'] });
  const tree = treeOf(mesh, shoes, cart, broken);
  t.strictSame(judge(tree, shoes), []);
  t.strictSame(judge(tree, broken), [], 'not even the one that has the mistake');
  t.match(judge(tree, service('another', { uses: ['gone'] })), [/^FL0\d{3} spec\.uses\[0\]: .*"shop\/gone"/]);
});

t.test('a mistake is found at its path', async (t) => {
  const tree = treeOf(mesh, shoes, cart);
  const at = (spec: object) => judge(tree, service('shoes', spec))[0]?.split(' ')[1]?.replace(/:$/, '');
  t.equal(at({ colour: 'red' }), 'spec.colour');
  t.equal(at({ ports: [{ name: 'http', port: 99999 }] }), 'spec.ports[0].port');
  t.equal(
    at({ routes: [{ match: { path: { regex: '(?=a)' } }, to: [{ service: 'shoes' }] }] }),
    'spec.routes[0].match.path.regex',
  );
  t.equal(
    at(access({ from: [{ service: 'cart' }] }, { from: [{ service: 'crat' }] })),
    'spec.access.allow[1].from[0].service',
  );
});

t.test('without a mesh an object is judged by itself', async (t) => {
  t.strictSame(judge(undefined, cart), [], 'whom it refers to cannot be known');
  t.match(judge(undefined, service('cart', { prots: [] })), [/^FL02\d\d spec\.prots: .*did you mean "ports"/]);
});

t.test('a folder that cannot be read is a refusal, not an accident', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-mesh-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'a.yaml'), 'a: [');
  const now = () => 0;
  const candidate = { kind: 'MeshService', namespace: 'shop', name: 'cart', object: service('cart') };
  t.strictSame(meshFrom(folder, now)().consequences(candidate), [], 'a file that is broken already blocks nobody');
  t.strictSame(meshFrom(() => undefined, now)().consequences(candidate), [], 'nothing deployed yet');
  t.ok(Array.isArray(meshFrom(join(folder, 'absent'), now)().consequences(candidate)));
});
