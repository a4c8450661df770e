// Two decisions about the same requests: every set of requests to which they give different fates, none of the sets empty.
import { type Cube, type Node, yes } from '../automata/diagram.ts';
import { type Decision, type End, isWide } from './choice.ts';
import { type Fate, fateKey, isReached, reaches } from './fate.ts';
import type { RequestSpace } from './request-space.ts';
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

export function differences(space: RequestSpace, base: Decision, head: Decision): Difference[] {
  const { node, pairs } = compareNodes(space, space.compile(base), space.compile(head));
  return pairs.flatMap(({ ends: [x, y], number }): Difference[] => {
    const isHere = (terminal: number) => terminal === number;
    if (!isWide(x) && !isWide(y)) return inhabited(space, node, isHere, { base: x, head: y, aspect: 'whole' });
    return wideDifferences(space, space.diagrams.where(node, isHere), x, y);
  });
}

interface Pair {
  readonly ends: readonly [End, End];
  /** The terminal of the requests that have these ends. */
  readonly number: number;
}

/** Terminal 0 is for requests with the same end in both. */
function compareNodes(space: RequestSpace, a: Node, b: Node): { readonly node: Node; readonly pairs: readonly Pair[] } {
  const pairs: Pair[] = [];
  const numbers = new Map<string, number>();
  const node = space.diagrams.product(a, b, 0, (x, y) => {
    const key = `${x} ${y}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = pairs.length + 1;
    numbers.set(key, number);
    pairs.push({ ends: [space.end(x), space.end(y)], number });
    return number;
  });
  return { node, pairs };
}

function inhabited(
  space: RequestSpace,
  node: Node,
  isHere: (terminal: number) => boolean,
  found: Omit<Difference, 'cubes'>,
): Difference[] {
  const cubes = () => space.cubes(node, isHere);
  return cubes().next().done === true ? [] : [{ ...found, cubes }];
}

/** First whether anybody is reached, and how requests are handled; then where they go; then each target that both have, by itself. */
function wideDifferences(space: RequestSpace, region: Node, x: End, y: End): Difference[] {
  const { diagrams } = space;
  const [a, b] = [x, y].map((end) => space.compile(coarseDecision(end))) as [Node, Node];
  const reached = [a, b].map((node) => diagrams.where(node, (n) => reaches(space.fate(n)))) as [Node, Node];
  const both = diagrams.and(region, diagrams.and(...reached));
  const frames = compareWithin(space, region, [a, b]).flatMap(({ base, head, here }) =>
    frameDifferences(space, here, [base, head], space.predicate(changedEnds(x, y, 'shares'))),
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
function frameDifferences(
  space: RequestSpace,
  here: Node,
  [base, head]: readonly [Fate, Fate],
  ends: Node,
): Difference[] {
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
  const handled = fateKey(before) === fateKey(after) ? [] : inSet(space, here, { base: before, head: after, aspect });
  const sent = { base: before, head: { ...before, shares: head.shares }, aspect } as const;
  return isFull ? [...handled, ...inSet(space, space.diagrams.and(here, ends), sent)] : handled;
}

interface Part {
  readonly base: Fate;
  readonly head: Fate;
  readonly here: Node;
}

function compareWithin(space: RequestSpace, region: Node, nodes: readonly [Node, Node]): Part[] {
  const { node, pairs } = compareNodes(space, ...nodes);
  return pairs.map(({ ends: [base, head], number }) => {
    if (isWide(base) || isWide(head)) throw new Error('a part of a wide forward is wide itself');
    const here = space.diagrams.and(
      region,
      space.diagrams.where(node, (n) => n === number),
    );
    return { base, head, here };
  });
}

function inSet(space: RequestSpace, set: Node, found: Omit<Difference, 'cubes'>): Difference[] {
  return inhabited(space, set, (terminal) => terminal === yesTerminal, found);
}

const yesTerminal = -1 - yes;
