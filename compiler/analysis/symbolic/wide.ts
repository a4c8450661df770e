// A forward past many gates, taken apart: whether anybody is reached at all, and then one target at a time.
import type { Share, Verdict } from '../verdict.ts';
import { choose, type Decision, type End, isWide, toFate } from './choice.ts';
import { contentKey } from './content-key.ts';
import { type Fate, isReached, reaches } from './fate.ts';
import { distribution, endOf } from './noticed.ts';
import { always, any, never, type Predicate } from './predicate-terms.ts';

/** As if every gate let requests in. */
export function bestOf(end: End): Fate {
  return isWide(end) ? end.settle(new Set(end.gates.keys())) : end;
}

/**
 * Whether some target is reached, or else some copy, with everything that holds whichever they are. Where somebody is reached all are made
 * to look so: what each target does is left to `facetsOf`, and of how many of them requests reach, to `changedEnds`.
 */
export function coarseDecision(end: End): Decision {
  if (!isWide(end)) {
    if (reaches(end)) return toFate(reached(end));
    return toFate((end.mirrors ?? []).some(isReached) ? copied(end) : bare(end));
  }
  const { gates, ofShares, ofMirrors, settle } = end;
  const some = (keys: readonly (readonly string[])[]) =>
    any([...new Set(keys.flat())].map((key) => gates.get(key) ?? never));
  const [everybody, nobody] = [settle(new Set(gates.keys())), settle(new Set())];
  const refused = choose(some(ofMirrors), toFate(copied(nobody)), toFate(bare(nobody)));
  return choose(some(ofShares), toFate(reached(everybody)), refused);
}

function reached({ outcome: _outcome, reason: _reason, status, shares, mirrors, ...rest }: Fate): Fate {
  return {
    ...rest,
    outcome: 'allowed',
    ...(status !== undefined && { status: 200 }),
    shares: shares.map(asReached),
    mirrors: (mirrors ?? []).map(asReached),
  };
}

function copied(fate: Fate): Fate {
  return { ...fate, mirrors: (fate.mirrors ?? []).map(asReached) };
}

function bare(fate: Fate): Fate {
  return { ...fate, mirrors: [] };
}

function asReached(share: Share): Share {
  const fate = { outcome: 'allowed' } as const;
  return { ...share, fate, targets: share.targets.map((target) => ({ ...target, tls: 'plain', fate })) };
}

/** What requests may end at, with how much of them, and when they get there. */
interface WayTo {
  readonly end: string;
  readonly weight: number;
  readonly when: Predicate;
  /** Where nobody there lets it in. */
  readonly refused: Share;
}

function waysOf(end: End, field: Facet['field']): readonly WayTo[] {
  const [all, none] = [bestOf(end), isWide(end) ? end.settle(new Set()) : end];
  return (all[field] ?? []).map((share, i) => {
    const keys = isWide(end) ? (field === 'shares' ? end.ofShares : end.ofMirrors)[i] : undefined;
    const fixed = isReached(share) ? always : never;
    const when = isWide(end) ? any((keys ?? []).map((key) => end.gates.get(key) ?? never)) : fixed;
    return { end: endOf(asReached(share)), weight: share.weight, when, refused: none[field]?.[i] ?? share };
  });
}

/**
 * When it makes a difference that two ends send requests to other ends, or other shares of them to the same: where somebody is reached there,
 * or where refusals are of other kinds. `never` where they do not.
 */
export function changedEnds(x: End, y: End, field: Facet['field']): Predicate {
  const [before, after] = [waysOf(x, field), waysOf(y, field)];
  const isChanged = (end: string) => weightsOf(before, end, field) !== weightsOf(after, end, field);
  const [gone, come] = [before, after].map((ways) => ways.filter(({ end }) => isChanged(end))) as [WayTo[], WayTo[]];
  const [was, is] = [gone, come].map((ways) => contentKey(distribution(ways.map(({ refused }) => refused))));
  const isRefusedOtherwise = field === 'shares' && was !== is;
  return any([...[...gone, ...come].map(({ when }) => when), isRefusedOtherwise ? always : never]);
}

/** Shares of one end add up; each copy is a copy. */
function weightsOf(ways: readonly WayTo[], end: string, field: Facet['field']): string {
  const weights = ways.filter((way) => way.end === end).map(({ weight }) => weight);
  return field === 'shares' ? String(weights.reduce((a, b) => a + b, 0)) : weights.sort((a, b) => a - b).join();
}

/** One target of a forward: its fate alone, as that of a request that goes nowhere else. */
export interface Facet {
  readonly field: 'shares' | 'mirrors';
  /** By destination and workload. */
  readonly name: string;
  /** By what is reached, whatever it is called. */
  readonly endpoint: string;
  /** Equal for facets of one name or endpoint that are equal. */
  readonly key: string;
  readonly decision: Decision;
}

export function facetsOf(end: End): readonly Facet[] {
  const found = new Map<string, Facet>();
  for (const field of ['shares', 'mirrors'] as const) {
    for (const facet of facetsIn(end, field)) found.set(`${facet.name} ${facet.key}`, facet);
  }
  return [...found.values()];
}

function facetsIn(end: End, field: Facet['field']): Facet[] {
  if (!isWide(end)) {
    const targets = (end[field] ?? []).flatMap((share) => share.targets.map((target) => ({ share, target })));
    return targets.map(({ share, target }) => makeFacet(field, share, [target, target], ['', always]));
  }
  const [passed, refused] = [end.settle(new Set(end.gates.keys())), end.settle(new Set())];
  const keys = field === 'shares' ? end.ofShares : end.ofMirrors;
  return (passed[field] ?? []).flatMap((share, i) =>
    share.targets.map((target, k) => {
      const key = keys[i]?.[k] ?? '';
      const denied = refused[field]?.[i]?.targets[k] ?? target;
      return makeFacet(field, share, [target, denied], [key, end.gates.get(key) ?? never]);
    }),
  );
}

function makeFacet(
  field: Facet['field'],
  share: Share,
  [passed, refused]: readonly [Share['targets'][number], Share['targets'][number]],
  [key, when]: readonly [string, Predicate],
): Facet {
  const alone = (target: typeof passed) =>
    toFate(only(field, { ...share, weight: 100, targets: [target], fate: target.fate }));
  const { host, port, subset } = share;
  return {
    field,
    name: `${field} ${host} ${port} ${subset} ${passed.workload ?? ''}`,
    endpoint: `${field} ${passed.workload ?? ''} ${contentKey(passed.endpoint)}`,
    key: contentKey([key, passed.tls, refused.tls, passed.fate]),
    decision: choose(when, alone(passed), alone(refused)),
  };
}

function only(field: 'shares' | 'mirrors', share: Share): Fate {
  const verdict: Pick<Verdict, 'outcome' | 'shares'> = { outcome: 'allowed', shares: [] };
  return { ...verdict, [field]: [share] };
}
