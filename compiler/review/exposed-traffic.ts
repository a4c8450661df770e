// Traffic that moves to where it is guarded otherwise: out of the mesh, wherever callers like, or from TLS to plain text. Says how it travels, and what is worse.
import { contentKey, isReached, type Share } from '../analysis/index.ts';
import { isInMesh, type MeshIndex } from '../model/index.ts';
import type { Difference } from './review.ts';
import { shortHost } from './words.ts';

/** What titles say of it; the worst comes first. `to any address`: of hosts that nobody names, which led to a place that is written down. */
export type Exposed = 'out of the mesh' | 'to any address' | 'in plain text';

/** Shares, and the mesh that decides about them. */
export interface Traffic {
  readonly shares: readonly Share[];
  readonly index: MeshIndex;
}

type Target = Share['targets'][number];

/** One target of a share, as connections to it are made. */
interface Leg {
  readonly share: Share;
  readonly isOutside: boolean;
  /** Made to whatever address the caller chose. */
  readonly isDialled: boolean;
  readonly tls: Target['tls'];
  readonly end: string;
  /** Behind the host, as far as there is one. */
  readonly workload: string;
}

/** Undefined where no more of it is exposed than before, or only where it was exposed before. `isOfMany`: whether callers choose the host. */
export function exposedBy(before: Traffic, after: Traffic, isOfMany: boolean): Exposed | undefined {
  const [was, is] = [legsOf(before), legsOf(after)];
  if (isMore(was, is, ({ isOutside }) => isOutside)) return 'out of the mesh';
  if (isOfMany && isMore(was, is, ({ isDialled }) => isDialled)) return 'to any address';
  const isGuarded = was.some(({ tls }) => tls !== 'plain');
  return isGuarded && isMore(was, is, ({ tls }) => tls === 'plain') ? 'in plain text' : undefined;
}

/** Copies are exposed where neither the requests were that they are made of, nor copies before. */
export function exposedCopies(
  requests: Traffic,
  before: Traffic,
  after: Traffic,
  isOfMany: boolean,
): Exposed | undefined {
  return exposedBy({ ...before, shares: [...requests.shares, ...before.shares] }, after, isOfMany);
}

function isMore(was: readonly Leg[], is: readonly Leg[], isExposed: (leg: Leg) => boolean): boolean {
  const [before, after] = [was.filter(isExposed), is.filter(isExposed)];
  const known = new Set(before.map(({ end }) => end));
  return weightOf(after) > weightOf(before) && after.some(({ end }) => !known.has(end));
}

/** A share may meet any of its targets. */
function weightOf(legs: readonly Leg[]): number {
  const shares = [...new Set(legs.map(({ share }) => share))];
  return shares.reduce((sum, { weight }) => sum + weight, 0);
}

function legsOf({ shares, index }: Traffic): Leg[] {
  return shares.filter(isReached).flatMap((share) => {
    const service = index.serviceByHost.get(share.host);
    const isOutside = service === undefined || !isInMesh(service);
    return share.targets
      .filter(({ fate }) => fate.outcome === 'allowed')
      .map(({ tls, endpoint, workload = shortHost(share.host) }) => ({
        share,
        isOutside,
        isDialled: isDialled(endpoint),
        tls,
        end: endOf(share, endpoint, isOutside),
        workload,
      }));
  });
}

/** What is dialled as it is has no other name than the host. */
function endOf({ host }: Share, endpoint: Target['endpoint'], isOutside: boolean): string {
  return contentKey([isOutside, endpoint, isDialled(endpoint) ? host : '']);
}

function isDialled({ labels, addresses }: Target['endpoint']): boolean {
  return labels === undefined && addresses === undefined;
}

/** The change with how either side travels, where that is not the same. */
export function withWays(found: Difference, before: Traffic, after: Traffic): Difference {
  const [was, is] = [legsOf(before), legsOf(after)];
  const names = (legs: readonly Leg[]) => [...new Set(legs.map(wayOf))].sort();
  if (names(was).join() === names(is).join()) return found;
  return { ...found, from: `${found.from}${saidOf(was)}`, to: `${found.to}${saidOf(is)}` };
}

function saidOf(legs: readonly Leg[]): string {
  const ways = Map.groupBy(legs, wayOf);
  if (ways.size === 0) return '';
  const [only] = ways.keys();
  if (ways.size === 1) return ` (${only})`;
  const named = (nameOf: (leg: Leg) => string) =>
    [...ways].map(([way, list]) => ({ way, names: [...new Set(list.map(nameOf))].sort() }));
  const byHost = named(({ share }) => shortHost(share.host));
  const hosts = byHost.flatMap(({ names }) => names);
  // Those behind one host may travel in different ways.
  const parts = new Set(hosts).size === hosts.length ? byHost : named(({ workload }) => workload);
  return ` (${parts
    .map(({ way, names }) => `${names.join(', ')}: ${way}`)
    .sort()
    .join('; ')})`;
}

const tlsWords: Readonly<Record<Target['tls'], string>> = { mutual: 'mutual TLS', simple: 'TLS', plain: 'plain text' };

function wayOf({ isOutside, tls }: Leg): string {
  return `${tlsWords[tls]}${isOutside ? ', outside the mesh' : ''}`;
}
