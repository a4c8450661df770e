// Very many words as few tables, each made at once: a union of one after the other would be most of the work.
import type { Table } from './canonical.ts';
import { classesApart, representativesOf } from './nfa.ts';
import { tableFrom } from './table-parts.ts';

/** A state that may still get further ways: those that begin as the last word did. */
interface OpenState {
  isEnd: boolean;
  readonly codes: number[];
  /** By code; that of the last is only known when it is closed. */
  readonly targets: number[];
}

/** ASCII words, each once. No table has more than about `limit` states. https://aclanthology.org/J00-1002/ */
export function tablesOfWords(words: readonly string[], limit: number): readonly Table[] {
  const found: Table[] = [];
  let made = new WordStates();
  let before = '';
  for (const word of words.toSorted()) {
    if (made.size + before.length > limit) {
      found.push(made.table());
      made = new WordStates();
    }
    made.add(word);
    before = word;
  }
  return words.length === 0 ? found : [...found, made.table()];
}

/** Words are added in order. */
class WordStates {
  readonly #closed: OpenState[] = [];
  readonly #numbers = new Map<string, number>();
  /** Along the last word. */
  readonly #open: OpenState[] = [{ isEnd: false, codes: [], targets: [] }];
  #last = '';

  get size(): number {
    return this.#closed.length;
  }

  add(word: string): void {
    let shared = 0;
    while (shared < word.length && word.charCodeAt(shared) === this.#last.charCodeAt(shared)) shared += 1;
    this.#closeFrom(shared);
    for (let i = shared; i < word.length; i++) {
      this.#open[i]?.codes.push(word.charCodeAt(i));
      this.#open.push({ isEnd: false, codes: [], targets: [] });
    }
    const end = this.#open.at(-1);
    if (end) end.isEnd = true;
    this.#last = word;
  }

  table(): Table {
    this.#closeFrom(0);
    const start = this.#close(this.#open[0] as OpenState);
    const classOf = classesApart(this.#closed.flatMap(({ codes }) => codes));
    const classes = representativesOf(classOf).length;
    const next = new Int32Array(this.#closed.length * classes).fill(-1);
    for (const [state, { codes, targets }] of this.#closed.entries())
      for (const [i, code] of codes.entries()) next[state * classes + (classOf[code] as number)] = targets[i] as number;
    const accepting = Uint8Array.from(this.#closed, ({ isEnd }) => (isEnd ? 1 : 0));
    return tableFrom({ classOf, classes, next, accepting }, start);
  }

  #closeFrom(depth: number): void {
    while (this.#open.length > depth + 1) {
      const number = this.#close(this.#open.pop() as OpenState);
      this.#open.at(-1)?.targets.push(number);
    }
  }

  /** States from which the same words go on are one. */
  #close(state: OpenState): number {
    const key = `${state.isEnd} ${state.codes.join()} ${state.targets.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#closed.length);
    return this.#closed.push(state) - 1;
  }
}
