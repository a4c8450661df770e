// Which endpoint gets the next request. Pure: counters are on the hosts, randomness is an argument.
import { chooseWeighted, type Weighted } from '../http/weighted-choice.ts';

export type LbPolicy = 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'RANDOM';

export interface Balanced extends Weighted {
  /** Requests or connections in flight. */
  readonly active: number;
  readonly isHealthy: boolean;
}

/** Keeps the place of round robin between calls; make a new one when the set of hosts changes. */
export class Balancer<T extends Balanced> {
  readonly #policy: LbPolicy;
  readonly #hosts: readonly T[];
  readonly #areWeightsEqual: boolean;
  #next: number;
  /** Credits of smooth weighted round robin, by host. */
  readonly #credits: number[];

  /** Below `panicThreshold` percent healthy hosts, health is disregarded, as Envoy does; 0 turns that off. */
  constructor(policy: LbPolicy, hosts: readonly T[], panicThreshold: number, random: () => number) {
    const healthy = hosts.filter((host) => host.isHealthy);
    const isPanic = hosts.length > 0 && (healthy.length * 100) / hosts.length < panicThreshold;
    this.#policy = policy;
    this.#hosts = isPanic ? hosts : healthy;
    this.#areWeightsEqual = new Set(this.#hosts.map((host) => host.weight)).size <= 1;
    // A random start, so that many proxies do not all begin with the same host.
    this.#next = Math.floor(random() * Math.max(1, this.#hosts.length));
    this.#credits = this.#hosts.map(() => 0);
  }

  get isEmpty(): boolean {
    return this.#hosts.length === 0;
  }

  pick(random: () => number): T | undefined {
    if (this.#hosts.length <= 1) return this.#hosts[0];
    switch (this.#policy) {
      case 'RANDOM':
        return this.#draw(random);
      case 'LEAST_REQUEST':
        return lessBusy(this.#draw(random), this.#draw(random));
      case 'ROUND_ROBIN':
        return this.#areWeightsEqual ? this.#nextInTurn() : this.#nextByWeight();
    }
  }

  /** Picks again, at most `attempts` times, while the pick was tried before; then takes what comes, as Envoy. */
  pickAvoiding(tried: ReadonlySet<T>, attempts: number, random: () => number): T | undefined {
    let picked = this.pick(random);
    for (let i = 0; i < attempts && picked && tried.has(picked); i++) picked = this.pick(random);
    return picked;
  }

  #draw(random: () => number): T | undefined {
    if (this.#areWeightsEqual) return this.#hosts[Math.floor(random() * this.#hosts.length)];
    return chooseWeighted(this.#hosts, random());
  }

  #nextInTurn(): T | undefined {
    const host = this.#hosts[this.#next % this.#hosts.length];
    this.#next = (this.#next + 1) % this.#hosts.length;
    return host;
  }

  #nextByWeight(): T | undefined {
    let total = 0;
    let best = 0;
    this.#hosts.forEach((host, i) => {
      total += host.weight;
      this.#credits[i] = (this.#credits[i] ?? 0) + host.weight;
      if ((this.#credits[i] ?? 0) > (this.#credits[best] ?? 0)) best = i;
    });
    this.#credits[best] = (this.#credits[best] ?? 0) - total;
    return this.#hosts[best];
  }
}

function lessBusy<T extends Balanced>(a: T | undefined, b: T | undefined): T | undefined {
  if (!a || !b) return a ?? b;
  return (b.active + 1) / b.weight < (a.active + 1) / a.weight ? b : a;
}
