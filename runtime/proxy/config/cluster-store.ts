// Clusters and their endpoints: a new version warms until its endpoints are known, the old one serves meanwhile.
import type { ClusterJson, ClusterLoadAssignmentJson } from '../types.ts';
import { secretNames } from '../tls/tls-settings.ts';
import type { SecretStore } from '../tls/secret-store.ts';
import { UpstreamCluster } from '../upstream/cluster.ts';
import { compileAssignment, compileCluster } from '../upstream/cluster-settings.ts';
import type { HostSpec } from '../upstream/host.ts';
import { startTimer } from '../../timers.ts';

/** A removed cluster that routes still name serves them no longer than this. */
const leavingLimitMs = 5_000;

/** Envoy's `initial_fetch_timeout`: after this a cluster goes to work without endpoints. */
const warmingLimitMs = 15_000;

interface Entry {
  active?: UpstreamCluster | undefined;
  warming?: UpstreamCluster | undefined;
  isDnsPending: boolean;
  /** Removed, but the routes at work still name it: they are about to be replaced. */
  isLeaving?: boolean;
  timer?: NodeJS.Timeout | undefined;
}

export class ClusterStore {
  readonly #entries = new Map<string, Entry>();
  readonly #assignments = new Map<string, readonly HostSpec[]>();
  readonly #secrets: SecretStore;
  readonly #random: () => number;
  readonly #onProgress: () => void;

  constructor(secrets: SecretStore, random: () => number, onProgress: () => void) {
    this.#secrets = secrets;
    this.#random = random;
    this.#onProgress = onProgress;
  }

  get(name: string): UpstreamCluster | undefined {
    return this.#entries.get(name)?.active;
  }

  get names(): Iterable<string> {
    return [...this.#entries].filter(([, entry]) => !entry.isLeaving).map(([name]) => name);
  }

  get active(): readonly UpstreamCluster[] {
    return [...this.#entries.values()].flatMap((entry) => entry.active ?? []);
  }

  isWarming(name: string): boolean {
    const entry = this.#entries.get(name);
    return entry?.warming !== undefined && entry.active === undefined;
  }

  set(name: string, json: ClusterJson): void {
    const settings = compileCluster(json);
    const cluster = new UpstreamCluster(settings, { secrets: this.#secrets, random: this.#random });
    const entry = this.#entries.get(name) ?? { isDnsPending: false };
    entry.isLeaving = false;
    this.#entries.set(name, entry);
    entry.warming?.destroy();
    entry.warming = cluster;
    clearTimeout(entry.timer);
    entry.timer = startTimer(warmingLimitMs, () => this.#activate(entry, true));
    entry.timer.unref();
    if (settings.discovery.kind === 'dns') {
      entry.isDnsPending = true;
      void cluster.resolveDns().then(() => {
        if (entry.warming !== cluster) return;
        entry.isDnsPending = false;
        this.#onProgress();
      });
    }
  }

  /** Updates come type by type, and a push may take a cluster away just before the routes that named it. */
  remove(name: string, isInUse: boolean): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    if (!isInUse) {
      this.#drop(name, entry);
      return;
    }
    clearTimeout(entry.timer);
    entry.isLeaving = true;
    entry.timer = startTimer(leavingLimitMs, () => {
      this.#drop(name, entry);
      this.#onProgress();
    });
    entry.timer.unref();
  }

  #drop(name: string, entry: Entry): void {
    clearTimeout(entry.timer);
    entry.warming?.destroy();
    entry.active?.retire();
    if (this.#entries.get(name) === entry) this.#entries.delete(name);
  }

  /** Lets go of removed clusters that nothing names any more. */
  dropUnused(isInUse: (name: string) => boolean): void {
    for (const [name, entry] of this.#entries) if (entry.isLeaving && !isInUse(name)) this.#drop(name, entry);
  }

  setAssignment(name: string, json: ClusterLoadAssignmentJson): void {
    const specs = compileAssignment(json);
    this.#assignments.set(name, specs);
    for (const { active } of this.#entries.values()) {
      if (active?.settings.discovery.kind === 'eds' && active.settings.discovery.assignment === name)
        active.setHosts(specs);
    }
  }

  removeAssignment(name: string): void {
    this.#assignments.delete(name);
  }

  /** Load assignments and secrets that the clusters need. */
  wanted(type: 'endpoints' | 'secret'): Set<string> {
    const names = new Set<string>();
    for (const entry of this.#entries.values()) {
      for (const settings of [entry.active?.settings, entry.warming?.settings]) {
        if (type === 'secret') for (const name of secretNames(settings?.host.tls)) names.add(name);
        else if (settings?.discovery.kind === 'eds') names.add(settings.discovery.assignment);
      }
    }
    return names;
  }

  /** Activates what has become ready. */
  progress(): void {
    const wanted = this.wanted('endpoints');
    for (const name of this.#assignments.keys()) if (!wanted.has(name)) this.#assignments.delete(name);
    for (const entry of this.#entries.values()) this.#activate(entry, false);
  }

  #activate(entry: Entry, isOverdue: boolean): void {
    const cluster = entry.warming;
    if (!cluster || (!isOverdue && !this.#isReady(cluster, entry))) return;
    if (!entry.isLeaving) clearTimeout(entry.timer);
    entry.warming = undefined;
    const { discovery } = cluster.settings;
    const previous = entry.active;
    const own =
      discovery.kind === 'static'
        ? discovery.hosts
        : discovery.kind === 'eds'
          ? this.#assignments.get(discovery.assignment)
          : undefined;
    const resolved = cluster.hosts.map((host) => host.spec);
    if (previous) cluster.inherit(previous);
    cluster.setHosts(own ?? resolved);
    entry.active = cluster;
    if (isOverdue) this.#onProgress();
  }

  #isReady(cluster: UpstreamCluster, entry: Entry): boolean {
    const { discovery, host } = cluster.settings;
    if (!secretNames(host.tls).every((name) => this.#secrets.has(name))) return false;
    if (discovery.kind === 'eds') return this.#assignments.has(discovery.assignment);
    return discovery.kind === 'static' || !entry.isDnsPending;
  }

  close(): void {
    for (const entry of this.#entries.values()) {
      clearTimeout(entry.timer);
      entry.warming?.destroy();
      entry.active?.destroy();
    }
  }
}
