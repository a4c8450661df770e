// Two decisions about the same requests: every set of requests to which they give different fates, none of the sets empty.
import { type Cube, type Node, yes } from '../automata/diagram.ts';
import { type Decision, type End, isWide } from './choice.ts';
import { type Fate, fateKey, isReached, reaches } from './fate.ts';
import { always } from './predicate-terms.ts';
import type { RequestSpace } from './request-space.ts';
import type { Part } from './same-outcome.ts';
import { bestOf, changedEnds, coarseDecision, facetsOf } from './wide.ts';

/** `whole`: the fates are complete. `frame`: all but what the targets do. `target`: of one target alone, where both fates reach some. */
export type Aspect = 'whole' | 'frame' | 'target';

export interface Difference {
  readonly base: Fate;
  readonly head: Fate;
  readonly aspect: Aspect;
  /** Disjoint; each time anew. */
  readonly cubes: () => Iterable<Cube>;
}

/** Takes two fates apart where they come to the same for some requests (`partsOf`). The space must know what the parts ask. */
export type TakeApart = (base: Fate, head: Fate) => readonly Part[];

export function differences(
  space: RequestSpace,
  base: Decision,
  head: Decision,
  takeApart: TakeApart = (was, is) => [{ when: always, base: was, head: is }],
): Difference[] {
  const told: Told = (here, { aspect, ...fates }) =>
    takeApart(fates.base, fates.head).flatMap(({ when, ...part }) => {
      if (fateKey(part.base) === fateKey(part.head)) return [];
      const set = when === always ? here : space.diagrams.and(here, space.predicate(when));
      return inSet(space, set, { ...part, aspect });
    });
  return comparePairs(space, space.compile(base), space.compile(head)).flatMap(({ ends: [x, y], here }) =>
    isWide(x) || isWide(y)
      ? wideDifferences(space, here, [x, y], told)
      : told(here, { base: x, head: y, aspect: 'whole' }),
  );
}

/** What differs for the requests of a set. */
type Told = (set: Node, found: Omit<Difference, 'cubes'>) => Difference[];

interface Pair {
  readonly ends: readonly [End, End];
  /** The requests that have these ends. */
  readonly here: Node;
}

/** Where the ends are not the same. */
function comparePairs(space: RequestSpace, a: Node, b: Node): readonly Pair[] {
  const { diagrams } = space;
  const pairs: (readonly [End, End])[] = [];
  const numbers = new Map<string, number>();
  // Terminal 0 is for requests with the same end in both.
  const node = diagrams.product(a, b, 0, (x, y) => {
    const key = `${x} ${y}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = pairs.push([space.end(x), space.end(y)]);
    space.differences.spend(1);
    numbers.set(key, number);
    return number;
  });
  const here = diagrams.split(node);
  return pairs.map((ends, i) => ({ ends, here: here(i + 1) }));
}

/** First whether anybody is reached, and how requests are handled; then where they go; then each target that both have, by itself. */
function wideDifferences(space: RequestSpace, region: Node, [x, y]: readonly [End, End], told: Told): Difference[] {
  const { diagrams } = space;
  const [a, b] = [x, y].map((end) => space.compile(coarseDecision(end))) as [Node, Node];
  const reached = [a, b].map((node) => diagrams.where(node, (n) => reaches(space.fate(n)))) as [Node, Node];
  const both = diagrams.and(region, diagrams.and(...reached));
  const frames = compareWithin(space, region, [a, b]).flatMap(({ base, head, here }) =>
    frameDifferences(space, { base, head, here }, space.predicate(changedEnds(x, y, 'shares')), told),
  );
  const copies = diagrams.and(region, space.predicate(changedEnds(x, y, 'mirrors')));
  const copiesOf = (end: End): Fate => ({ outcome: 'allowed', shares: [], mirrors: bestOf(end).mirrors ?? [] });
  const others = facetsOf(y);
  const targets = facetsOf(x).flatMap((facet) => {
    const sameName = others.filter(({ name }) => name === facet.name);
    const same = sameName.length > 0 ? sameName : others.filter(({ endpoint }) => endpoint === facet.endpoint);
    // Of several of one name, one that is equal; a name that is there twice leads to the same end.
    if (same.some(({ key }) => key === facet.key)) return [];
    return same.slice(0, 1).flatMap(({ decision }) => {
      const nodes = [facet.decision, decision].map((one) => space.compile(one)) as [Node, Node];
      return compareWithin(space, facet.field === 'shares' ? both : region, nodes).flatMap(({ base, head, here }) =>
        inSet(space, here, { base, head, aspect: 'target' }),
      );
    });
  });
  return [...frames, ...inSet(space, copies, { base: copiesOf(x), head: copiesOf(y), aspect: 'target' }), ...targets];
}

/** `ends`: where requests to other ends, or in other shares, make a difference. */
function frameDifferences(space: RequestSpace, { base, head, here }: Compared, ends: Node, told: Told): Difference[] {
  const aspect = 'frame';
  const noCopies = { mirrors: [] };
  if (reaches(base) !== reaches(head)) {
    return inSet(space, here, { base: { ...base, ...noCopies }, head: { ...head, ...noCopies }, aspect });
  }
  const isCopied = (fate: Fate) => (fate.mirrors ?? []).some(isReached);
  const isFull = reaches(base) || (isCopied(base) && isCopied(head));
  const mirrors = isFull ? (base.mirrors ?? []) : [];
  const [before, after] = [
    { ...base, mirrors },
    { ...head, mirrors, shares: isFull ? base.shares : head.shares },
  ];
  const handled = told(here, { base: before, head: after, aspect });
  const sent = { base: before, head: { ...before, shares: head.shares }, aspect } as const;
  return isFull ? [...handled, ...inSet(space, space.diagrams.and(here, ends), sent)] : handled;
}

interface Compared {
  readonly base: Fate;
  readonly head: Fate;
  readonly here: Node;
}

function compareWithin(space: RequestSpace, region: Node, nodes: readonly [Node, Node]): Compared[] {
  return comparePairs(space, ...nodes).map(({ ends: [base, head], here }) => {
    if (isWide(base) || isWide(head)) throw new Error('a part of a wide forward is wide itself');
    return { base, head, here: space.diagrams.and(region, here) };
  });
}

/** Nothing where no request is in the set. */
function inSet(space: RequestSpace, set: Node, found: Omit<Difference, 'cubes'>): Difference[] {
  const cubes = () => space.cubes(set, (terminal) => terminal === yesTerminal);
  return cubes().next().done === true ? [] : [{ ...found, cubes }];
}

const yesTerminal = -1 - yes;
