// Some shortest word that lies in several languages at once, without building their product: only what is met on the way is worked out.
import { Budget, limits } from './budget.ts';
import {
  acceptsAny,
  alphabetSize,
  distancesTo,
  jointClasses,
  type Nfa,
  type Reversed,
  reversed,
  stepFrom,
} from './nfa.ts';
import { RankQueue } from './rank-queue.ts';
import { Tuples } from './tuples.ts';

/** A deterministic automaton, -1 where nothing follows. */
export interface TableAutomaton {
  readonly classOf: Uint8Array;
  readonly classes: number;
  readonly next: Int32Array;
}

/** What the word must be: `table`: end in a wanted state. `some`: be accepted. `none`: not be accepted. */
export type Part =
  | {
      readonly kind: 'table';
      readonly automaton: TableAutomaton;
      readonly wanted: Uint8Array;
      /** How many characters it takes at least from each state to a wanted one; -1 where there is no way. */
      readonly toEnd: Int32Array;
    }
  | { readonly kind: 'some' | 'none'; readonly nfa: Nfa };

export function tablePart(automaton: TableAutomaton, wanted: Uint8Array): Part {
  return { kind: 'table', automaton, wanted, toEnd: distancesTo(wanted, backwards(automaton)) };
}

const known = new WeakMap<TableAutomaton, Reversed>();

function backwards(automaton: TableAutomaton): Reversed {
  const found = known.get(automaton);
  if (found) return found;
  const { next, classes } = automaton;
  const made = reversed(
    Array.from({ length: next.length / classes }, (_, state) => next.subarray(state * classes, (state + 1) * classes)),
  );
  known.set(automaton, made);
  return made;
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789/-_.ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** All characters, those that people like to read first. */
const byTaste = [
  ...[...letters].map((c) => c.charCodeAt(0)),
  ...Array.from({ length: alphabetSize }, (_, c) => c).filter((c) => !letters.includes(String.fromCharCode(c))),
];

/**
 * `shortest`: breadth first, and of equally short words one by taste. `any`: where all parts are nearest to their end first,
 * which finds a word of many demands at once where there are very many that meet some of them.
 */
export type Choice = 'shortest' | 'any';

export function findWord(
  parts: readonly Part[],
  choice: Choice = 'any',
  budget = new Budget(limits.searchSteps),
): string | undefined {
  return new Search(parts, choice, budget).run();
}

/** A part of which a place has one state. */
interface Single {
  readonly classOf: Uint8Array;
  readonly classes: number;
  readonly starts: readonly number[];
  /** Of a table. */
  readonly next?: Int32Array;
  /** Of a nondeterministic automaton. */
  readonly lists?: readonly (readonly number[])[];
  readonly wanted: Uint8Array;
  readonly toEnd: Int32Array;
}

/**
 * A place stands in all the automata. Where a word must be accepted, one run is followed at a time; where it must not be, all of them:
 * of two places that differ only there, the one with fewer runs can do all that the other can, so the other is dropped.
 */
class Search {
  readonly #singles: readonly Single[];
  readonly #avoided: readonly Nfa[];
  readonly #characters: readonly number[];
  readonly #partCount: number;
  readonly #isShortest: boolean;
  readonly #budget: Budget;
  readonly #queue = new RankQueue();
  /** The states of places, one for each single part. */
  readonly #states: Tuples;
  /** By place: its states, the place before it, the character in between. */
  readonly #statesOf: number[] = [];
  readonly #before: number[] = [];
  readonly #character: number[] = [];
  /** By place: the runs of each automaton to avoid, sorted. Empty where there is none to avoid. */
  readonly #runs: Runs[] = [];
  /** By states: the places there that none other is better than. Empty where there is nothing to avoid. */
  readonly #best: number[][] = [];
  readonly #dropped = new Set<number>();
  readonly #tuple: Int32Array;

  constructor(parts: readonly Part[], choice: Choice, budget: Budget) {
    this.#singles = parts.flatMap(singleOf);
    this.#avoided = parts.flatMap((part) => (part.kind === 'none' ? [part.nfa] : []));
    this.#characters = charactersOf(parts);
    this.#partCount = parts.length;
    this.#isShortest = choice === 'shortest';
    this.#budget = budget;
    this.#states = new Tuples(this.#singles.length);
    this.#tuple = new Int32Array(this.#singles.length);
  }

  run(): string | undefined {
    const runs = this.#avoided.map(({ starts }) => starts.toSorted((a, b) => a - b));
    this.#enter(
      this.#singles.map(({ starts }) => starts),
      0,
      { runs, before: -1, character: -1 },
    );
    for (let at = this.#queue.take(); at !== undefined; at = this.#queue.take()) {
      if (this.#dropped.has(at)) continue;
      if (this.#isFound(at)) return this.#wordOf(at);
      const cost = 2 + this.#partCount + demandsOf(this.#runs[at] ?? nothing);
      for (const character of this.#characters) {
        this.#budget.spend(cost);
        this.#step(at, character);
      }
    }
    return undefined;
  }

  /** To all places that a character leads to; to none as soon as one part has no way on. */
  #step(at: number, character: number): void {
    const states = this.#statesOf[at] as number;
    const targets: (readonly number[])[] = [];
    let isSure = true;
    for (let i = 0; i < this.#singles.length; i++) {
      const { next, lists, classOf, classes, toEnd } = this.#singles[i] as Single;
      const cell = this.#states.at(states, i) * classes + (classOf[character] as number);
      if (next) {
        const to = next[cell] as number;
        if (to < 0 || (toEnd[to] as number) < 0) return;
        this.#tuple[i] = to;
      } else {
        const list = lists?.[cell] ?? nowhere;
        if (list.length === 0) return;
        if (list.length > 1) isSure = false;
        targets[i] = list;
        this.#tuple[i] = list[0] as number;
      }
    }
    const runs = this.#avoided.length === 0 ? nothing : this.#runsAfter(at, character);
    const way = { runs, before: at, character };
    if (isSure) this.#add(way);
    else this.#enter(targets, 0, way);
  }

  #runsAfter(at: number, character: number): Runs {
    return (this.#runs[at] ?? nothing).map((list, i) => sortedTargets(this.#avoided[i] as Nfa, list, character));
  }

  /** One of each list, in all ways; where there is no list, what stands there already. */
  #enter(lists: readonly (readonly number[] | undefined)[], from: number, way: Way): void {
    if (from === this.#singles.length) {
      this.#add(way);
      return;
    }
    const list = lists[from];
    if (!list) this.#enter(lists, from + 1, way);
    for (const state of list ?? nowhere) {
      this.#tuple[from] = state;
      this.#enter(lists, from + 1, way);
    }
  }

  #add({ runs, before, character }: Way): void {
    const known = this.#states.size;
    const states = this.#states.add(this.#tuple);
    if (this.#avoided.length === 0 ? states < known : this.#isNoBetter(states, runs)) return;
    const place = this.#statesOf.push(states) - 1;
    this.#before.push(before);
    this.#character.push(character);
    if (this.#avoided.length > 0) {
      this.#runs.push(runs);
      this.#best[states]?.push(place);
    }
    this.#queue.add(place, this.#isShortest ? 0 : this.#distance() + demandsOf(runs));
  }

  /** Otherwise those are dropped of which it has fewer runs: it can do all that they can. */
  #isNoBetter(states: number, runs: Runs): boolean {
    const known = this.#best[states] ?? [];
    this.#best[states] = known;
    this.#budget.spend(known.length);
    if (known.some((one) => isWithin(this.#runs[one] ?? nothing, runs))) return true;
    const isWorse = (one: number) => isWithin(runs, this.#runs[one] ?? nothing);
    for (const one of known) if (isWorse(one)) this.#dropped.add(one);
    this.#best[states] = known.filter((one) => !this.#dropped.has(one));
    return false;
  }

  /** How far all parts together are from their ends, at least. */
  #distance(): number {
    let sum = 0;
    for (let i = 0; i < this.#singles.length; i++) sum += this.#singles[i]?.toEnd[this.#tuple[i] as number] ?? 0;
    return sum;
  }

  #isFound(at: number): boolean {
    const states = this.#statesOf[at] as number;
    for (let i = 0; i < this.#singles.length; i++) {
      if (this.#singles[i]?.wanted[this.#states.at(states, i)] !== 1) return false;
    }
    return this.#avoided.every((nfa, i) => !acceptsAny(nfa, this.#runs[at]?.[i] ?? nowhere));
  }

  #wordOf(at: number): string {
    let word = '';
    for (let place = at; (this.#before[place] as number) >= 0; place = this.#before[place] as number)
      word = String.fromCharCode(this.#character[place] as number) + word;
    return word;
  }
}

type Runs = readonly (readonly number[])[];

interface Way {
  readonly runs: Runs;
  readonly before: number;
  readonly character: number;
}

const nowhere: readonly number[] = [];
const nothing: Runs = [];

function singleOf(part: Part): Single[] {
  if (part.kind === 'table') {
    const { automaton, wanted, toEnd } = part;
    return [{ ...automaton, starts: (toEnd[0] ?? -1) >= 0 ? [0] : [], wanted, toEnd }];
  }
  if (part.kind === 'none') return [];
  const { classOf, classes, starts, next, accepting, toEnd } = part.nfa;
  return [{ classOf, classes, starts, lists: next, wanted: accepting, toEnd }];
}

function demandsOf(runs: Runs): number {
  return runs.reduce((sum, list) => sum + list.length, 0);
}

/** The first of each class, by taste. */
function charactersOf(parts: readonly Part[]): number[] {
  const joint = jointClasses(parts.map((part) => (part.kind === 'table' ? part.automaton : part.nfa).classOf));
  const seen = new Uint8Array(alphabetSize);
  return byTaste.filter((character) => {
    const id = joint[character] as number;
    seen[id] = (seen[id] as number) + 1;
    return seen[id] === 1;
  });
}

function sortedTargets(nfa: Nfa, states: readonly number[], character: number): readonly number[] {
  if (states.length === 0) return nowhere;
  const found = new Set<number>();
  for (const state of states) for (const to of stepFrom(nfa, state, character)) found.add(to);
  return [...found].sort((a, b) => a - b);
}

/** Whether the runs of every automaton are among those of the other place. */
function isWithin(few: readonly (readonly number[])[], many: readonly (readonly number[])[]): boolean {
  return few.every((list, i) => isSubset(list, many[i] ?? nowhere));
}

function isSubset(few: readonly number[], many: readonly number[]): boolean {
  let at = 0;
  for (const one of few) {
    while (at < many.length && (many[at] as number) < one) at += 1;
    if (many[at] !== one) return false;
  }
  return true;
}
