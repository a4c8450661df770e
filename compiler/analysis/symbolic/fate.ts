// What happens to every request of a class: a verdict with the parts that depend on the request left open. Comparable, without origins.
import { type TestRequest, normalizePath, splitQuery } from '../../model/index.ts';
import type { Redirection } from '../place/place.ts';
import { answerTo } from '../concrete/grpc-answer.ts';
import { authorityOf, redirectLocation } from '../concrete/redirect.ts';
import { applyPathChange, keepPath, type PathChange } from '../concrete/rewrite.ts';
import type { Share, Verdict } from '../verdict.ts';
import { contentKey } from './content-key.ts';
import { copies, distribution, noticedHandling } from './noticed.ts';

export interface Fate extends Omit<Verdict, 'steps' | 'location' | 'forwarded'> {
  /** Of a request that is forwarded by HTTP. */
  readonly forward?: ForwardedTo;
  readonly redirect?: Redirection;
  /** Of what a fault aborts without exception: what would become of it else. No request shows that. */
  readonly behind?: Behind;
}

export interface Behind {
  readonly fate: Fate;
  /** Or else it is only whether somebody is reached. */
  readonly isExact: boolean;
}

export interface ForwardedTo {
  readonly change: PathChange;
  /** The path as it was sent, as the caller's proxy sends it on (normalized, then changed), or normalized again by the server's. */
  readonly arrives: 'asSent' | 'changed' | 'normalized';
  readonly host?: string;
}

/** Whether a request gets through to some workload or out of the mesh, if only for a share of the traffic. */
export function reaches(fate: Pick<Verdict, 'shares'>): boolean {
  return fate.shares.some(isReached);
}

export function isReached(share: Share): boolean {
  return share.targets.some((target) => target.fate.outcome === 'allowed');
}

/**
 * The parts that somebody can notice, in one form for all ways of writing them. Where nobody is reached, neither the split nor timeouts
 * matter: a refusal is a refusal, however long a fault delays it.
 */
export function essence(verdict: Omit<Verdict, 'steps'> | Fate): Readonly<Record<string, unknown>> {
  const { shares, mirrors = [], behind: _, ...rest }: Fate = verdict;
  const isRefused = verdict.outcome === 'denied' || verdict.outcome === 'unavailable';
  if (isRefused && !reaches(verdict) && !mirrors.some(isReached)) {
    const { outcome, reason, status } = verdict;
    // Whether a proxy answers for what it does not know, or hangs up, depends on what else is called on the port.
    const isUnknown = reason === 'egress' || (outcome === 'unavailable' && shares.length === 0);
    // Without an answer nobody can tell why a connection is closed.
    if (status === undefined && !isUnknown) return { outcome: 'closed' };
    // The caller's proxy delays and aborts before it asks anybody.
    const { fault } = noticedHandling(verdict);
    const seen = { ...(reason && { reason }), ...(status !== undefined && !isUnknown && { status }) };
    return { outcome, ...seen, ...(fault && { fault }) };
  }
  return {
    ...rest,
    ...noticedHandling(verdict),
    to: distribution(shares),
    copies: copies(mirrors),
  };
}

/** Equal for equal fates, wherever they were written. */
export function fateKey(fate: Fate): string {
  const { behind } = fate;
  return contentKey(behind ? [essence(fate), fateKey(behind.fate), behind.isExact] : essence(fate));
}

/** The verdict for one request of the class: what `decide` must say as well. */
export function verdictOf(fate: Fate, request: TestRequest): Omit<Verdict, 'steps'> {
  const { forward, redirect, behind: _, ...rest } = fate;
  const target = splitQuery(request.path);
  const path = normalizePath(target.path);
  const verdict: Omit<Verdict, 'steps'> = {
    ...rest,
    ...(redirect && { location: redirectLocation(redirect, request, { ...target, path }) }),
    ...(forward && {
      forwarded: {
        host: forward.host ?? authorityOf(request),
        path: arrivingPath(forward, target.path) + target.query,
      },
    }),
  };
  return answerTo(verdict, request);
}

function arrivingPath({ change, arrives }: ForwardedTo, sent: string): string {
  if (arrives === 'asSent') return sent;
  const changed = applyPathChange(change, normalizePath(sent));
  return arrives === 'normalized' ? normalizePath(changed) : changed;
}

interface SplitFate {
  readonly change: PathChange;
  readonly rest: string;
}

/** Every fate is compared with many others. */
const splits = new WeakMap<Fate, SplitFate>();

/** How a redirect or a forward changes the path, and the fate with that left out. */
export function splitChange(fate: Fate): SplitFate {
  const known = splits.get(fate);
  if (known) return known;
  const made = splitAnew(fate);
  splits.set(fate, made);
  return made;
}

function splitAnew(fate: Fate): SplitFate {
  const noticed = essence(fate);
  if (fate.redirect) {
    const { path, ...redirect } = fate.redirect;
    return {
      change: path === undefined ? keepPath : { kind: 'replace', path },
      rest: contentKey({ ...noticed, redirect }),
    };
  }
  if (!fate.forward || !('forward' in noticed)) return { change: keepPath, rest: contentKey(noticed) };
  const { change, arrives, ...forward } = fate.forward;
  return { change: arrivingChange(change, arrives), rest: contentKey({ ...noticed, forward }) };
}

function arrivingChange(change: PathChange, arrives: ForwardedTo['arrives']): PathChange {
  if (arrives !== 'normalized') return change.kind === 'prefix' ? { ...change, isFinal: true } : change;
  return change.kind === 'replace' ? { ...change, path: normalizePath(change.path) } : change;
}
