// One mesh in the namespaces: applications and Envoys, under istiod or under our own control plane, in redirect placement.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, planEnvoy, type SocketAddress, snapshotFor } from '../../compiler/index.ts';
import { type CertificateAuthority, ControlPlane, envoyBootstrap, type MeshAuthorities } from '../../runtime/index.ts';
import type { Observation, PlannedRequest } from '../conformance/ask.ts';
import type { Exchanged } from '../redirect/exchange.ts';
import { type Child, startChild, until } from './children.ts';
import { adminPort, istioBootstrap } from './istiod.ts';
import type { Kube } from './kube.ts';
import { addresses, type NamespaceName, type Network } from './network.ts';
import { dialOf, type Plan, type Pod, virtualAddresses } from './plan.ts';
import { type KeyPair, Occupant } from './pods.ts';
import { serveSecrets } from './sds.ts';

export type Control = 'istiod' | 'fairlead';

export interface Surroundings {
  readonly network: Network;
  readonly kube: Kube;
  readonly envoy: string;
  readonly folder: string;
  /** Of the mesh. */
  readonly authorities: MeshAuthorities;
  /** Of what is outside, and of the Secrets of gateways: proxies know it as the machine's own. */
  readonly outsideAuthority: CertificateAuthority;
}

const dayMs = 86_400_000;
const askersAtOnce = 4;

export class RunningPlan {
  readonly #around: Surroundings;
  readonly #plan: Plan;
  readonly #occupants = new Map<NamespaceName, Occupant>();
  readonly #proxies = new Map<Pod, Child>();
  readonly #closing: (() => unknown)[] = [];

  private constructor(around: Surroundings, plan: Plan) {
    this.#around = around;
    this.#plan = plan;
  }

  /** Resolves when every proxy has all that it asked for and nothing changes any more. */
  static async start(around: Surroundings, plan: Plan, control: Control): Promise<RunningPlan> {
    const running = new RunningPlan(around, plan);
    try {
      await running.#occupy();
      await (control === 'istiod' ? running.#underIstiod() : running.#underFairlead());
      await running.#settle();
      return running;
    } catch (error) {
      await running.close();
      throw error;
    }
  }

  /** By the number of the request; without those that nobody could send. */
  async ask(requests: readonly PlannedRequest[]): Promise<ReadonlyMap<number, Observation>> {
    const found = new Map<number, Observation>();
    const queue = requests.entries();
    const ca = this.#around.outsideAuthority.trustBundle();
    const asker = async () => {
      for (const [i, planned] of queue) {
        const dial = dialOf(this.#plan, planned.call);
        const occupant = dial && this.#occupants.get(dial.namespace);
        if (!occupant) continue;
        const { address, port, sni } = dial;
        found.set(
          i,
          await occupant.tell('ask', { planned, at: { address, port }, ca, ...(sni !== undefined && { sni }) }),
        );
      }
    };
    await Promise.all(Array.from({ length: askersAtOnce }, asker));
    return found;
  }

  exchange(namespace: NamespaceName, at: SocketAddress, text: string): Promise<Exchanged> {
    return this.#tell(namespace, 'exchange', { at, text }) as Promise<Exchanged>;
  }

  /** What proxies refused of what they were sent. */
  refusals(): readonly string[] {
    return [...this.#proxies].flatMap(([pod, proxy]) =>
      proxy
        .output()
        .split('\n')
        .filter(
          (line) => /\]\[(warning|error|critical)\]/.test(line) && /gRPC config for|rejected|Error adding/.test(line),
        )
        .map((line) => `${pod.key}: ${line.slice(0, 300)}`),
    );
  }

  async close(): Promise<void> {
    for (const end of this.#closing.splice(0).reverse()) await end();
  }

  async #occupy(): Promise<void> {
    const { network, folder, outsideAuthority } = this.#around;
    const plan = this.#plan;
    for (const pod of plan.pods)
      network.redirect(pod.namespace, pod.workload.proxy === 'sidecar', virtualAddresses(plan, pod));
    network.redirect('plain', false, virtualAddresses(plan));
    const all: readonly NamespaceName[] = ['world', 'plain', ...plan.pods.map(({ namespace }) => namespace)];
    await Promise.all(
      all.map(async (namespace) => {
        const occupant = await Occupant.start(network, namespace, folder);
        this.#closing.push(() => occupant.stop());
        this.#occupants.set(namespace, occupant);
      }),
    );
    const hosts = new Set(plan.standIns.flatMap(({ tlsHost }) => tlsHost ?? []));
    const issued = [...hosts].map(
      async (host) => [host, await keyPair(outsideAuthority, { dnsNames: [host] })] as const,
    );
    const certificates = Object.fromEntries(await Promise.all(issued));
    await this.#tell('world', 'serve', { applications: plan.standIns, certificates });
    await this.#tell('world', 'resolve', { address: addresses.dns, names: plan.names, otherwise: addresses.elsewhere });
    for (const { namespace, applications } of plan.pods)
      await this.#tell(namespace, 'serve', { applications, certificates: {} });
  }

  #tell(...[namespace, kind, order]: [NamespaceName, ...Parameters<Occupant['tell']>]): Promise<unknown> {
    return this.#occupants.get(namespace)?.tell(kind, order) ?? Promise.reject(new Error(`nobody is in ${namespace}`));
  }

  async #underIstiod(): Promise<void> {
    const { kube, folder, authorities, outsideAuthority } = this.#around;
    const authority = authorities.workloads;
    const [roots, machineRoots] = [authority.trustBundle(), outsideAuthority.trustBundle()];
    for (const pod of this.#plan.pods) {
      const secrets = join(folder, `${pod.namespace}.sds`);
      const own = await keyPair(authority, { spiffeId: pod.identity });
      const server = await serveSecrets(secrets, { own, roots, machineRoots });
      this.#closing.push(() => server.close());
      const { namespace } = pod.workload;
      const token = await kube.serviceAccountToken(namespace, pod.account);
      if (pod.workload.proxy === 'gateway') await kube.letReadSecrets(namespace, pod.account);
      this.#startProxy(pod, istioBootstrap(this.#plan, pod, { secrets, token }));
    }
  }

  async #underFairlead(): Promise<void> {
    const { authorities, outsideAuthority } = this.#around;
    const byKey = new Map(this.#plan.pods.map((pod) => [pod.key, pod]));
    const control = new ControlPlane({
      authorities,
      // As in the Secrets that istiod's gateways read.
      gatewayCertificates: (_secret, hosts) =>
        outsideAuthority.issue({ dnsNames: hosts, lifetimeMs: dayMs, usages: ['server'] }),
      targetOf: ({ id, workload }) => {
        const pod = byKey.get(id);
        return { workload: pod ? keyOf(pod.workload) : workload, placement: { mode: 'redirect' } };
      },
    });
    this.#closing.push(() => control.close());
    const { port } = await control.listen({ host: addresses.hub, port: 0 });
    control.setInstances([
      ...this.#plan.machines,
      ...this.#plan.pods.map(({ name, workload, labels, account, address }) => ({
        name,
        namespace: workload.namespace,
        labels,
        serviceAccount: account,
        address,
        ports: {},
        healthy: true,
      })),
    ]);
    const plan = planEnvoy(this.#plan.mesh);
    control.publish({ commit: 'head', snapshotFor: (target) => snapshotFor(plan, target) });
    for (const pod of this.#plan.pods) {
      const {
        deferredStatOptions: _deferred,
        statsConfig: _stats,
        ...bootstrap
      } = envoyBootstrap({
        nodeId: pod.key,
        workload: keyOf(pod.workload),
        controlPlane: { address: addresses.hub, port },
        rootCertificatesPem: authorities.controlPlane.trustBundle(),
        token: control.tokens.issue({ identity: pod.identity, workload: keyOf(pod.workload), lifetimeMs: dayMs }),
        admin: { address: '127.0.0.1', port: adminPort },
      });
      this.#startProxy(pod, bootstrap);
    }
  }

  /** As in a pod: user 1337, whose traffic is not redirected, and who finds the authority of what is outside among the machine's. */
  #startProxy(pod: Pod, bootstrap: object): void {
    const { network, folder, envoy, outsideAuthority } = this.#around;
    const config = join(folder, `${pod.namespace}.bootstrap.json`);
    const roots = join(folder, 'machine-roots.pem');
    writeFileSync(roots, outsideAuthority.trustBundle());
    writeFileSync(config, JSON.stringify(bootstrap));
    const user = [
      'setpriv',
      '--reuid',
      '1337',
      '--regid',
      '1337',
      '--clear-groups',
      '--inh-caps',
      '+dac_read_search',
      '--ambient-caps',
      '+dac_read_search',
    ];
    const flags = [
      '-c',
      config,
      '--disable-hot-restart',
      '--concurrency',
      '1',
      '-l',
      'warning',
      '--local-address-ip-version',
      'v4',
    ];
    const mount = `mount --bind ${roots} /etc/ssl/certs/ca-certificates.crt && exec "$@"`;
    const command = network.within(pod.namespace, 'sh', '-c', mount, 'sh', ...user, envoy, ...flags);
    const child = startChild(command, join(folder, `${pod.namespace}.envoy.log`));
    this.#proxies.set(pod, child);
    this.#closing.push(() => child.stop());
  }

  async #settle(): Promise<void> {
    let before = '';
    let calm = 0;
    await until(
      async () => {
        const states = await Promise.all(this.#plan.pods.map((pod) => this.#stateOf(pod)));
        const isSame = !states.includes(undefined) && JSON.stringify(states) === before;
        before = JSON.stringify(states);
        calm = isSame ? calm + 1 : 0;
        await new Promise((resolve) => setTimeout(resolve, 300));
        return calm >= 4 ? true : undefined;
      },
      'proxies that have everything',
      { limitMs: 120_000 },
    );
  }

  /** Undefined while something is missing. */
  async #stateOf({ namespace }: Pod): Promise<unknown> {
    const filter = '^(cluster_manager|listener_manager|http.*rds|cluster.*update|server.state)';
    const path = `/stats?format=json&filter=${encodeURIComponent(filter)}`;
    const text = (await this.#tell(namespace, 'get', { port: adminPort, path })) as string;
    const { stats } = JSON.parse(text) as {
      readonly stats: readonly { readonly name?: string; readonly value?: number }[];
    };
    const value = (name: string) => stats.find((one) => one.name === name)?.value ?? 0;
    const isBusy = value('listener_manager.total_listeners_warming') + value('cluster_manager.warming_clusters') > 0;
    const isGiven = value('cluster_manager.cds.update_success') > 0 && value('listener_manager.lds.update_success') > 0;
    if (isBusy || !isGiven || value('server.state') !== 0) return undefined;
    return stats.filter(({ name }) => name?.endsWith('update_success') || name?.endsWith('listeners_active'));
  }
}

export async function keyPair(
  authority: CertificateAuthority,
  names: { readonly spiffeId?: string; readonly dnsNames?: readonly string[] },
): Promise<KeyPair> {
  const issued = await authority.issue({
    ...names,
    lifetimeMs: dayMs,
    usages: names.dnsNames ? ['server'] : ['server', 'client'],
  });
  return { key: issued.privateKey.reveal(), cert: issued.certificateChain };
}
