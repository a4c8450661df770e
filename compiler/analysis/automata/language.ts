// A regular language over bytes: the exact set of strings a condition accepts. Immutable. Written out as a table where that is of a
// reasonable size, built on refa; else kept as a nondeterministic automaton, and searched only when somebody asks.
import { DFA, TooManyNodesError } from 'refa';
import { type Budget, limits, TooWide } from './budget.ts';
import { determinize } from './determinize.ts';
import { dfaOf, keyOfTable, shortKey, type Table, tableAfter, tableOf } from './canonical.ts';
import {
  acceptsAny,
  beforeEnding,
  buildNfa,
  concatenation,
  intersection,
  maxCharacter,
  type Nfa,
  remainder,
  statesAfter,
  union,
} from './nfa.ts';
import { findWord } from './search.ts';
import { bytesOf, textOf } from '../../model/index.ts';
import { onlyWord, tableFrom, tableWithPrefix } from './table-parts.ts';
import { unionTable } from './table-union.ts';

export { alphabetSize, maxCharacter } from './nfa.ts';

const options = { maxCharacter };

export abstract class Language {
  /** Equal keys, equal languages. Of languages that are tables the other way round as well. */
  abstract readonly key: string;
  /** A language and its complement split a dimension alike; so do those of one automaton. */
  abstract readonly unsigned: { readonly language: Language; readonly isNegated: boolean };
  abstract readonly isEmpty: boolean;

  /** Of a text, which stands for its bytes; so in `after` and `before`. */
  abstract has(text: string): boolean;
  abstract and(other: Language): Language;
  abstract or(other: Language): Language;
  /** Every other string over the alphabet. */
  abstract not(): Language;
  /** Each word of this language followed by each of the other. */
  abstract followedBy(other: Language): Language;
  /** The words that may follow `prefix` in a word of this language. */
  abstract after(prefix: string): Language;
  /** What may stand before `ending` in a word of this language. */
  abstract before(ending: string): Language;

  /** Where this language and the other accept the same set. */
  equals(other: Language): boolean {
    return this.key === other.key;
  }
}

export class TableLanguage extends Language implements Table {
  readonly key: string;
  readonly classOf: Uint8Array;
  readonly classes: number;
  readonly next: Int32Array;
  readonly accepting: Uint8Array;
  #known: DFA | undefined;
  #complement: TableLanguage | undefined;
  #isComplement = false;
  #nfa: Nfa | undefined;
  /** What is left behind each state that somebody asked for. */
  #behind: Map<number, TableLanguage> | undefined;

  constructor(table: Table) {
    super();
    this.classOf = table.classOf;
    this.classes = table.classes;
    this.next = table.next;
    this.accepting = table.accepting;
    this.key = keyOfTable(table);
  }

  /** Most are only looked at, and never combined. */
  get #dfa(): DFA {
    this.#known ??= dfaOf(this);
    return this.#known;
  }

  get unsigned() {
    return this.#isComplement && this.#complement
      ? { language: this.#complement, isNegated: true }
      : { language: this, isNegated: false };
  }

  get isEmpty(): boolean {
    return !this.accepting.includes(1);
  }

  get nfa(): Nfa {
    this.#nfa ??= buildNfa<number>({
      classOf: this.classOf,
      starts: [0],
      keyOf: (state) => state,
      step: (state, character) => [this.step(state, character)].filter((to) => to >= 0),
      accepts: (state) => this.accepting[state] === 1,
    });
    return this.#nfa;
  }

  has(text: string): boolean {
    const state = this.stateAfter(0, bytesOf(text));
    return state >= 0 && this.accepting[state] === 1;
  }

  /** -1 once no accepted word can follow. */
  stateAfter(from: number, bytes: string): number {
    let state = from;
    for (let i = 0; i < bytes.length && state >= 0; i++) state = this.step(state, bytes.charCodeAt(i));
    return state;
  }

  step(state: number, character: number): number {
    if (character > maxCharacter) return -1;
    return this.next[state * this.classes + (this.classOf[character] as number)] as number;
  }

  and(other: Language): Language {
    if (!(other instanceof TableLanguage)) return other.and(this);
    return table(
      (factory) => DFA.fromIntersection(this.#dfa, other.#dfa, factory),
      () => intersection(this.nfa, other.nfa),
    );
  }

  or(other: Language): Language {
    if (!(other instanceof TableLanguage)) return other.or(this);
    if (this.isEmpty || other.isEmpty) return this.isEmpty ? other : this;
    const made = unionTable(this, other, limits.languageStates);
    return made ? new TableLanguage(made) : new LargeLanguage(union(this.nfa, other.nfa));
  }

  not(): TableLanguage {
    if (this.#complement) return this.#complement;
    const dfa = this.#dfa.copy();
    dfa.complement();
    const made = new TableLanguage(tableOf(dfa));
    made.#complement = this;
    made.#isComplement = true;
    this.#complement = made;
    return made;
  }

  followedBy(other: Language): Language {
    if (other instanceof LargeLanguage) return other.precededBy(this);
    const word = other instanceof TableLanguage && !other.isEmpty ? onlyWord(this) : undefined;
    if (word !== undefined) return new TableLanguage(tableWithPrefix(word, other as TableLanguage));
    return languageOf(concatenation(this.nfa, nfaOf(other)));
  }

  after(prefix: string): Language {
    const state = this.stateAfter(0, bytesOf(prefix));
    if (state < 0) return empty;
    this.#behind ??= new Map();
    const made = this.#behind.get(state) ?? new TableLanguage(tableFrom(this, state));
    this.#behind.set(state, made);
    return made;
  }

  before(ending: string): Language {
    return languageOf(beforeEnding(this.nfa, bytesOf(ending)));
  }

  /** Some shortest word, or undefined for the empty language. */
  someWord(): string | undefined {
    for (const word of this.#dfa.words()) return textOf(String.fromCharCode(...word));
    return undefined;
  }
}

/** A language, or the complement of one, whose table would be too large. */
export class LargeLanguage extends Language {
  readonly key: string;
  readonly nfa: Nfa;
  readonly isNegated: boolean;
  readonly #positive: LargeLanguage;

  /** `positive`: the language of which this is the complement. */
  constructor(nfa: Nfa, positive?: LargeLanguage) {
    super();
    this.nfa = nfa;
    this.isNegated = positive !== undefined;
    this.#positive = positive ?? this;
    this.key = positive
      ? `not ${positive.key}`
      : shortKey('large ', JSON.stringify([nfa.starts, [...nfa.classOf], nfa.next, [...nfa.accepting]]));
  }

  get unsigned() {
    return { language: this.#positive, isNegated: this.isNegated };
  }

  get isEmpty(): boolean {
    return findWord([{ kind: this.isNegated ? 'none' : 'some', nfa: this.nfa }]) === undefined;
  }

  has(text: string): boolean {
    return acceptsAny(this.nfa, statesAfter(this.nfa, bytesOf(text))) !== this.isNegated;
  }

  and(other: Language): Language {
    if (this.isNegated) return this.not().or(other.not()).not();
    if (other instanceof LargeLanguage && other.isNegated) throw new TooWide();
    return languageOf(intersection(this.nfa, nfaOf(other)));
  }

  or(other: Language): Language {
    if (this.isNegated) return this.not().and(other.not()).not();
    if (other instanceof LargeLanguage && other.isNegated) throw new TooWide();
    return languageOf(union(this.nfa, nfaOf(other)));
  }

  not(): LargeLanguage {
    return this.isNegated ? this.#positive : new LargeLanguage(this.nfa, this);
  }

  followedBy(other: Language): Language {
    if (this.isNegated || (other instanceof LargeLanguage && other.isNegated)) throw new TooWide();
    return languageOf(concatenation(this.nfa, nfaOf(other)));
  }

  precededBy(before: TableLanguage): Language {
    if (this.isNegated) throw new TooWide();
    return languageOf(concatenation(before.nfa, this.nfa));
  }

  after(prefix: string): Language {
    const rest = languageOf(remainder(this.nfa, bytesOf(prefix)));
    return this.isNegated ? rest.not() : rest;
  }

  before(ending: string): Language {
    const begun = languageOf(beforeEnding(this.nfa, bytesOf(ending)));
    return this.isNegated ? begun.not() : begun;
  }
}

/** How much of the automaton has to be written down. */
export function sizeOf(language: Language): number {
  return language instanceof TableLanguage ? language.next.length : nfaOf(language).next.length;
}

function nfaOf(language: Language): Nfa {
  return (language as TableLanguage | LargeLanguage).nfa;
}

function table(build: (factory: DFA.LimitedNodeFactory) => DFA, orElse: () => Nfa): Language {
  try {
    return new TableLanguage(tableOf(build(new DFA.LimitedNodeFactory(limits.languageStates))));
  } catch (error) {
    if (!(error instanceof TooManyNodesError)) throw error;
    return new LargeLanguage(orElse());
  }
}

/** `budget` is charged with what it costs to write it out. */
export function languageOf(nfa: Nfa, budget?: Budget): Language {
  const found = determinize(nfa, budget);
  return found ? new TableLanguage(tableOf(dfaOf({ ...nfa, ...found }))) : new LargeLanguage(nfa);
}

export const empty: Language = new TableLanguage(tableOf(DFA.empty(options)));
export const everything: Language = new TableLanguage(tableOf(DFA.all(options)));

/** Exactly these texts. */
export function words(...texts: readonly string[]): Language {
  const [first, ...others] = texts;
  if (first !== undefined && others.length === 0) return textAnd(first, 'alone');
  const codes = texts.map((text) => [...bytesOf(text)].map((byte) => byte.charCodeAt(0)));
  return new TableLanguage(tableOf(DFA.fromWords(codes, options)));
}

export function startingWith(prefix: string): Language {
  return textAnd(prefix, 'all');
}

/** The text, and all that begin with it and a slash. */
export function inSegmentsOf(text: string): Language {
  return textAnd(text, 'slash');
}

function textAnd(text: string, what: Parameters<typeof tableAfter>[1]): Language {
  return new TableLanguage(tableAfter(bytesOf(text), what));
}

export function endingWith(suffix: string): Language {
  return everything.followedBy(words(suffix));
}
