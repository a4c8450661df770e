// TLS of the application's own towards sidecars: on ports of bytes it reaches the application, beside mutual TLS of the mesh.
import t from 'tap';
import { compile, decide, indexMesh, keyOf, type MtlsMode, parseRequest } from '../compiler/index.ts';
import { skipWithoutEnvoy } from '../compiler/test/support/envoy.ts';
import { type ProxyKind, runMesh } from './conformance/running-mesh.ts';
import { clientHello, exchange } from './redirect/exchange.ts';

const modes = { strict: 'STRICT', permissive: 'PERMISSIVE', off: 'DISABLE' } as const satisfies Record<
  string,
  MtlsMode
>;
const names = Object.keys(modes);
const service = (name: string, spec: string) => `---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: ${name}, namespace: shop }
spec: ${spec}
`;
const ports =
  '[{ name: http, port: 80 }, { name: tcp, port: 90 }, { name: tls, port: 91 }, { name: tls-too, port: 92, targetPort: 90 }]';
const rule = 'access: { allow: [{ from: [{ service: page }] }, { ports: [91] }] }';
const text = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: test }
spec: { egress: { default: declared } }
${service('page', `{ ports: [{ port: 80 }], uses: [${names.map((name) => `m-${name}`).join()}] }`)}
${names.map((name) => service(`m-${name}`, `{ mtls: "${name}", ports: ${ports} }`)).join('')}
${service('m-ruled', `{ mtls: permissive, ports: ${ports}, ${rule} }`)}
`;

/** Port and target port. */
const dialled = [
  [80, 80],
  [90, 90],
  [91, 91],
  [92, 90],
] as const;

t.setTimeout(120_000);

t.test('A9: TLS to ports of bytes', async (t) => {
  for (const kind of ['envoy', 'embedded'] as const satisfies readonly ProxyKind[]) {
    await t.test(kind, { skip: kind === 'envoy' && skipWithoutEnvoy }, async (t) => {
      const { mesh, diagnostics } = compile({ label: 'test', files: [{ path: 'mesh.yaml', text }], diagnostics: [] });
      if (!mesh) throw new Error(JSON.stringify(diagnostics));
      const running = await runMesh(mesh, kind);
      t.teardown(() => running.close());
      t.strictSame(running.refusals, []);
      const index = indexMesh(mesh);
      const placed = (name: string) =>
        running.allocation.instances.find(({ workload }) => keyOf(workload) === `shop/${name}`)?.placement;
      const hello = await clientHello('m-strict');
      const compared = async (name: string, [port, targetPort]: readonly [number, number]) => {
        const outbound = placed('page')?.outboundTcp[`${name}.shop.svc.cluster.local:${port}`];
        for (const [from, at] of [
          ['unmeshed', placed(name)?.inbound[targetPort]?.bind],
          ['shop/page', outbound],
        ] as const) {
          if (!at) continue;
          for (const [scheme, bytes] of [
            ['https', hello],
            ['tcp', 'boots\r\n\r\n'],
          ] as const) {
            const { request } = parseRequest(`${scheme}://${name}.shop:${port}`);
            if (!request) throw new Error('no request');
            const { outcome, steps } = decide(index, { from, request }, { placement: 'explicit' });
            const got = await exchange(at.address, at.port, bytes);
            const what = `${from} ${scheme}://${name}:${port}: ${steps.map((step) => step.text).join(', ')}`;
            t.equal(got.text.startsWith(`shop/${name}`), outcome === 'allowed', what);
          }
        }
      };
      const all = [...names.map((mode) => `m-${mode}`), 'm-ruled'];
      await Promise.all(all.flatMap((name) => dialled.map((one) => compared(name, one))));
    });
  }
});
