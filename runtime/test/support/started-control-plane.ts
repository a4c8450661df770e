// A control plane on a free port, and clients of it, all closed with the test.
import type { Test } from 'tap';
import type { ProxySnapshot } from '../../../compiler/backends/envoy/proxy-snapshot.ts';
import type { WorkloadInstance } from '../../../compiler/index.ts';
import { createMeshAuthorities } from '../../ca/authorities.ts';
import { ControlPlane } from '../../control-plane/control-plane.ts';
import { AdsClient, type AdsClientOptions } from './ads-client.ts';
import { identityOf, trustDomain } from './snapshots.ts';

const authorities = await createMeshAuthorities({ trustDomain });
/** That of the workloads. */
export const authority = authorities.workloads;

export async function start(test: Test) {
  const plane = new ControlPlane({ authorities });
  const { port } = await plane.listen({ host: '127.0.0.1', port: 0 });
  const clients: AdsClient[] = [];
  test.teardown(async () => {
    for (const client of clients) client.close();
    await plane.close();
  });
  const tokenFor = (name: string, lifetimeMs = 60_000) =>
    plane.tokens.issue({ identity: identityOf(name), workload: `shop/${name}`, lifetimeMs }).reveal();
  const connect = (name: string, options: Partial<AdsClientOptions> = {}): AdsClient => {
    const client = new AdsClient({
      port,
      rootCertificates: authorities.controlPlane.trustBundle(),
      node: { id: `${name}-0`, cluster: `shop/${name}` },
      variant: 'delta',
      token: tokenFor(name),
      ...options,
    });
    clients.push(client);
    return client;
  };
  const publish = (commit: string, ...snapshots: ProxySnapshot[]) =>
    plane.publish({ commit, snapshotFor: ({ workload }) => snapshots.find((s) => s.workload === workload) });
  const wait = (commit: string) => {
    const nodes = clients.filter((client) => !client.isClosed).map((client) => client.node);
    return plane.ledger.waitFor(commit, { timeoutMs: 30_000, nodes });
  };
  return { plane, connect, publish, tokenFor, wait };
}

export const instance = (app: string, address: string): WorkloadInstance => ({
  name: `${app}-${address}`,
  namespace: 'shop',
  labels: { app },
  serviceAccount: app,
  address,
  ports: {},
  healthy: true,
});
