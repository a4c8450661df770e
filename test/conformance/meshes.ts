// The meshes that are compared: the example, the documentation's, and every golden that compiles.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  compile,
  deepFreeze,
  featuresOf,
  type HttpRoute,
  hostOf,
  loadDirectory,
  type Mesh,
  renderText,
  type SourceTree,
} from '../../compiler/index.ts';
import { caseTree, goldenCases } from '../../compiler/test/support/golden.ts';
import { randomMesh } from '../../compiler/test/support/random-mesh.ts';

export interface MeshUnderTest {
  readonly name: string;
  readonly mesh: Mesh;
}

const root = join(import.meta.dirname, '../..');

export function shop(): MeshUnderTest {
  return { name: 'examples/shop', mesh: compiled(loadDirectory(join(root, 'examples/shop'))) };
}

/** The examples of docs/language.md are one repository. */
export function languagePage(): MeshUnderTest {
  const path = 'docs/language.md';
  const blocks = [...readFileSync(join(root, path), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)];
  // Each block keeps its place in the page, so that a disagreement names the line to look at.
  const files = blocks.map(({ 1: text = '', index }, i) => {
    const before = readFileSync(join(root, path), 'utf8').slice(0, index).split('\n').length;
    return { path: `${path}-${i}.yaml`, text: '\n'.repeat(before) + text };
  });
  return { name: path, mesh: compiled({ label: path, files, diagnostics: [] }) };
}

/** Goldens without errors, each with a caller that reaches everything, as most of them declare nobody who calls. */
export function goldenMeshes(): readonly MeshUnderTest[] {
  return goldenCases().flatMap((golden) => {
    const tree = caseTree(golden);
    if (!compile(tree).mesh) return [];
    return [{ name: `golden/${golden.name}`, mesh: withCallers(compiled(joinedByCallers(tree))) }];
  });
}

const caller = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: caller, namespace: shop }
spec:
  ports: [{ name: http, port: 80 }]
`;

/** What a golden leaves open about access shall be open: its own lists still decide. */
const openMesh = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: open }
spec: { access: { default: allow } }
`;

function joinedByCallers(tree: SourceTree): SourceTree {
  const hasMesh = tree.files.some(({ text }) => /^kind: Mesh$/m.test(text));
  const added = [{ path: 'callers.yaml', text: hasMesh ? caller : `${caller}---\n${openMesh}` }];
  return { ...tree, files: [...tree.files, ...added] };
}

/** Workloads that declare no use of anything may use everything; those that do keep what they declared. */
function withCallers(mesh: Mesh): Mesh {
  const egressScopes = mesh.egressScopes.map((scope) =>
    scope.hosts.length > 0
      ? scope
      : {
          ...scope,
          hosts: mesh.services.map((service) => ({
            kind: 'EgressHost' as const,
            origin: scope.origin,
            host: hostOf(service),
            namespace: service.namespace,
            ports: [],
          })),
        },
  );
  return deepFreeze({ ...mesh, egressScopes });
}

function compiled(tree: SourceTree): Mesh {
  const { mesh, diagnostics } = compile(tree);
  if (!mesh)
    throw new Error(`${tree.label} does not compile:\n${renderText(diagnostics, { lookup: () => undefined })}`);
  return mesh;
}

/** Written for this test. */
export function corners(name: 'corners' | 'corners-shared' = 'corners'): MeshUnderTest {
  const path = `test/conformance/${name}.yaml`;
  const text = readFileSync(join(root, path), 'utf8');
  return { name, mesh: compiled({ label: path, files: [{ path, text }], diagnostics: [] }) };
}

/** What intent refuses and a VirtualService may say: redirects with CORS and with a fault. */
export function cornersInModel(): MeshUnderTest {
  const { mesh } = corners();
  const [cors] = mesh.routeTables.flatMap(({ http }) => http).flatMap((route) => featuresOf(route, 'CorsPolicy'));
  const routeTables = mesh.routeTables.map((table) => ({
    ...table,
    http: table.http.map((route, i): HttpRoute => {
      if (route.action.kind === 'ForwardAction') return route;
      const { origin } = route;
      const fault = { kind: 'Fault', origin, abort: { status: 429, percentage: 50 } } as const;
      return { ...route, features: [...route.features, ...(cors ? [cors] : []), ...(i % 2 === 1 ? [fault] : [])] };
    }),
  }));
  return { name: 'corners in the model', mesh: deepFreeze({ ...mesh, routeTables }) };
}

/** Meshes that nobody would write, the same for the same seed. */
export function randomMeshes(count: number, seed: number): readonly MeshUnderTest[] {
  return fc.sample(randomMesh, { numRuns: count, seed }).map((random, i) => ({
    name: `random mesh ${i} of seed ${seed}`,
    mesh: deepFreeze(asItRuns(random)),
  }));
}

/** Discovery tells ports of an instance apart by their names; a workload without a proxy runs nowhere here. */
export function asItRuns(mesh: Mesh): Mesh {
  const services = mesh.services.map((service) => ({
    ...service,
    ports: service.ports.map((port) => ({ ...port, name: `p${port.number}` })),
  }));
  const workloads = mesh.workloads.map((w) => (w.proxy === 'none' ? { ...w, proxy: 'sidecar' as const } : w));
  return { ...mesh, services, workloads };
}
