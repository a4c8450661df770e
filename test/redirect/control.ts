// The real control plane of a mesh in namespaces, and the sidecars that it configures over the network.
import type { Test } from 'tap';
import { compile, type Mesh, planEnvoy, snapshotFor, type WorkloadInstance } from '../../compiler/index.ts';
import { ControlPlane, createMeshAuthorities, envoyBootstrap } from '../../runtime/index.ts';
import type { Namespace } from './namespaces.ts';
import { startSidecar } from './pods.ts';

export interface RunningControl {
  readonly mesh: Mesh;
  setInstances(instances: readonly WorkloadInstance[]): void;
  /** Once all proxies have answered. */
  settled(): Promise<{ readonly outcome: string }>;
  /** Its log. */
  startSidecar(name: string, namespace: Namespace): () => string;
}

/** An instance of `shop/name`. */
export function instanceOf(name: string, { address }: Pick<Namespace, 'address'>): WorkloadInstance {
  return {
    name: `${name}-0`,
    namespace: 'shop',
    labels: { app: name },
    serviceAccount: name,
    address,
    ports: {},
    healthy: true,
  };
}

/** `nodes`: instances with a sidecar. */
export async function startControlPlane(test: Test, text: string, nodes: readonly string[]): Promise<RunningControl> {
  const files = [{ path: 'mesh.yaml', text }];
  const { mesh, diagnostics } = compile({ label: 'redirect', files, diagnostics: [] });
  if (!mesh) throw new Error(JSON.stringify(diagnostics));
  const { trustDomain } = mesh.settings;
  const authorities = await createMeshAuthorities({ trustDomain });
  const control = new ControlPlane({ authorities });
  test.teardown(() => control.close());
  const { port } = await control.listen({ host: '0.0.0.0', port: 0 });
  const plan = planEnvoy(mesh);
  control.publish({ commit: 'head', snapshotFor: (target) => snapshotFor(plan, target) });
  return {
    mesh,
    setInstances: (instances) => control.setInstances(instances),
    settled: () => control.ledger.waitFor('head', { timeoutMs: 20_000, nodes }),
    startSidecar(name, namespace) {
      const identity = `spiffe://${trustDomain}/ns/shop/sa/${name}`;
      const bootstrap = envoyBootstrap({
        nodeId: `${name}-0`,
        workload: `shop/${name}`,
        controlPlane: { address: namespace.nodeAddress, port },
        rootCertificatesPem: authorities.controlPlane.trustBundle(),
        token: control.tokens.issue({ identity, workload: `shop/${name}`, lifetimeMs: 600_000 }),
      });
      return startSidecar(test, namespace, bootstrap).log;
    },
  };
}
