// A cluster at work: its endpoints, kept over updates, and the choice among them.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { SecretStore } from '../tls/secret-store.ts';
import { Balancer } from './balancer.ts';
import type { ClusterSettings } from './cluster-settings.ts';
import { type HostSpec, UpstreamHost } from './host.ts';
import { startTimer } from '../../timers.ts';

export interface ClusterEnvironment {
  readonly secrets: SecretStore;
  readonly random: () => number;
}

export class UpstreamCluster {
  readonly settings: ClusterSettings;
  /** Requests in flight, and how many of them are retries. */
  active = 0;
  activeRetries = 0;
  readonly #environment: ClusterEnvironment;
  #hosts: readonly UpstreamHost[] = [];
  #balancer: Balancer<UpstreamHost>;
  #dnsTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(settings: ClusterSettings, environment: ClusterEnvironment) {
    this.settings = settings;
    this.#environment = environment;
    this.#balancer = new Balancer(settings.lbPolicy, [], settings.panicThreshold, environment.random);
  }

  get name(): string {
    return this.settings.name;
  }

  get hosts(): readonly UpstreamHost[] {
    return this.#hosts;
  }

  /** Sets the endpoints; hosts of the same address keep their connections, unless these would be made otherwise. Those gone finish what they have. */
  setHosts(specs: readonly HostSpec[], previous: readonly UpstreamHost[] = this.#hosts): void {
    const known = new Map(previous.map((host) => [host.label, host]));
    const hosts = specs.map((spec) => {
      const { host, plainHost, isPlain } = this.settings;
      const made = new UpstreamHost(spec, isPlain(spec) ? plainHost : host, this.#environment.secrets);
      const kept = known.get(made.label);
      if (!kept || kept.isTls !== made.isTls) return made;
      kept.spec = spec;
      known.delete(kept.label);
      return kept;
    });
    this.#hosts = hosts;
    const { lbPolicy, panicThreshold } = this.settings;
    this.#balancer = new Balancer(lbPolicy, hosts, panicThreshold, this.#environment.random);
    for (const gone of known.values()) gone.drain();
  }

  /** Takes over the endpoints of the version it replaces, with their connections where these are still made alike. */
  inherit(previous: UpstreamCluster): void {
    const isAlike = previous.settings.hostKey === this.settings.hostKey;
    this.setHosts(
      previous.hosts.map((host) => host.spec),
      isAlike ? previous.hosts : [],
    );
    previous.retire(isAlike);
  }

  /** Resolves the names of a DNS cluster now and from then on. The first answer settles the promise, good or not. */
  async resolveDns(): Promise<void> {
    const { discovery } = this.settings;
    if (discovery.kind !== 'dns' || this.#isClosed) return;
    const resolved = await Promise.all(discovery.hosts.map((spec) => resolveSpec(spec, discovery.family)));
    if (this.#isClosed) return;
    // A failed look-up keeps the addresses known so far, as Envoy does.
    if (resolved.every((specs) => specs !== undefined)) {
      const specs = resolved.flat();
      this.setHosts(discovery.isFirstOnly ? specs.slice(0, 1) : specs);
    }
    this.#dnsTimer = startTimer(discovery.refreshMs, () => void this.resolveDns());
    this.#dnsTimer.unref();
  }

  pick(): UpstreamHost | undefined {
    return this.#balancer.pick(this.#environment.random);
  }

  pickAvoiding(tried: ReadonlySet<UpstreamHost>, attempts: number): UpstreamHost | undefined {
    return this.#balancer.pickAvoiding(tried, attempts, this.#environment.random);
  }

  /** No new requests come; those in flight finish. */
  retire(areHostsTakenOver = false): void {
    this.#isClosed = true;
    clearTimeout(this.#dnsTimer);
    if (!areHostsTakenOver) for (const host of this.#hosts) host.drain();
  }

  destroy(): void {
    this.retire(true);
    for (const host of this.#hosts) host.destroy();
  }
}

async function resolveSpec(spec: HostSpec, family: 0 | 4 | 6): Promise<HostSpec[] | undefined> {
  if (isIP(spec.address)) return [spec];
  try {
    const found = await lookup(spec.address, { all: true, family, order: 'ipv4first' });
    // One family only, as Envoy: mixed answers would count a host twice.
    const first = found[0]?.family;
    return found
      .filter((address) => address.family === first)
      .map(({ address }) => ({ ...spec, address, hostname: spec.hostname || spec.address }));
  } catch {
    return undefined;
  }
}
