// Make before break: the steps by which a proxy goes from one snapshot to the next without a reference that dangles. Pure.
import { isDeepStrictEqual } from 'node:util';
import type { ProxySnapshot } from '../../compiler/index.ts';

/** `make` adds what is new, `switch` moves traffic to it, `break` removes what nobody uses any more. */
export type PhaseName = 'make' | 'switch' | 'break';

/** In the order in which a proxy goes through them. */
export const phaseNames = ['make', 'switch', 'break'] as const satisfies readonly PhaseName[];

type Resources = Pick<ProxySnapshot, 'listeners' | 'routes' | 'clusters' | 'endpoints' | 'secrets'>;
type Named = { readonly name?: string };

/**
 * What a proxy that has `old` is given in a phase on its way to `next`; each phase holds everything the proxy needs.
 * A proxy without an old snapshot gets `next` from the first phase on.
 */
export function snapshotInPhase(phase: PhaseName, old: ProxySnapshot | undefined, next: ProxySnapshot): ProxySnapshot {
  if (!old || old === next || phase === 'break') return next;
  // Origins of both: a NACK may name a resource of either.
  const origins = new Map([...old.origins, ...next.origins]);
  const union = {
    clusters: unite(old.clusters, next.clusters, nameOf),
    endpoints: unite(old.endpoints, next.endpoints, (selector) => selector.cluster),
    secrets: unite(old.secrets, next.secrets, nameOf),
  };
  if (phase === 'switch') return { ...next, ...union, origins };
  return { ...next, ...union, ...added(old, next), origins };
}

/**
 * The distinct steps for one proxy, the last of which is exactly `next`.
 * Phases that change nothing are left out: new weights are one step, a new version two, and no change is none.
 */
export function phasesOf(old: ProxySnapshot | undefined, next: ProxySnapshot): readonly ProxySnapshot[] {
  const steps: ProxySnapshot[] = [];
  let last = old;
  for (const phase of phaseNames) {
    const step = snapshotInPhase(phase, old, next);
    if (last && isSameToProxy(last, step)) {
      // Equal to the proxy, but its origins may be newer.
      if (steps.length > 0) steps[steps.length - 1] = step;
      continue;
    }
    steps.push(step);
    last = step;
  }
  return steps;
}

/** One proxy's way from what it has to what it shall have. `key` tells proxies apart, such as the instance's name. */
export interface Transition {
  readonly key: string;
  readonly old: ProxySnapshot | undefined;
  readonly next: ProxySnapshot;
}

/** One step of a deployment and the proxies it changes, by their keys. */
export interface PlannedPhase {
  readonly name: PhaseName;
  readonly affected: readonly string[];
}

/**
 * The phases of a deployment over many proxies: all take each step together, so that a callee listens before its callers turn to it.
 * A phase that affects no proxy is left out.
 */
export function planPhases(transitions: readonly Transition[]): readonly PlannedPhase[] {
  return phaseNames
    .map((name, i) => ({
      name,
      affected: transitions
        .filter(({ old, next }) => {
          const before = i === 0 ? old : snapshotInPhase(phaseNames[i - 1] ?? name, old, next);
          return !before || !isSameToProxy(before, snapshotInPhase(name, old, next));
        })
        .map(({ key }) => key),
    }))
    .filter(({ affected }) => affected.length > 0);
}

/** True if a proxy would be sent the same resources; where they were written, and in which order, is no difference to it. */
export function isSameToProxy(a: ProxySnapshot, b: ProxySnapshot): boolean {
  return a === b || isDeepStrictEqual(byName(a), byName(b));
}

function byName({
  listeners,
  routes,
  clusters,
  endpoints,
  secrets,
}: Resources): readonly ReadonlyMap<string, unknown>[] {
  return [
    keyed(listeners, nameOf),
    keyed(routes, nameOf),
    keyed(clusters, nameOf),
    keyed(endpoints, (selector) => selector.cluster),
    keyed(secrets, nameOf),
  ];
}

/**
 * Old listeners and routes, and the new ones that stand in nobody's way. A new listener on an address that an old one still holds
 * waits for the switch: Envoy rejects two active listeners on one address.
 */
function added(old: ProxySnapshot, next: ProxySnapshot): Pick<ProxySnapshot, 'listeners' | 'routes'> {
  const taken = new Set(old.listeners.map(addressOf));
  const names = new Set(old.listeners.map(nameOf));
  const free = next.listeners.filter((l) => !names.has(nameOf(l)) && !taken.has(addressOf(l)));
  return { listeners: [...old.listeners, ...free], routes: unite(next.routes, old.routes, nameOf) };
}

/** Everything of both by name; where both have it, the second's. */
function unite<T>(first: readonly T[], second: readonly T[], key: (item: T) => string): readonly T[] {
  return [...new Map([...keyed(first, key), ...keyed(second, key)]).values()];
}

function keyed<T>(items: readonly T[], key: (item: T) => string): Map<string, T> {
  return new Map(items.map((item) => [key(item), item]));
}

function nameOf(resource: Named): string {
  return resource.name ?? '';
}

function addressOf(listener: ProxySnapshot['listeners'][number]): string {
  return JSON.stringify(listener.address ?? listener.name);
}
