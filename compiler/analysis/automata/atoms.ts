// Splits one dimension into atoms: the smallest partition of its values such that no condition tells two values of one atom apart.
// Conditions that combine in too many ways split it several times, each time by some of them.
import { bytesOf } from '../../model/index.ts';
import { limits, TooWide } from './budget.ts';
import { shortKey } from './canonical.ts';
import type { Language, LargeLanguage, TableLanguage } from './language.ts';
import { alphabetSize, jointClasses, type Nfa, representativesOf } from './nfa.ts';
import { grown } from './node-store.ts';
import { type Part, tablePart, type TableAutomaton } from './search.ts';
import { Tuples } from './tuples.ts';

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

/** Whoever calls next, or not yet, asks the same of a host. */
const lastSplits = new Map<string, readonly Atoms[]>();
const lastLimit = 4;

/** At least one partition. All languages of the first of them, in the ordinary case, run in lockstep. */
export function splitIntoAtoms(universe: TableLanguage, languages: readonly Language[]): readonly Atoms[] {
  if (languages.length < manyLanguages) return splitAnew(universe, languages);
  const key = shortKey('', [universe, ...languages].map((language) => language.key).join(' '));
  const made = lastSplits.get(key) ?? splitAnew(universe, languages);
  lastSplits.delete(key);
  lastSplits.set(key, made);
  for (const oldest of lastSplits.keys()) if (lastSplits.size > lastLimit) lastSplits.delete(oldest);
  return made;
}

/** Few are split as quickly as they are looked up. */
const manyLanguages = 20;

function splitAnew(universe: TableLanguage, languages: readonly Language[]): readonly Atoms[] {
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
  if (joined.length + large.length > limits.splits) throw new TooWide();
  return [...(joined.length === 0 ? [whole] : joined).map(atomsOfSplit), ...large];
}

function isTable(language: Language | undefined): language is TableLanguage {
  return language !== undefined && 'next' in language;
}

function startOf({ next, accepting, classOf, classes }: TableLanguage): Pick<Split, 'automaton' | 'count'> {
  return { automaton: { classOf, classes, next, atom: Int32Array.from(accepting, (bit) => bit - 1) }, count: 1 };
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
  const { automaton, pairs } = found;
  const inside = Uint8Array.from({ length: pairs.size }, (_, atom) => pairs.at(atom, 1));
  return { automaton, count: inside.length, languages: bothSides(inside, group), failures: 0 };
}

function bothSides(inside: Uint8Array, group: readonly Language[]): Split['languages'] {
  return group.map(({ key, unsigned }) => ({
    key,
    inside: unsigned.isNegated ? inside.map((bit) => 1 - bit) : inside,
  }));
}

/** Like with like first, so that a join that fails costs little: in pairs, the pairs in pairs, and so on. */
function joinAll(splits: readonly Split[]): readonly Split[] {
  const work: Work = { left: limits.joinSteps };
  let lists = splits.map((split): readonly Split[] => [split]);
  while (lists.length > 1) {
    const next: (readonly Split[])[] = [];
    for (let i = 0; i < lists.length; i += 2) next.push(joinLists(lists[i] ?? [], lists[i + 1] ?? [], work));
    lists = next;
  }
  return lists[0] ?? [];
}

function joinLists(a: readonly Split[], b: readonly Split[], work: Work): readonly Split[] {
  const found = [...a];
  for (const split of b) {
    let isPlaced = false;
    for (let i = 0; i < found.length && !isPlaced; i++) {
      const other = found[i] as Split;
      if (other.failures >= failureLimit) continue;
      const joined = join(other, split, work);
      found[i] = joined ?? { ...other, failures: other.failures + 1 };
      isPlaced = joined !== undefined;
    }
    if (!isPlaced) found.push(split);
  }
  return found;
}

/** Transitions that may still be followed; below 0 nothing is joined any more. */
interface Work {
  left: number;
}

/** Undefined if there would be too many atoms, or too many states, or it is too much work. */
function join(a: Split, b: Split, work: Work): Split | undefined {
  const limit = freeAtoms + atomsALanguage * (a.languages.length + b.languages.length);
  const { classOf, classes, next, atom } = b.automaton;
  const found = product(
    a.automaton,
    {
      classOf,
      next: (state, character) => next[state * classes + (classOf[character] as number)] as number,
      atom: (state) => atom[state] as number,
    },
    { limit, work },
  );
  if (!found) return undefined;
  const languages = [...moved(a, found, 0), ...moved(b, found, 1)];
  return { automaton: found.automaton, count: found.pairs.size, languages, failures: 0 };
}

/** The languages of a factor, by the atoms of the product. */
function moved({ languages }: Split, { pairs }: Product, side: 0 | 1): Split['languages'] {
  const from = Int32Array.from({ length: pairs.size }, (_, atom) => pairs.at(atom, side));
  return languages.map(({ key, inside }) => {
    const made = new Uint8Array(from.length);
    for (let atom = 0; atom < from.length; atom++) made[atom] = inside[from[atom] as number] as number;
    return { key, inside: made };
  });
}

interface Factor {
  readonly classOf: Uint8Array;
  readonly next: (state: number, character: number) => number;
  readonly atom: (state: number) => number;
}

interface Product {
  readonly automaton: AtomAutomaton;
  /** By atom: those of both factors. */
  readonly pairs: Tuples;
}

const endless = { limit: Number.POSITIVE_INFINITY, work: { left: Number.POSITIVE_INFINITY } };

/** States are numbered breadth first, and atoms by their first state: the same however it came about. */
function product(
  a: AtomAutomaton,
  b: Factor,
  { limit, work }: { readonly limit: number; readonly work: Work } = endless,
): Product | undefined {
  const classOf = jointClasses([a.classOf, b.classOf]);
  const representatives = representativesOf(classOf);
  const classes = representatives.length;
  const states = new Tuples(2);
  const pairs = new Tuples(2);
  const atom: number[] = [];
  const pair = new Int32Array(2);
  let next = new Int32Array(64 * classes);
  states.add(pair);
  for (let state = 0; state < states.size; state++) {
    const [p, q] = [states.at(state, 0), states.at(state, 1)];
    [pair[0], pair[1]] = [a.atom[p] as number, b.atom(q)];
    atom.push(pair[0] < 0 || pair[1] < 0 ? -1 : pairs.add(pair));
    work.left -= classes;
    if (pairs.size > limit || states.size > limits.axisStates || work.left < 0) return undefined;
    if ((state + 1) * classes > next.length) next = grown(next);
    for (let i = 0; i < classes; i++) {
      const character = representatives[i] as number;
      const to = a.next[p * a.classes + (a.classOf[character] as number)] as number;
      const other = to < 0 ? -1 : b.next(q, character);
      [pair[0], pair[1]] = [to, other];
      next[state * classes + i] = other < 0 ? -1 : states.add(pair);
    }
  }
  return {
    automaton: { classOf, classes, next: next.slice(0, atom.length * classes), atom: Int32Array.from(atom) },
    pairs,
  };
}

function atomsOfSplit({ automaton, count, languages }: Split): Atoms {
  const known = new Map<string, readonly Part[]>();
  return {
    count,
    areInhabited: true,
    inside: new Map(languages.map(({ key, inside }) => [key, inside])),
    atomOf: (value) => runAtom(automaton, bytesOf(value)),
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
