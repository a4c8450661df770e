// Nondeterministic automata: small where the deterministic one of the same language is not, such as of `.*a.{12}`.
import { Budget, limits, TooWide } from './budget.ts';

/** Characters are bytes: that is what proxies compare. See `bytesOf` for what beyond ASCII comes to. */
export const maxCharacter = 0xff;
export const alphabetSize = maxCharacter + 1;

/** From every state an accepting one can be reached. */
export interface Nfa {
  /** Characters that every state treats alike. */
  readonly classOf: Uint8Array;
  readonly classes: number;
  readonly starts: readonly number[];
  /** By `state * classes + class`. */
  readonly next: readonly (readonly number[])[];
  readonly accepting: Uint8Array;
  /** How many characters it takes at least until something is accepted. */
  readonly toEnd: Int32Array;
}

/** The automaton as a description of what can be done from a state; `S` by its key. */
export interface NfaShape<S> {
  readonly classOf: Uint8Array;
  readonly starts: readonly S[];
  readonly keyOf: (state: S) => string | number;
  /** `character` stands for its class. */
  readonly step: (state: S, character: number) => readonly S[];
  readonly accepts: (state: S) => boolean;
}

export function buildNfa<S>({ classOf, starts, keyOf, step, accepts }: NfaShape<S>): Nfa {
  const representatives = representativesOf(classOf);
  const classes = representatives.length;
  const states: S[] = [];
  const known = new Map<string | number, number>();
  const numberOf = (state: S) => {
    const key = keyOf(state);
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, states.length);
    if (states.length >= limits.automatonStates) throw new TooWide();
    return states.push(state) - 1;
  };
  const first = starts.map(numberOf);
  const next: number[][] = [];
  const transitions = new Budget(limits.automatonTransitions);
  for (let state = 0; state < states.length; state++) {
    for (const character of representatives) {
      const reached = new Set(step(states[state] as S, character).map(numberOf));
      transitions.spend(reached.size);
      next.push([...reached]);
    }
  }
  const accepting = Uint8Array.from(states, (state) => (accepts(state) ? 1 : 0));
  return trim({ classOf, classes, starts: [...new Set(first)], next, accepting });
}

/** Without the states from which nothing is accepted. */
function trim({ classOf, classes, starts, next, accepting }: Omit<Nfa, 'toEnd'>): Nfa {
  const rows = Array.from(accepting, (_, state) => next.slice(state * classes, (state + 1) * classes));
  const distance = distancesTo(accepting, reversed(rows.map((row) => row.flat())));
  const number = new Int32Array(accepting.length).fill(-1);
  const kept = [...accepting.keys()].filter((state) => (distance[state] ?? -1) >= 0);
  kept.forEach((state, i) => {
    number[state] = i;
  });
  const moved = (list: readonly number[]) => list.map((state) => number[state] ?? -1).filter((state) => state >= 0);
  const left = kept.flatMap((state) => (rows[state] ?? []).map(moved));
  const isKept = (_: number, state: number) => (distance[state] ?? -1) >= 0;
  const toEnd = distance.filter((steps) => steps >= 0);
  return { classOf, classes, starts: moved(starts), next: left, accepting: accepting.filter(isKept), toEnd };
}

/** The states from which a state is reached in one step: those of state `s` stand from `starts[s]` on, before `starts[s + 1]`. */
export interface Reversed {
  readonly starts: Int32Array;
  readonly sources: Int32Array;
}

/** `rows`: the targets of each state, those below 0 are none. */
export function reversed(rows: readonly (ArrayLike<number> & Iterable<number>)[]): Reversed {
  const starts = new Int32Array(rows.length + 1);
  for (const row of rows) for (const to of row) if (to >= 0) starts[to + 1] = (starts[to + 1] ?? 0) + 1;
  for (let state = 0; state < rows.length; state++) starts[state + 1] = (starts[state + 1] ?? 0) + (starts[state] ?? 0);
  const sources = new Int32Array(starts[rows.length] ?? 0);
  const filled = starts.slice();
  for (let state = 0; state < rows.length; state++) {
    for (const to of rows[state] ?? []) {
      if (to < 0) continue;
      const at = filled[to] ?? 0;
      sources[at] = state;
      filled[to] = at + 1;
    }
  }
  return { starts, sources };
}

/** How many steps it takes at least from each state to a wanted one; -1 where there is no way. */
export function distancesTo(wanted: Uint8Array, { starts, sources }: Reversed): Int32Array {
  const distance = new Int32Array(wanted.length);
  const queue = new Int32Array(wanted.length);
  let length = 0;
  for (let state = 0; state < wanted.length; state++) {
    distance[state] = wanted[state] === 1 ? 0 : -1;
    if (wanted[state] === 1) queue[length++] = state;
  }
  for (let at = 0; at < length; at++) {
    const state = queue[at] as number;
    const further = (distance[state] as number) + 1;
    for (let i = starts[state] as number; i < (starts[state + 1] as number); i++) {
      const one = sources[i] as number;
      if ((distance[one] as number) >= 0) continue;
      distance[one] = further;
      queue[length++] = one;
    }
  }
  return distance;
}

/** One character of each class, the first. */
export function representativesOf(classOf: Uint8Array): number[] {
  const found: number[] = [];
  classOf.forEach((id, character) => {
    found[id] ??= character;
  });
  return found;
}

/** Characters that all the divisions treat alike, numbered by their first. */
export function jointClasses(divisions: Iterable<Uint8Array>): Uint8Array {
  const joint = new Uint8Array(alphabetSize);
  let before = 1;
  for (const division of divisions) {
    // By pair of classes the new one, plus 1.
    pairNumbers.fill(0, 0, before * alphabetSize);
    let count = 0;
    for (let character = 0; character < alphabetSize; character++) {
      const pair = (joint[character] as number) * alphabetSize + (division[character] as number);
      if (pairNumbers[pair] === 0) pairNumbers[pair] = ++count;
      joint[character] = (pairNumbers[pair] as number) - 1;
    }
    before = count;
  }
  return joint;
}

/** Of use only within `jointClasses`, which is asked for so often that making it is most of the work. */
const pairNumbers = new Uint16Array(alphabetSize * alphabetSize);

/** Each of some characters by itself, and all others. */
export function classesApart(codes: Iterable<number>): Uint8Array {
  const isApart = new Uint8Array(alphabetSize);
  for (const code of codes) isApart[code] = 1;
  const classOf = new Uint8Array(alphabetSize);
  let count = 0;
  let others = -1;
  for (let character = 0; character < alphabetSize; character++) {
    if (isApart[character] === 1) classOf[character] = count++;
    else {
      if (others < 0) others = count++;
      classOf[character] = others;
    }
  }
  return classOf;
}

export function stepFrom({ classOf, classes, next }: Nfa, state: number, character: number): readonly number[] {
  return next[state * classes + (classOf[character] ?? 0)] ?? [];
}

/** All states that a text leads to. */
export function statesAfter(nfa: Nfa, text: string, starts = nfa.starts): readonly number[] {
  let states = starts;
  for (let i = 0; i < text.length && states.length > 0; i++) {
    const character = text.charCodeAt(i);
    if (character > maxCharacter) return [];
    states = [...new Set(states.flatMap((state) => stepFrom(nfa, state, character)))];
  }
  return states;
}

export function acceptsAny({ accepting }: Nfa, states: readonly number[]): boolean {
  return states.some((state) => accepting[state] === 1);
}

export function intersection(a: Nfa, b: Nfa): Nfa {
  const size = b.accepting.length;
  return buildNfa<number>({
    classOf: jointClasses([a.classOf, b.classOf]),
    starts: a.starts.flatMap((p) => b.starts.map((q) => p * size + q)),
    keyOf: (pair) => pair,
    step: (pair, c) => {
      const others = stepFrom(b, pair % size, c);
      return stepFrom(a, Math.floor(pair / size), c).flatMap((p) => others.map((q) => p * size + q));
    },
    accepts: (pair) => a.accepting[Math.floor(pair / size)] === 1 && b.accepting[pair % size] === 1,
  });
}

export function union(a: Nfa, b: Nfa): Nfa {
  const size = a.accepting.length;
  return buildNfa<number>({
    classOf: jointClasses([a.classOf, b.classOf]),
    starts: [...a.starts, ...b.starts.map((q) => size + q)],
    keyOf: (state) => state,
    step: (state, c) => (state < size ? stepFrom(a, state, c) : stepFrom(b, state - size, c).map((q) => size + q)),
    accepts: (state) => (state < size ? a.accepting[state] : b.accepting[state - size]) === 1,
  });
}

/** Each word of the one followed by each of the other. */
export function concatenation(a: Nfa, b: Nfa): Nfa {
  const size = a.accepting.length;
  const begins = (state: number) => a.accepting[state] === 1;
  return buildNfa<number>({
    classOf: jointClasses([a.classOf, b.classOf]),
    starts: a.starts,
    keyOf: (state) => state,
    step: (state, c) => {
      if (state >= size) return stepFrom(b, state - size, c).map((q) => size + q);
      const entered = begins(state) ? b.starts.flatMap((q) => stepFrom(b, q, c)).map((q) => size + q) : [];
      return [...stepFrom(a, state, c), ...entered];
    },
    accepts: (state) => (state < size ? begins(state) && acceptsAny(b, b.starts) : b.accepting[state - size] === 1),
  });
}

/** The words that may follow a prefix. */
export function remainder(nfa: Nfa, prefix: string): Nfa {
  const { classOf } = nfa;
  return buildNfa<number>({
    classOf,
    starts: statesAfter(nfa, prefix),
    keyOf: (state) => state,
    step: (state, character) => stepFrom(nfa, state, character),
    accepts: (state) => nfa.accepting[state] === 1,
  });
}

/** The words that may stand before an ending. */
export function beforeEnding(nfa: Nfa, ending: string): Nfa {
  return buildNfa<number>({
    classOf: nfa.classOf,
    starts: nfa.starts,
    keyOf: (state) => state,
    step: (state, character) => stepFrom(nfa, state, character),
    accepts: (state) => acceptsAny(nfa, statesAfter(nfa, ending, [state])),
  });
}
