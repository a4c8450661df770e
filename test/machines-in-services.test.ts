// Machines that a service has as instances: each connection as its own end takes it, mutual TLS to a proxy, plain text to a machine.
import t from 'tap';
import { deepFreeze, type Mesh } from '../compiler/index.ts';
import { compiledIntent } from '../compiler/test/support/review-intent.ts';
import { whyNoEnvoy } from '../runtime/test/support/envoy.ts';
import { compareMesh, renderComparison } from './conformance/compare-mesh.ts';
import { type ProxyKind, runMesh } from './conformance/running-mesh.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';
const mesh = (protocol: string): Mesh =>
  compiledIntent(`${header}kind: MeshService
metadata: { name: web, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes] }
---
${header}kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ name: ${protocol}, port: 80, targetPort: 18443 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  routes:
    - match: { path: /two }
      to: [{ version: v2 }]
    - to: [{ version: v1 }]
  access: { deny: [{ paths: [/secret/*] }] }
---
${header}kind: MeshWorkload
metadata: { name: old, namespace: shop }
spec: { address: 127.77.0.7, ports: [{ name: http, port: 9080 }], labels: { app: shoes, version: v1 } }
`);

const path = (path: string) => ({
  call: {
    from: 'shop/web',
    request: { method: 'GET', scheme: 'http', host: 'shoes', port: 80, path, headers: {} } as const,
  },
  why: 'machine',
});

async function observed(kind: ProxyKind, protocol: string) {
  const running = await runMesh(deepFreeze(mesh(protocol)), kind);
  try {
    const paths = ['/two', ...Array.from({ length: 12 }, (_, i) => `/a${i}`), '/secret/a', '/secret/b'];
    const rows = await compareMesh([running], running.mesh, paths.map(path));
    return {
      refusals: running.refusals.map(({ message }) => message),
      differences: rows.filter((row) => row.differences.length > 0).map(renderComparison),
      workloads: new Set(rows.flatMap(({ answers }) => answers.flatMap(([, { seen }]) => seen?.workload ?? []))),
    };
  } finally {
    await running.close();
  }
}

const without = { embedded: () => false, envoy: whyNoEnvoy } as const;

t.test('a machine answers beside the pods', async (t) => {
  // One after the other: the machine has one address.
  for (const [kind, protocol] of [
    ['embedded', 'http'],
    ['envoy', 'http'],
    ['envoy', 'http2'],
  ] as const) {
    await t.test(`${kind}, ${protocol}`, { skip: without[kind]() }, async (t) => {
      const { refusals, differences, workloads } = await observed(kind, protocol);
      t.strictSame(refusals, []);
      t.strictSame(differences, []);
      t.strictSame([...workloads].sort(), ['shop/old', 'shop/shoes']);
    });
  }
});
