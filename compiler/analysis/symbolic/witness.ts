// Picks one request out of a set of them: a short one that a person could have written.
import type { AtomAutomaton } from '../automata/atoms.ts';
import type { Cube } from '../automata/diagram.ts';
import { alphabetSize, type Language } from '../automata/language.ts';
import type { RequestParts } from '../fields/dimension.ts';
import { pathDimension } from '../fields/path.ts';
import type { Axis, RequestSpace } from './request-space.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789/-_.ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** All characters, those that people like to read first. */
const byTaste = [
  ...[...letters].map((c) => c.charCodeAt(0)),
  ...Array.from({ length: alphabetSize }, (_, c) => c).filter((c) => !letters.includes(String.fromCharCode(c))),
];
const cubeLimit = 200;

/** The simplest request of some cubes, its path also in `within`; undefined if there is none. */
export function findWitness(space: RequestSpace, cubes: Iterable<Cube>, within?: Language): RequestParts | undefined {
  let best: Priced | undefined;
  let left = cubeLimit;
  for (const cube of cubes) {
    // Beyond the limit any witness will do.
    if (left-- <= 0 && best) break;
    const found = witnessOf(space, cube, within);
    if (found && (!best || found.cost < best.cost)) best = found;
  }
  return best?.request;
}

interface Priced {
  readonly request: RequestParts;
  readonly cost: number;
}

function witnessOf(space: RequestSpace, cube: Cube, within: Language | undefined): Priced | undefined {
  let found: Priced = { request: { method: 'GET', path: '/', headers: {} }, cost: 0 };
  for (const [i, axis] of space.axes.entries()) {
    const { dimension } = axis;
    const wanted = cube.atoms.get(i);
    const value = pick(axis, wanted && new Set(wanted), dimension === pathDimension ? within : undefined);
    if (value === undefined) return undefined;
    found = { request: dimension.write(found.request, value), cost: found.cost + dimension.cost(value) };
  }
  return found;
}

function pick(
  { dimension, atoms }: Axis,
  wanted: ReadonlySet<number> | undefined,
  within: Language | undefined,
): string | undefined {
  const isWanted = (value: string) => {
    const atom = atoms.atomOf(value);
    return atom >= 0 && (wanted?.has(atom) ?? true);
  };
  return dimension.usual(isWanted) ?? shortest(atoms.automaton, wanted, within);
}

/** Breadth first, so the first word found is a shortest one; equally short ones by taste. */
function shortest(
  automaton: AtomAutomaton,
  wanted: ReadonlySet<number> | undefined,
  within: Language | undefined,
): string | undefined {
  const { classOf, classes, next, atom } = automaton;
  const isFound = (state: number, other: number) => {
    const a = atom[state] ?? -1;
    return a >= 0 && (wanted?.has(a) ?? true) && (!within || within.accepting[other] === 1);
  };
  const queue: { readonly state: number; readonly other: number; readonly word: string }[] = [
    { state: 0, other: 0, word: '' },
  ];
  const seen = new Set(['0 0']);
  for (const { state, other, word } of queue) {
    if (isFound(state, other)) return word;
    for (const character of byTaste) {
      const to = next[state * classes + (classOf[character] ?? 0)] ?? -1;
      const otherTo = within ? within.step(other, character) : 0;
      const key = `${to} ${otherTo}`;
      if (to < 0 || otherTo < 0 || seen.has(key)) continue;
      seen.add(key);
      queue.push({ state: to, other: otherTo, word: word + String.fromCharCode(character) });
    }
  }
  return undefined;
}
