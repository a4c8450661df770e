// Generated intent for benches: N services that each route to two versions, are called by five others, and say who may call.
import type { SourceFile, SourceTree } from '../../compiler/index.ts';

/** How many others each service uses; what a hand-written Sidecar scope of an ordinary service holds. */
export const usesPerService = 5;

const mesh = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: bench }
spec:
  access: { default: deny }
`;

/** A tree of `count` services, one file each, in namespaces of fifty. Service i uses the five after it, around the end. */
export function generateTree(count: number): SourceTree {
  const services = Array.from({ length: count }, (_, i) => serviceFile(i, count));
  const files = [{ path: 'mesh.yaml', text: mesh }, ...services].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { label: `${count} services`, files, diagnostics: [] };
}

/** The same tree with the canary weights of one service moved. */
export function changeOneRoute(tree: SourceTree, index: number, count: number, weight: number): SourceTree {
  const changed = serviceFile(index, count, weight);
  return { ...tree, files: tree.files.map((file) => (file.path === changed.path ? changed : file)) };
}

export function nameOf(index: number): { namespace: string; name: string } {
  return { namespace: `ns-${Math.floor(index / 50)}`, name: `svc-${index}` };
}

function serviceFile(index: number, count: number, weight = 90): SourceFile {
  const { namespace, name } = nameOf(index);
  const reference = (other: number) => {
    const { namespace, name } = nameOf(((other % count) + count) % count);
    return `${namespace}/${name}`;
  };
  const neighbours = Array.from({ length: Math.min(usesPerService, count - 1) }, (_, k) => k + 1);
  const text = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: ${name}, namespace: ${namespace}, labels: { team: bench } }
spec:
  ports:
    - { name: http, port: 80, targetPort: 8080 }
    - { name: http-admin, port: 9000 }
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  routes:
    - name: beta
      match: { path: /beta/*, headers: { x-beta: "true" } }
      to: [{ version: v2 }]
    - name: canary
      to: [{ version: v1, weight: ${weight} }, { version: v2, weight: ${100 - weight} }]
      timeout: 3s
  access:
    allow:
      - { from: [${neighbours.map((k) => `{ service: ${reference(index - k)} }`).join(', ')}], methods: [GET, POST], paths: [/api/*, /beta/*] }
  uses: [${neighbours.map((k) => reference(index + k)).join(', ')}]
`;
  return { path: `${namespace}/${name}.yaml`, text };
}
