// A whole mesh on one machine: control plane, authority, proxies, applications, and a deployer that brings commits to them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Diagnostic, makeDiagnostic, makeFolder, type Mesh, type SocketAddress } from '../../compiler/index.ts';
import type { Clock } from '../clock.ts';
import type { CommitReport } from '../control-plane/ledger.ts';
import type { DeployRecord, HistoryStore } from '../deploy/deploy-record.ts';
import type { CompiledCommit, Deployable } from '../deploy/deploy-target.ts';
import { Deployer } from '../deploy/deployer.ts';
import { ProxySnapshots } from '../deploy/proxy-snapshots.ts';
import { xdsTarget } from '../deploy/xds-target.ts';
import { KnownInstances } from '../discovery/known-instances.ts';
import { type AllocatedInstance, type Allocation, emptyAddressBook } from './allocate.ts';
import { type ClaimedRange, claimRange } from './claim-range.ts';
import { Fleet, type ProxyKind } from './fleet.ts';
import { LocalControl } from './local-control.ts';
import type { LocalFile } from './local-file.ts';
import { movedTrust, noProxy, notConnected, notListening } from './mesh-findings.ts';
import { type MeshAddresses, addressesOf, callMesh, type LocalStatus, statusOf } from './mesh-status.ts';
import { Processes } from './processes.ts';
import { type Realized, realize, Targets } from './realize.ts';
import type { MeshAnswer, MeshRequest } from './send-request.ts';
import { waitListening } from './wait-listening.ts';

/** A commit as far as the compiler goes; the runner adds the machine. */
export type CompiledIntent = Pick<CompiledCommit<unknown>, 'diagnostics' | 'mesh'>;

export interface LocalMeshOptions {
  readonly proxy: ProxyKind;
  /** What to start; see `parseLocalFile` and `emptyLocalFile`. */
  readonly local: LocalFile;
  /** For bootstrap files (with tokens), logs, and the mesh's root certificate. Made if absent. */
  readonly stateDir: string;
  /** Reads and compiles a commit that `deployer.submit` was given. */
  readonly compile: (commit: string) => CompiledIntent | Promise<CompiledIntent>;
  /** Further rules on a compiled mesh; errors refuse the commit. */
  readonly check?: (mesh: Mesh, commit: string) => readonly Diagnostic[] | Promise<readonly Diagnostic[]>;
  /** Everything a person should see that belongs to no commit: crashes, refused streams, proxies that hang. */
  readonly report: (diagnostic: Diagnostic) => void;
  readonly onRecord?: (record: DeployRecord) => void;
  readonly acknowledgeTimeoutMs?: number;
  /** How long applications may take to listen and proxies to connect, before that is reported; 15,000 unless given. */
  readonly startTimeoutMs?: number;
  /** Between the last request that an instance may get and its end; 1,000 unless given. */
  readonly drainMs?: number;
  readonly store?: HistoryStore;
  readonly clock?: Clock;
  /** Where the search for a free range 127.N.0.0/16 starts. */
  readonly firstBase?: number;
}

export type LocalMeshResult =
  | { readonly ok: true; readonly mesh: LocalMesh }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Claims a range of addresses; processes start with the first good commit. Never rejects. */
export async function startLocalMesh(options: LocalMeshOptions): Promise<LocalMeshResult> {
  const claim = await claimRange(options.firstBase);
  if (!claim.ok) return { ok: false, diagnostics: [claim.diagnostic] };
  makeFolder(options.stateDir, 0o700);
  return { ok: true, mesh: new LocalMesh(options, claim.range) };
}

interface Machine {
  readonly control: LocalControl;
  readonly fleet: Fleet;
}

export class LocalMesh {
  readonly deployer: Deployer<ProxySnapshots>;
  readonly processes: Processes;
  readonly #options: LocalMeshOptions;
  readonly #range: ClaimedRange;
  readonly #targets = new Targets();
  readonly #discovery = new KnownInstances();
  readonly #abort = new AbortController();
  readonly #realized = new Map<string, Realized>();
  readonly #applied = new Map<string, CompiledIntent>();
  /** There from the first good commit on, which names the trust domain. */
  #machine: Machine | undefined;
  /** Instances started for the commit on its way. */
  #added: readonly AllocatedInstance[] = [];
  /** What runs: the live commit's, and while one is on its way that one's as well. */
  #allocation: Allocation = { instances: [], standIns: [], book: emptyAddressBook };

  constructor(options: LocalMeshOptions, range: ClaimedRange) {
    this.#options = options;
    this.#range = range;
    this.processes = new Processes({ stateDir: options.stateDir, report: options.report });
    const { acknowledgeTimeoutMs, store, clock, onRecord } = options;
    this.deployer = new Deployer({
      compile: (commit) => this.#compile(commit),
      target: xdsTarget({
        proxies: () => this.#allocation.instances.map((i) => ({ key: i.key, target: this.#targets.of(i) })),
        publish: (publication) => this.#machine?.control.plane.publish(publication),
        waitFor: (commit, wait) => this.#waitFor(commit, wait.timeoutMs),
        acknowledged: (phase) => this.#acknowledged(phase),
        prepare: (next) => this.#prepare(next),
        settle: (live) => this.#settle(live),
      }),
      ...(acknowledgeTimeoutMs !== undefined && { acknowledgeTimeoutMs }),
      ...(store && { store }),
      ...(clock && { clock }),
      ...(onRecord && { onRecord }),
    });
  }

  /** Deploys a mesh that is compiled already, and resolves with its record once that is final. */
  async apply(mesh: Mesh, commit: string): Promise<DeployRecord | undefined> {
    this.#applied.set(commit, { diagnostics: [], mesh });
    this.deployer.submit(commit);
    await this.deployer.idle();
    this.#applied.delete(commit);
    return this.deployer.record(commit);
  }

  /** Where to send requests. Empty before the first deployment. */
  addresses(): MeshAddresses {
    return addressesOf(this.#live());
  }

  status(): LocalStatus {
    return statusOf({
      live: this.#live(),
      commit: this.deployer.live?.commit,
      records: this.deployer.history(),
      proxies: this.#machine?.control.plane.status() ?? [],
      programs: this.processes.status(),
      processOf: (key) => this.#machine?.fleet.proxyProcessOf(key),
    });
  }

  /**
   * Sends a request as an application of the workload would (`namespace/name`, or the key of one instance), or as someone outside
   * (`outside`) through whichever gateway serves the port. A refusal is an answer; `error` says why there was none.
   */
  call(from: string, request: MeshRequest): Promise<MeshAnswer> {
    return callMesh(this.#live(), this.trustBundle(), from, request);
  }

  /** PEM of the roots by which clients of HTTPS gateways know them. Empty before the first deployment. */
  trustBundle(): string {
    return this.#machine?.control.authorities.gateways.trustBundle() ?? '';
  }

  /** The file that holds `trustBundle`. */
  get trustBundleFile(): string {
    return join(this.#options.stateDir, 'mesh-ca.pem');
  }

  /** Ends everything that was started. Safe to call twice. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.deployer.close();
    await this.processes.close();
    await this.#machine?.control.close();
    await this.#range.release();
  }

  get #startTimeoutMs(): number {
    return this.#options.startTimeoutMs ?? 15_000;
  }

  #live(): Realized | undefined {
    return this.#realized.get(this.deployer.live?.commit ?? '');
  }

  async #waitFor(commit: string, timeoutMs: number): Promise<CommitReport> {
    const ledger = this.#machine?.control.plane.ledger;
    return ledger ? ledger.waitFor(commit, { timeoutMs }) : { commit, outcome: 'unknown', proxies: [] };
  }

  async #compile(commit: string): Promise<CompiledCommit<ProxySnapshots>> {
    const { compile, check, local, proxy } = this.#options;
    const { mesh, diagnostics } = this.#applied.get(commit) ?? (await compile(commit));
    if (!mesh || diagnostics.some((d) => d.severity === 'error')) return { commit, diagnostics };
    const trustDomain = this.#machine?.control.authorities.workloads.trustDomain;
    if (trustDomain !== undefined && trustDomain !== mesh.settings.trustDomain) {
      return { commit, diagnostics: [...diagnostics, movedTrust(mesh, trustDomain)] };
    }
    const checked = (await check?.(mesh, commit)) ?? [];
    const realized = await realize(mesh, {
      local,
      range: this.#range,
      previous: this.#allocation.book,
      targets: this.#targets,
      previousPlan: this.#live()?.plan,
      isEmbedded: proxy === 'embedded',
    });
    this.#realized.set(commit, realized);
    const desired = new ProxySnapshots(realized.snapshotFor);
    return { commit, mesh, desired, diagnostics: [...diagnostics, ...checked, ...realized.diagnostics] };
  }

  /** New instances run and are connected before anything is published. */
  async #prepare(next: Deployable<ProxySnapshots>): Promise<readonly Diagnostic[]> {
    const realized = this.#realized.get(next.commit);
    if (!realized) return [];
    const machine = await this.#startMachine(next.mesh);
    if (machine instanceof Error) return [makeDiagnostic('FL0852', { message: machine.message })];
    const { control, fleet } = machine;
    for (const instance of realized.allocation.instances) this.#targets.of(instance);
    this.#allocation = unite(this.#allocation, realized.allocation);
    const added = await fleet.add(realized.allocation);
    this.#added = added;
    // At first nobody calls anybody yet; later an instance that does not listen yet must not be called.
    if (!this.deployer.live) this.#announceInstances();
    const [silent, unconnected] = await Promise.all([
      this.#waitListening(
        added.flatMap((instance) => instance.listen.map((socket) => ({ ...socket, instance }))),
        ({ instance }) => fleet.isAppMissing(instance),
      ),
      control.waitConnected(added, this.#startTimeoutMs, () => fleet.isProxyMissing || this.#abort.signal.aborted),
    ]);
    if (fleet.isProxyMissing) return [noProxy(this.#options.proxy)];
    return [
      // A program that does not exist has been reported as such.
      ...silent.filter(({ instance }) => !fleet.isAppMissing(instance)).map((s) => notListening(s.instance, s)),
      ...unconnected.map(notConnected),
    ];
  }

  /** New proxies have their listeners: from here on they may be called, and the next phase may route to them. */
  async #acknowledged(phase: string): Promise<void> {
    if (phase !== 'make') return;
    await this.#waitListening(this.#added.flatMap(inboundSockets));
    this.#announceInstances();
  }

  #waitListening<T extends SocketAddress>(sockets: readonly T[], isPointless?: (socket: T) => boolean) {
    const { signal } = this.#abort;
    return waitListening(sockets, { timeoutMs: this.#startTimeoutMs, signal, ...(isPointless && { isPointless }) });
  }

  #announceInstances(): void {
    this.#discovery.set(this.#allocation.instances.map(({ instance }) => instance));
  }

  /** Removals last: programs that nothing refers to any more. Then waits until what is new can be reached. */
  async #settle(live: Deployable<ProxySnapshots> | undefined): Promise<void> {
    const kept = this.#realized.get(live?.commit ?? '')?.allocation ?? {
      ...this.#allocation,
      instances: [],
      standIns: [],
    };
    for (const commit of this.#realized.keys()) if (commit !== live?.commit) this.#realized.delete(commit);
    const isKept = (key: string) => kept.instances.some((instance) => instance.key === key);
    const isShrinking = kept.instances.length < this.#allocation.instances.length;
    this.#allocation = kept;
    this.#announceInstances();
    // Requests under way end well before what serves them does.
    if (isShrinking)
      await sleep(this.#options.drainMs ?? 1_000, undefined, { signal: this.#abort.signal }).catch(() => {});
    await this.#machine?.fleet.keepOnly(kept);
    // A listener is acknowledged before it listens: it may still wait for its certificate.
    await this.#waitListening(this.#added.filter(({ key }) => isKept(key)).flatMap(entryPoints));
    this.#added = [];
  }

  async #startMachine(mesh: Mesh): Promise<Machine | Error> {
    if (this.#machine) return this.#machine;
    const { stateDir, clock, local, proxy, report } = this.#options;
    const control = await LocalControl.start({
      trustDomain: mesh.settings.trustDomain,
      address: { host: `127.${this.#range.base}.255.252`, port: 0 },
      targetOf: (key) => this.#targets.find(key),
      discovery: this.#discovery,
      report,
      ...(clock && { clock }),
    });
    if (control instanceof Error) return control;
    writeFileSync(this.trustBundleFile, control.authorities.gateways.trustBundle());
    const { processes } = this;
    const bootstrapOf = (instance: AllocatedInstance) => control.bootstrapOf(instance);
    this.#machine = { control, fleet: new Fleet({ processes, proxy, stateDir, folder: local.folder, bootstrapOf }) };
    return this.#machine;
  }
}

function inboundSockets({ placement }: AllocatedInstance): readonly SocketAddress[] {
  return Object.values(placement.inbound).map(({ bind }) => bind);
}

/** The sockets that an application or someone outside dials first. */
function entryPoints({ placement: { outboundHttp, gateway } }: AllocatedInstance): readonly SocketAddress[] {
  return [...(outboundHttp ? [outboundHttp] : []), ...Object.values(gateway)];
}

/** Everything of both; where both have an instance, as the second has it. */
function unite(running: Allocation, next: Allocation): Allocation {
  const both = <T extends { readonly key: string }>(a: readonly T[], b: readonly T[]) => [
    ...new Map([...a, ...b].map((item) => [item.key, item])).values(),
  ];
  return {
    instances: both(running.instances, next.instances),
    standIns: both(running.standIns, next.standIns),
    book: next.book,
  };
}
