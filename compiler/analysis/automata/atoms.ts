// Splits one dimension into atoms: the smallest partition of its values such that no condition tells two values of one atom apart.
// Conditions that combine in too many ways split it several times, each time by some of them.
import { limits } from './budget.ts';
import type { Language, LargeLanguage, TableLanguage } from './language.ts';
import { alphabetSize, jointClasses, type Nfa, representativesOf } from './nfa.ts';
import { type Part, tablePart, type TableAutomaton } from './search.ts';

/** One partition of the values of a dimension. */
export interface Atoms {
  readonly count: number;
  /** Whether every atom has a value. Of a language that is no table nobody knows. */
  readonly areInhabited: boolean;
  /** By key of the languages that made them: for each atom whether it lies inside. */
  readonly inside: ReadonlyMap<string, Uint8Array>;
  /** The atom of a value of the universe. */
  atomOf(value: string): number;
  /** What a search has to heed to find a value in one of these atoms. */
  partsFor(wanted: ReadonlySet<number>): readonly Part[];
}

/** Complete over the character classes: -1 outside the universe. `atom` is -1 for inner states. */
interface AtomAutomaton extends TableAutomaton {
  readonly atom: Int32Array;
}

/** Languages, and the automaton of the atoms that they make. */
interface Split {
  readonly automaton: AtomAutomaton;
  readonly count: number;
  readonly languages: readonly { readonly key: string; readonly inside: Uint8Array }[];
  /** How many others it could not be joined with. */
  readonly failures: number;
}

/** Few atoms do no harm; many only where the languages are many as well. */
const freeAtoms = 64;
const atomsALanguage = 4;
/** A split that many others do not go with is left alone. */
const failureLimit = 6;

/** At least one partition. All languages of the first of them, in the ordinary case, run in lockstep. */
export function splitIntoAtoms(universe: TableLanguage, languages: readonly Language[]): readonly Atoms[] {
  const groups = Map.groupBy(languages, (language) => language.unsigned.language.key);
  const whole: Split = { ...startOf(universe), languages: [], failures: 0 };
  const tables: Split[] = [];
  const large: Atoms[] = [];
  for (const group of groups.values()) {
    const [first] = group;
    const positive = first?.unsigned.language;
    if (isTable(positive)) tables.push(splitBy(whole, positive, group));
    else if (positive) large.push(atomsOfLarge((positive as LargeLanguage).nfa, group));
  }
  const joined = joinAll(tables);
  return [...(joined.length === 0 ? [whole] : joined).map(atomsOfSplit), ...large];
}

function isTable(language: Language | undefined): language is TableLanguage {
  return language !== undefined && 'next' in language;
}

function startOf({ next, accepting, classOf }: TableLanguage): Pick<Split, 'automaton' | 'count'> {
  const representatives = representativesOf(classOf);
  const rows = [...accepting.keys()].flatMap((state) =>
    representatives.map((character) => next[state * alphabetSize + character] ?? -1),
  );
  const atom = Int32Array.from(accepting, (bit) => bit - 1);
  return { automaton: { classOf, classes: representatives.length, next: Int32Array.from(rows), atom }, count: 1 };
}

/** `group`: the language, its complement, or both. */
function splitBy(whole: Split, positive: TableLanguage, group: readonly Language[]): Split {
  const found = product(whole.automaton, {
    classOf: positive.classOf,
    // The state behind the last is where no accepted word goes on.
    next: (state, character) => {
      const to = state < positive.accepting.length ? positive.step(state, character) : -1;
      return to < 0 ? positive.accepting.length : to;
    },
    atom: (state) => positive.accepting[state] ?? 0,
  });
  if (!found) throw new Error('the product with one language is larger than both');
  const inside = Uint8Array.from(found.pairs, ([, bit]) => bit);
  return { automaton: found.automaton, count: inside.length, languages: bothSides(inside, group), failures: 0 };
}

function bothSides(inside: Uint8Array, group: readonly Language[]): Split['languages'] {
  return group.map(({ key, unsigned }) => ({
    key,
    inside: unsigned.isNegated ? inside.map((bit) => 1 - bit) : inside,
  }));
}

/** Like with like first, so that a join that fails costs little: in pairs, the pairs in pairs, and so on. */
function joinAll(splits: readonly Split[]): readonly Split[] {
  let lists = splits.map((split): readonly Split[] => [split]);
  while (lists.length > 1) {
    const next: (readonly Split[])[] = [];
    for (let i = 0; i < lists.length; i += 2) next.push(joinLists(lists[i] ?? [], lists[i + 1] ?? []));
    lists = next;
  }
  return lists[0] ?? [];
}

function joinLists(a: readonly Split[], b: readonly Split[]): readonly Split[] {
  const found = [...a];
  for (const split of b) {
    let isPlaced = false;
    for (let i = 0; i < found.length && !isPlaced; i++) {
      const other = found[i] as Split;
      if (other.failures >= failureLimit) continue;
      const joined = join(other, split);
      found[i] = joined ?? { ...other, failures: other.failures + 1 };
      isPlaced = joined !== undefined;
    }
    if (!isPlaced) found.push(split);
  }
  return found;
}

/** Undefined if there would be too many atoms, or too many states. */
function join(a: Split, b: Split): Split | undefined {
  const limit = freeAtoms + atomsALanguage * (a.languages.length + b.languages.length);
  const { classOf, classes, next, atom } = b.automaton;
  const found = product(
    a.automaton,
    {
      classOf,
      next: (state, character) => next[state * classes + (classOf[character] ?? 0)] ?? -1,
      atom: (state) => atom[state] ?? -1,
    },
    limit,
  );
  if (!found) return undefined;
  const moved = (split: Split, side: 0 | 1) =>
    split.languages.map(({ key, inside }) => ({
      key,
      inside: Uint8Array.from(found.pairs, (pair) => inside[pair[side]] ?? 0),
    }));
  const languages = [...moved(a, 0), ...moved(b, 1)];
  return { automaton: found.automaton, count: found.pairs.length, languages, failures: 0 };
}

interface Factor {
  readonly classOf: Uint8Array;
  readonly next: (state: number, character: number) => number;
  readonly atom: (state: number) => number;
}

interface Product {
  readonly automaton: AtomAutomaton;
  /** By atom: those of both factors. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** States are numbered breadth first, and atoms by their first state: the same however it came about. */
function product(a: AtomAutomaton, b: Factor, atomLimit = Number.POSITIVE_INFINITY): Product | undefined {
  const classOf = jointClasses([a.classOf, b.classOf]);
  const representatives = representativesOf(classOf);
  const left: number[] = [0];
  const right: number[] = [0];
  const known = new Map<number, number>([[0, 0]]);
  const atoms = new Map<number, number>();
  const pairs: (readonly [number, number])[] = [];
  const atom: number[] = [];
  const next: number[] = [];
  for (let state = 0; state < left.length; state++) {
    const [p, q] = [left[state] as number, right[state] as number];
    atom.push(atomOfPair(a.atom[p] ?? -1, b.atom(q), atoms, pairs));
    if (pairs.length > atomLimit || left.length > limits.axisStates) return undefined;
    for (const character of representatives) {
      const to = a.next[p * a.classes + (a.classOf[character] ?? 0)] ?? -1;
      const other = to < 0 ? -1 : b.next(q, character);
      if (other < 0) {
        next.push(-1);
        continue;
      }
      const key = to * 0x1000000 + other;
      let target = known.get(key);
      if (target === undefined) {
        target = left.push(to) - 1;
        right.push(other);
        known.set(key, target);
      }
      next.push(target);
    }
  }
  const classes = representatives.length;
  return { automaton: { classOf, classes, next: Int32Array.from(next), atom: Int32Array.from(atom) }, pairs };
}

function atomOfPair(x: number, y: number, atoms: Map<number, number>, pairs: (readonly [number, number])[]): number {
  if (x < 0 || y < 0) return -1;
  const key = x * 0x1000000 + y;
  const known = atoms.get(key);
  if (known !== undefined) return known;
  atoms.set(key, pairs.length);
  return pairs.push([x, y]) - 1;
}

function atomsOfSplit({ automaton, count, languages }: Split): Atoms {
  const known = new Map<string, readonly Part[]>();
  return {
    count,
    areInhabited: true,
    inside: new Map(languages.map(({ key, inside }) => [key, inside])),
    atomOf: (value) => runAtom(automaton, value),
    partsFor: (wanted) => {
      const key = [...wanted].join();
      const found = known.get(key);
      if (found) return found;
      const isWanted = Uint8Array.from({ length: count }, (_, atom) => (wanted.has(atom) ? 1 : 0));
      const made = [
        tablePart(automaton, automaton.atom.reduce(markWanted(isWanted), new Uint8Array(automaton.atom.length))),
      ];
      if (known.size < knownLimit) known.set(key, made);
      return made;
    },
  };
}

const knownLimit = 256;

function markWanted(isWanted: Uint8Array): (states: Uint8Array, atom: number, state: number) => Uint8Array {
  return (states, atom, state) => {
    if (atom >= 0) states[state] = isWanted[atom] ?? 0;
    return states;
  };
}

/** Atom 1 is the language, atom 0 the rest; either may be empty. */
function atomsOfLarge(nfa: Nfa, group: readonly Language[]): Atoms {
  const [one] = group;
  const positive = one?.unsigned.language;
  return {
    count: 2,
    areInhabited: false,
    inside: new Map(bothSides(Uint8Array.of(0, 1), group).map(({ key, inside }) => [key, inside])),
    atomOf: (value) => (positive?.has(value) ? 1 : 0),
    partsFor: (wanted) => (wanted.size === 1 ? [{ kind: wanted.has(1) ? 'some' : 'none', nfa }] : []),
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

/** What a search has to heed to find a word of a language. */
export function partsWithin(language: Language): Part {
  if (!isTable(language)) {
    const { nfa, isNegated } = language as LargeLanguage;
    return { kind: isNegated ? 'none' : 'some', nfa };
  }
  const { automaton } = startOf(language);
  return tablePart(automaton, language.accepting);
}
