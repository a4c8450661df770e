// The programs of a local mesh as instances come and go: applications, stand-ins and proxies. Knows processes, not deployments.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostAliases, makeFolder, type SocketAddress } from '../../compiler/index.ts';
import type { AllocatedInstance, AllocatedStandIn, Allocation } from './allocate.ts';
import type { EchoServer } from './echo-host.ts';
import { type Processes, siblingProgram } from './processes.ts';

export type ProxyKind = 'embedded' | 'envoy';

export interface FleetOptions {
  readonly processes: Processes;
  readonly proxy: ProxyKind;
  readonly stateDir: string;
  /** Where commands of local.yaml run. */
  readonly folder: string;
  /** What the proxy of an instance starts from, the same for both kinds. */
  readonly bootstrapOf: (instance: AllocatedInstance) => object;
}

/** Two cores share the embedded proxies of a mesh; and one worker can be killed without all proxies going. */
const workers = ['proxies-1', 'proxies-2'];
const echoId = 'echo-servers';

export class Fleet {
  readonly #options: FleetOptions;
  readonly #instances = new Map<string, AllocatedInstance>();
  readonly #standIns = new Map<string, AllocatedStandIn>();
  readonly #workerOf = new Map<string, string>();

  constructor(options: FleetOptions) {
    this.#options = options;
    makeFolder(join(options.stateDir, 'bootstrap'), 0o700);
  }

  instances(): readonly AllocatedInstance[] {
    return [...this.#instances.values()];
  }

  /** True if there is no program to run as a proxy. */
  get isProxyMissing(): boolean {
    return this.#isMissing((id) => workers.includes(id) || id.startsWith('proxy-'));
  }

  /** True if the program of the instance's application does not exist. */
  isAppMissing(instance: AllocatedInstance): boolean {
    return this.#isMissing((id) => id === appId(instance));
  }

  /** Starts what does not run yet, and restarts applications that must listen elsewhere. Returns the instances that are new. */
  async add(allocation: Allocation): Promise<readonly AllocatedInstance[]> {
    for (const standIn of allocation.standIns) this.#addStandIn(standIn);
    const added: AllocatedInstance[] = [];
    for (const instance of allocation.instances) {
      const running = this.#instances.get(instance.key);
      this.#instances.set(instance.key, instance);
      if (!running) added.push(instance);
      else if (running.workload.serviceAccount !== instance.workload.serviceAccount)
        await this.#changeIdentity(instance);
      if (running && JSON.stringify(running.listen) === JSON.stringify(instance.listen)) continue;
      if (running) await this.#options.processes.stop(appId(instance));
      this.#startApp(instance);
    }
    for (const instance of added) this.#startProxy(instance);
    this.#writeLists();
    return added;
  }

  /** Stops all that the allocation does not hold: proxies first, so that no caller meets a proxy without its application. */
  async keepOnly(allocation: Allocation | undefined): Promise<void> {
    const keys = new Set([...(allocation?.instances ?? []), ...(allocation?.standIns ?? [])].map(({ key }) => key));
    const instances = [...this.#instances.values()].filter(({ key }) => !keys.has(key));
    const standIns = [...this.#standIns.values()].filter(({ key }) => !keys.has(key));
    if (instances.length + standIns.length === 0) return;
    for (const { key } of instances) {
      this.#instances.delete(key);
      this.#workerOf.delete(key);
    }
    for (const { key } of standIns) this.#standIns.delete(key);
    const { processes } = this.#options;
    await Promise.all(instances.map((instance) => processes.stop(proxyId(instance))));
    this.#writeLists();
    await Promise.all([...instances.map(appId), ...standIns.map(standInId)].map((id) => processes.stop(id)));
  }

  /** The process in which an instance's proxy runs. */
  proxyProcessOf(key: string): string | undefined {
    const instance = this.#instances.get(key);
    return instance && (this.#workerOf.get(key) ?? proxyId(instance));
  }

  #isMissing(is: (id: string) => boolean): boolean {
    return this.#options.processes.status().some(({ id, state }) => state === 'missing' && is(id));
  }

  #addStandIn(standIn: AllocatedStandIn): void {
    if (this.#standIns.has(standIn.key)) return;
    this.#standIns.set(standIn.key, standIn);
    const { app, name, namespace, listen } = standIn;
    if (app.command.length === 0) return;
    const identity = { SERVICE: name, VERSION: 'external', INSTANCE: name, NAMESPACE: namespace };
    const env = { ...identity, ...listenEnvironment([listen]), ...app.env };
    this.#options.processes.start({ id: standInId(standIn), command: app.command, cwd: this.#options.folder, env });
  }

  #startApp(instance: AllocatedInstance): void {
    const { app } = instance;
    if (!app || app.command.length === 0) return;
    const env = { ...appEnvironment(instance), ...app.env };
    this.#options.processes.start({ id: appId(instance), command: app.command, cwd: this.#options.folder, env });
  }

  /** A proxy proves its identity with the token it was started with. */
  async #changeIdentity(instance: AllocatedInstance): Promise<void> {
    await this.#options.processes.stop(proxyId(instance));
    this.#startProxy(instance);
  }

  #startProxy(instance: AllocatedInstance): void {
    const file = this.#bootstrapFile(instance);
    // The file holds the proxy's token.
    writeFileSync(file, JSON.stringify(this.#options.bootstrapOf(instance)), { mode: 0o600 });
    chmodSync(file, 0o600);
    if (this.#options.proxy === 'embedded') {
      if (!this.#workerOf.has(instance.key)) this.#workerOf.set(instance.key, this.#emptiestWorker());
      return;
    }
    // One thread each, and none of the shared memory by which an Envoy would hand over to its successor.
    const command = ['envoy', '-c', file, '--concurrency', '1', '--disable-hot-restart', '-l', 'warning'];
    this.#options.processes.start({ id: proxyId(instance), command, cwd: this.#options.stateDir, env: {} });
  }

  #emptiestWorker(): string {
    const load = (worker: string) => [...this.#workerOf.values()].filter((w) => w === worker).length;
    return workers.toSorted((a, b) => load(a) - load(b))[0] ?? '';
  }

  /** The hosts read their lists when they start, and again on SIGHUP. */
  #writeLists(): void {
    for (const worker of this.#options.proxy === 'embedded' ? workers : []) {
      const own = [...this.#instances.values()].filter(({ key }) => this.#workerOf.get(key) === worker);
      const files = own.map((instance) => this.#bootstrapFile(instance));
      this.#updateHost(worker, 'proxy-host', files);
    }
    this.#updateHost(echoId, 'echo-host', [...this.#echoServers()]);
  }

  #updateHost(id: string, program: string, list: readonly unknown[]): void {
    const { processes, stateDir } = this.#options;
    const file = join(stateDir, `${id}.json`);
    const running = processes.status().find((status) => status.id === id);
    if (!running && list.length === 0) return;
    writeFileSync(file, JSON.stringify(list), { mode: 0o600 });
    if (running) processes.signal(id, 'SIGHUP');
    else
      processes.start({
        id,
        command: ['node', siblingProgram(program, import.meta.url), file],
        cwd: stateDir,
        env: {},
      });
  }

  #echoServers(): readonly EchoServer[] {
    const apps = [...this.#instances.values()].flatMap((instance) => {
      if (instance.app?.command.length !== 0) return [];
      const { name, version, workload, listen } = instance;
      return listen.map(({ isHttp, address, port }) => {
        const protocol = isHttp ? ('http' as const) : ('tcp' as const);
        return {
          service: workload.name,
          version: version || 'v1',
          instance: name,
          protocol,
          listen: { address, port },
        };
      });
    });
    const outside = [...this.#standIns.values()].flatMap(({ app, name, isHttp, listen }) => {
      if (app.command.length !== 0) return [];
      const protocol = isHttp ? ('http' as const) : ('tcp' as const);
      return [{ service: name, version: 'external', instance: name, protocol, listen }];
    });
    return [...apps, ...outside];
  }

  /** Named for the identity too, so that a worker takes a new identity for a new proxy. */
  #bootstrapFile({ key, workload }: AllocatedInstance): string {
    const name = `${key.replaceAll('/', '_')}-${workload.serviceAccount}.json`;
    return join(this.#options.stateDir, 'bootstrap', name);
  }
}

/** What an application learns from its environment; HTTP_PROXY is what curl and most HTTP libraries understand. */
export function appEnvironment({
  name,
  version,
  labels,
  workload,
  listen,
  placement,
}: AllocatedInstance): Record<string, string> {
  const proxy = placement.outboundHttp && `http://${format(placement.outboundHttp)}`;
  const tcp = Object.entries(placement.outboundTcp).flatMap(([target, socket]) =>
    shortNames(target, workload.namespace).map((short) => [short, format(socket)] as const),
  );
  return {
    SERVICE: workload.name,
    VERSION: version || (labels.version ?? 'v1'),
    INSTANCE: name,
    NAMESPACE: workload.namespace,
    ...listenEnvironment(listen),
    ...(proxy !== undefined && { HTTP_PROXY: proxy, http_proxy: proxy, NO_PROXY: '', no_proxy: '' }),
    MESH_TCP: JSON.stringify(Object.fromEntries(tcp)),
  };
}

function listenEnvironment(listen: readonly SocketAddress[]): Record<string, string> {
  const first = listen[0];
  return { LISTEN: listen.map(format).join(','), ...(first && { HOST: first.address, PORT: String(first.port) }) };
}

/** `postgres.shop.svc.cluster.local:5432`, and as a caller in the same namespace would write it, `postgres:5432`. */
function shortNames(target: string, namespace: string): readonly string[] {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(target) ?? [];
  return hostAliases(host, namespace).map((alias) => `${alias}:${port}`);
}

function format({ address, port }: SocketAddress): string {
  return `${address}:${port}`;
}

function appId({ key }: AllocatedInstance): string {
  return `app-${key.replace('/', '-')}`;
}

function proxyId({ key }: AllocatedInstance): string {
  return `proxy-${key.replace('/', '-')}`;
}

function standInId({ key }: AllocatedStandIn): string {
  return `external-${key.replace(':', '-')}`;
}
