// Splits one dimension into atoms: the smallest partition of its values such that no condition tells two values of one atom apart.
import { alphabetSize, type Language } from './language.ts';

/** All languages run in lockstep; where they end alike, for every one of them, is an atom. */
export interface Atoms {
  readonly count: number;
  /** By index of the language given: for each atom whether it lies inside. */
  readonly inside: readonly Uint8Array[];
  /** The atom of a value; -1 outside the universe. */
  atomOf(value: string): number;
  /** The values of some atoms, as an automaton to search for witnesses. */
  readonly automaton: AtomAutomaton;
}

/** Complete over the character classes: `next[state * classes + class]`, -1 outside the universe. `atom` is -1 for inner states. */
export interface AtomAutomaton {
  readonly classOf: Uint8Array;
  readonly classes: number;
  readonly next: Int32Array;
  readonly atom: Int32Array;
}

const stateLimit = 400_000;

export function splitIntoAtoms(universe: Language, languages: readonly Language[]): Atoms {
  const all = [universe, ...languages];
  const { classOf, representatives } = characterClasses(all);
  const classes = representatives.length;
  const tuples: Int32Array[] = [new Int32Array(all.length)];
  const states = new Map<string, number>([[keyOf(tuples[0] as Int32Array), 0]]);
  const next: number[] = [];
  for (let state = 0; state < tuples.length; state++) {
    const tuple = tuples[state] as Int32Array;
    for (const character of representatives) {
      const target = tuple.map((s, i) => (s < 0 ? -1 : (all[i] as Language).step(s, character)));
      next.push(target[0] === -1 ? -1 : intern(target, tuples, states));
    }
    if (tuples.length > stateLimit) throw new Error('the conditions on one value are too many to compare exactly');
  }
  return label(all, tuples, { classOf, classes, next: Int32Array.from(next) });
}

function intern(tuple: Int32Array, tuples: Int32Array[], states: Map<string, number>): number {
  const key = keyOf(tuple);
  const known = states.get(key);
  if (known !== undefined) return known;
  states.set(key, tuples.length);
  return tuples.push(tuple) - 1;
}

function keyOf(tuple: Int32Array): string {
  return tuple.join(' ');
}

/** Characters that every language treats alike in every state. */
function characterClasses(languages: readonly Language[]): { classOf: Uint8Array; representatives: number[] } {
  let ids = new Array<number>(alphabetSize).fill(0);
  for (const language of languages) {
    for (let state = 0; state < language.accepting.length; state++) {
      const seen = new Map<number, number>();
      ids = ids.map((id, c) => {
        const pair = id * 0x100000 + language.step(state, c) + 1;
        const fresh = seen.get(pair) ?? seen.size;
        seen.set(pair, fresh);
        return fresh;
      });
    }
  }
  const representatives: number[] = [];
  ids.forEach((id, c) => {
    representatives[id] ??= c;
  });
  return { classOf: Uint8Array.from(ids), representatives };
}

function label(all: readonly Language[], tuples: readonly Int32Array[], shape: Omit<AtomAutomaton, 'atom'>): Atoms {
  const [universe, ...languages] = all;
  const atoms = new Map<string, number>();
  const inside: number[][] = languages.map(() => []);
  const atom = Int32Array.from(tuples, (tuple) => {
    if (universe?.accepting[tuple[0] ?? -1] !== 1) return -1;
    const bits = languages.map((language, i) => language.accepting[tuple[i + 1] ?? -1] ?? 0);
    const key = bits.join('');
    const known = atoms.get(key);
    if (known !== undefined) return known;
    bits.forEach((bit, i) => {
      inside[i]?.push(bit);
    });
    atoms.set(key, atoms.size);
    return atoms.size - 1;
  });
  const automaton = { ...shape, atom };
  return {
    count: atoms.size,
    inside: inside.map((bits) => Uint8Array.from(bits)),
    automaton,
    atomOf: (value) => runAtom(automaton, value),
  };
}

function runAtom({ classOf, classes, next, atom }: AtomAutomaton, value: string): number {
  let state = 0;
  for (let i = 0; i < value.length && state >= 0; i++) {
    const character = value.charCodeAt(i);
    state = character < alphabetSize ? (next[state * classes + (classOf[character] ?? 0)] ?? -1) : -1;
  }
  return state < 0 ? -1 : (atom[state] ?? -1);
}
