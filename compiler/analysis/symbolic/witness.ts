// Picks one request out of a set of them: a short one that a person could have written.
import { METHODS } from 'node:http';
import type { AtomAutomaton, Atoms } from '../automata/atoms.ts';
import type { Cube } from '../automata/diagram.ts';
import { absent } from '../fields/dimensions.ts';
import { alphabetSize, type Language } from '../automata/language.ts';
import type { RequestSpace } from './request-space.ts';

export interface WitnessParts {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const usualMethods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
const knownMethods = [...usualMethods, ...METHODS.filter((m) => m !== 'CONNECT' && !usualMethods.includes(m))];
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789/-_.ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** All characters, those that people like to read first. */
const byTaste = [
  ...[...letters].map((c) => c.charCodeAt(0)),
  ...Array.from({ length: alphabetSize }, (_, c) => c).filter((c) => !letters.includes(String.fromCharCode(c))),
];
const cubeLimit = 200;

/** The simplest request of some cubes, its path also in `within`; undefined if there is none. */
export function findWitness(space: RequestSpace, cubes: Iterable<Cube>, within?: Language): WitnessParts | undefined {
  let best: { readonly parts: WitnessParts; readonly cost: number } | undefined;
  let left = cubeLimit;
  for (const cube of cubes) {
    // Beyond the limit any witness will do.
    if (left-- <= 0 && best) break;
    const parts = witnessOf(space, cube, within);
    if (!parts) continue;
    const cost = costOf(parts);
    if (!best || cost < best.cost) best = { parts, cost };
  }
  return best?.parts;
}

function costOf({ method, path, headers }: WitnessParts): number {
  const values = Object.entries(headers).map(([name, value]) => 20 + name.length + value.length);
  return 4 * knownMethods.indexOf(method) + path.length + values.reduce((a, b) => a + b, 0);
}

function witnessOf(space: RequestSpace, cube: Cube, within: Language | undefined): WitnessParts | undefined {
  const values: string[] = [];
  for (const [i, dimension] of space.dimensions.entries()) {
    const atoms = space.atoms[i];
    const wanted = cube.atoms.get(i);
    if (!atoms) return undefined;
    const value = pick(dimension, atoms, wanted && new Set(wanted), dimension === 'path' ? within : undefined);
    if (value === undefined) return undefined;
    values.push(value);
  }
  const [method = 'GET', path = '/', ...rest] = values;
  const named = rest.map((value, i) => [(space.dimensions[i + 2] ?? '').slice('header '.length), value] as const);
  return { method, path, headers: Object.fromEntries(named.filter(([, value]) => value !== absent)) };
}

function pick(
  dimension: string,
  atoms: Atoms,
  wanted: ReadonlySet<number> | undefined,
  within: Language | undefined,
): string | undefined {
  const isWanted = (value: string) => {
    const atom = atoms.atomOf(value);
    return atom >= 0 && (wanted?.has(atom) ?? true);
  };
  if (dimension === 'method') return knownMethods.find(isWanted) ?? shortest(atoms.automaton, wanted, undefined);
  if (dimension !== 'path' && isWanted(absent)) return absent;
  if (dimension === 'header access-control-request-method' && isWanted('GET')) return 'GET';
  return shortest(atoms.automaton, wanted, within);
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
