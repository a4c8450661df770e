// A regular language over ASCII: the exact set of strings a condition accepts. Built on refa; immutable, and equal languages have equal keys.
import { CharSet, DFA, NFA, type TransitionIterable, type TransitionIterator } from 'refa';

/** Highest character. Request lines and header values are ASCII; a condition on any other character can never hold. */
export const maxCharacter = 0x7f;
export const alphabetSize = maxCharacter + 1;
const options = { maxCharacter };

export class Language {
  /** Canonical: two languages are equal exactly when their keys are. */
  readonly key: string;
  /** `next[state * alphabetSize + character]`, -1 where no accepted word goes on; state 0 is the start. */
  readonly next: Int32Array;
  readonly accepting: Uint8Array;
  readonly #dfa: DFA;

  constructor(dfa: DFA) {
    dfa.minimize();
    this.#dfa = dfa;
    const order = numberStates(dfa);
    this.next = new Int32Array(order.size * alphabetSize).fill(-1);
    this.accepting = new Uint8Array(order.size);
    const lines: string[] = [];
    for (const [node, state] of order) {
      const edges: string[] = [];
      for (const [range, target] of node.out) {
        const to = order.get(target) ?? -1;
        this.next.fill(to, state * alphabetSize + range.min, state * alphabetSize + range.max + 1);
        edges.push(`${range.min}-${range.max}:${to}`);
      }
      this.accepting[state] = dfa.finals.has(node) ? 1 : 0;
      lines.push(`${this.accepting[state]}${edges.join(',')}`);
    }
    this.key = lines.join(';');
  }

  get isEmpty(): boolean {
    return this.#dfa.isEmpty;
  }

  has(text: string): boolean {
    const state = this.stateAfter(0, text);
    return state >= 0 && this.accepting[state] === 1;
  }

  /** -1 once no accepted word can follow. */
  stateAfter(from: number, text: string): number {
    let state = from;
    for (let i = 0; i < text.length && state >= 0; i++) state = this.step(state, text.charCodeAt(i));
    return state;
  }

  step(state: number, character: number): number {
    return character > maxCharacter ? -1 : (this.next[state * alphabetSize + character] ?? -1);
  }

  and(other: Language): Language {
    return new Language(DFA.fromIntersection(this.#dfa, other.#dfa));
  }

  or(other: Language): Language {
    const nfa = NFA.fromFA(this.#dfa);
    nfa.union(other.#dfa);
    return new Language(DFA.fromFA(nfa));
  }

  /** Every other string over the alphabet. */
  not(): Language {
    const dfa = this.#dfa.copy();
    dfa.complement();
    return new Language(dfa);
  }

  /** Each word of this language followed by each of the other. */
  followedBy(other: Language): Language {
    const nfa = NFA.fromFA(this.#dfa);
    nfa.append(other.#dfa);
    return new Language(DFA.fromFA(nfa));
  }

  /** The words that may follow `prefix` in a word of this language. */
  after(prefix: string): Language {
    const initial = this.stateAfter(0, prefix);
    if (initial < 0) return empty;
    return new Language(DFA.fromTransitionIterator(this.#iterator(initial), options));
  }

  /** Where this language and the other accept the same set: used by laws in tests. */
  equals(other: Language): boolean {
    return this.key === other.key;
  }

  /** Some shortest word, or undefined for the empty language. */
  someWord(): string | undefined {
    for (const word of this.#dfa.words()) return String.fromCharCode(...word);
    return undefined;
  }

  #iterator(initial: number): TransitionIterator<number> {
    const getOut = (state: number) => {
      const sets = new Map<number, CharSet>();
      const characters = new Map<number, number[]>();
      for (let c = 0; c < alphabetSize; c++) {
        const to = this.step(state, c);
        if (to >= 0) characters.set(to, [...(characters.get(to) ?? []), c]);
      }
      for (const [to, list] of characters) sets.set(to, CharSet.fromCharacters(maxCharacter, list));
      return sets;
    };
    return { initial, getOut, isFinal: (state) => this.accepting[state] === 1 };
  }
}

/** Breadth first, edges by character: the same numbers for every automaton of the same language. */
function numberStates(dfa: DFA): Map<DFA.Node, number> {
  const order = new Map<DFA.Node, number>([[dfa.initial, 0]]);
  for (const node of order.keys()) {
    for (const [, target] of node.out) if (!order.has(target)) order.set(target, order.size);
  }
  return order;
}

export function languageOf(automaton: TransitionIterable<unknown>): Language {
  return new Language(DFA.fromFA(automaton));
}

export function languageFrom<S>(iterator: TransitionIterator<S>): Language {
  return new Language(DFA.fromTransitionIterator(iterator, options));
}

export const empty = new Language(DFA.empty(options));
export const everything = new Language(DFA.all(options));

/** Exactly these strings; one that is not ASCII adds nothing. */
export function words(...texts: readonly string[]): Language {
  const codes = texts.map((text) => [...text].map((c) => c.codePointAt(0) ?? 0));
  return new Language(
    DFA.fromWords(
      codes.filter((word) => word.every((c) => c <= maxCharacter)),
      options,
    ),
  );
}

export function startingWith(prefix: string): Language {
  return words(prefix).followedBy(everything);
}

export function endingWith(suffix: string): Language {
  return everything.followedBy(words(suffix));
}
