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
 * A place in all the automata. Where a word must be accepted, one run is followed at a time; where it must not be, all of them:
 * of two places that differ only there, the one with fewer runs can do all that the other can, so the other is dropped.
 */
interface Place {
  /** A state for each table and each `some`. */
  readonly states: readonly number[];
  /** The runs of each `none`, sorted. */
  readonly runs: readonly (readonly number[])[];
  readonly before: number;
  readonly character: number;
}

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
  const single = parts.filter((part) => part.kind !== 'none');
  const avoided = parts.flatMap((part) => (part.kind === 'none' ? [part.nfa] : []));
  const places: Place[] = [];
  const seen = new Map<string, Place[]>();
  const dropped = new Set<Place>();
  const queue = new Queue();
  const add = (place: Place) => {
    const key = place.states.join();
    const known = seen.get(key) ?? [];
    if (avoided.length > 0) budget.spend(known.length);
    if (known.some((one) => isWithin(one.runs, place.runs))) return;
    // It can do all that those can of which it has fewer runs.
    const [better, worse] = [false, true].map((isWorse) =>
      known.filter((one) => isWithin(place.runs, one.runs) === isWorse),
    );
    for (const one of worse ?? []) dropped.add(one);
    seen.set(key, [...(better ?? []), place]);
    const demands = place.runs.reduce((sum, list) => sum + list.length, 0);
    queue.add(places.push(place) - 1, choice === 'any' ? distanceOf(single, place.states) + demands : 0);
  };
  const runs = avoided.map(({ starts }) => starts.toSorted((a, b) => a - b));
  for (const states of combinations(single.map(startsOf))) add({ states, runs, before: -1, character: -1 });
  const characters = charactersOf(parts);
  for (let at = queue.take(); at !== undefined; at = queue.take()) {
    const place = places[at] as Place;
    if (dropped.has(place)) continue;
    if (isFound(place, single, avoided)) return wordOf(places, at);
    for (const character of characters) {
      budget.spend(2 + parts.length + place.runs.reduce((sum, list) => sum + list.length, 0));
      const targets = targetsOf(single, place.states, character);
      if (!targets) continue;
      const runsThere = place.runs.map((list, i) => sortedTargets(avoided[i] as Nfa, list, character));
      for (const states of combinations(targets)) add({ states, runs: runsThere, before: at, character });
    }
  }
  return undefined;
}

/** Those of the lowest rank first, of one rank in the order in which they came. */
class Queue {
  readonly #lists: { readonly items: number[]; taken: number }[] = [];
  #lowest = 0;

  add(item: number, rank: number): void {
    for (let i = this.#lists.length; i <= rank; i++) this.#lists.push({ items: [], taken: 0 });
    this.#lists[rank]?.items.push(item);
    this.#lowest = Math.min(this.#lowest, rank);
  }

  take(): number | undefined {
    for (; this.#lowest < this.#lists.length; this.#lowest++) {
      const list = this.#lists[this.#lowest];
      if (list && list.taken < list.items.length) return list.items[list.taken++];
    }
    return undefined;
  }
}

function distanceOf(parts: readonly SinglePart[], states: readonly number[]): number {
  return parts.reduce(
    (sum, part, i) => sum + ((part.kind === 'table' ? part : part.nfa).toEnd[states[i] ?? 0] ?? 0),
    0,
  );
}

type SinglePart = Exclude<Part, { readonly kind: 'none' }> | { readonly kind: 'some' | 'none'; readonly nfa: Nfa };

function startsOf(part: SinglePart): readonly number[] {
  if (part.kind !== 'table') return part.nfa.starts;
  return (part.toEnd[0] ?? -1) >= 0 ? [0] : [];
}

/** Undefined as soon as one part has no way on. */
function targetsOf(
  parts: readonly SinglePart[],
  states: readonly number[],
  character: number,
): readonly (readonly number[])[] | undefined {
  const found: (readonly number[])[] = [];
  for (const [i, part] of parts.entries()) {
    const to = oneStep(part, states[i] ?? 0, character);
    if (to.length === 0) return undefined;
    found.push(to);
  }
  return found;
}

const nowhere: readonly number[] = [];

function oneStep(part: SinglePart, state: number, character: number): readonly number[] {
  if (part.kind !== 'table') return stepFrom(part.nfa, state, character);
  const { classOf, classes, next } = part.automaton;
  const to = next[state * classes + (classOf[character] ?? 0)] ?? -1;
  return to >= 0 && (part.toEnd[to] ?? -1) >= 0 ? [to] : nowhere;
}

function isFound({ states, runs }: Place, parts: readonly SinglePart[], avoided: readonly Nfa[]): boolean {
  const isThere = (part: SinglePart, state: number) =>
    (part.kind === 'table' ? part.wanted[state] : part.nfa.accepting[state]) === 1;
  return (
    parts.every((part, i) => isThere(part, states[i] ?? 0)) &&
    avoided.every((nfa, i) => !acceptsAny(nfa, runs[i] ?? nowhere))
  );
}

function wordOf(places: readonly Place[], at: number): string {
  let word = '';
  for (let place = places[at]; place && place.character >= 0; place = places[place.before])
    word = String.fromCharCode(place.character) + word;
  return word;
}

/** The first of each class, by taste. */
function charactersOf(parts: readonly Part[]): number[] {
  const joint = jointClasses(parts.map((part) => (part.kind === 'table' ? part.automaton : part.nfa).classOf));
  const seen = new Set<number | undefined>();
  return byTaste.filter((character) => {
    const isNew = !seen.has(joint[character]);
    seen.add(joint[character]);
    return isNew;
  });
}

function sortedTargets(nfa: Nfa, states: readonly number[], character: number): readonly number[] {
  if (states.length === 0) return nowhere;
  const found = new Set<number>();
  for (const state of states) for (const to of stepFrom(nfa, state, character)) found.add(to);
  return [...found].sort((a, b) => a - b);
}

/** One of each list, in all ways. */
function combinations(lists: readonly (readonly number[])[]): number[][] {
  if (lists.every((list) => list.length === 1)) return [lists.map((list) => list[0] as number)];
  let found: number[][] = [[]];
  for (const list of lists) {
    found =
      list.length === 1
        ? found.map((one) => [...one, list[0] as number])
        : found.flatMap((one) => list.map((state) => [...one, state]));
  }
  return found;
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
