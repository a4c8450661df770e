// One form for every automaton of the same language, and the way to refa, which finds it.
import { createHash } from 'node:crypto';
import { CharSet, type DFA, type TransitionIterator } from 'refa';
import type { Deterministic } from './determinize.ts';
import { alphabetSize, maxCharacter, type Nfa } from './nfa.ts';

/** Breadth first, edges by character: the same numbers for every automaton of the same language. */
export function numberStates(dfa: DFA): Map<DFA.Node, number> {
  const order = new Map<DFA.Node, number>([[dfa.initial, 0]]);
  for (const node of order.keys()) {
    for (const [, target] of node.out) if (!order.has(target)) order.set(target, order.size);
  }
  return order;
}

/** Characters between the places where some state begins to act otherwise are alike; of those that are not neighbours some are as well. */
export function classesOf(next: Int32Array, starts: Uint8Array): Uint8Array {
  const classOf = new Uint8Array(alphabetSize);
  const known = new Map<string, number>();
  for (let character = 0; character < alphabetSize; character++) {
    if (character > 0 && starts[character] === 0) {
      classOf[character] = classOf[character - 1] ?? 0;
      continue;
    }
    let column = '';
    for (let at = character; at < next.length; at += alphabetSize) column += `${next[at]},`;
    const id = known.get(column) ?? known.size;
    known.set(column, id);
    classOf[character] = id;
  }
  return classOf;
}

export function shortKey(kind: string, text: string): string {
  return text.length < 100 ? kind + text : `${kind}${createHash('sha256').update(text).digest('base64')}`;
}

/** For refa. */
export function iteratorOf({ classOf, classes }: Nfa, { next, accepting }: Deterministic): TransitionIterator<number> {
  const characters: number[][] = Array.from({ length: classes }, () => []);
  classOf.forEach((id, character) => {
    characters[id]?.push(character);
  });
  return {
    initial: 0,
    isFinal: (state) => accepting[state] === true,
    getOut: (state) => {
      const out = Map.groupBy(characters.keys(), (id) => next[state * classes + id] ?? -1);
      const setOf = (ids: readonly number[]) => ids.flatMap((id) => characters[id] ?? []).sort((a, b) => a - b);
      return new Map(
        [...out].flatMap(([to, ids]) =>
          to < 0 ? [] : [[to, CharSet.fromCharacters(maxCharacter, setOf(ids))] as const],
        ),
      );
    },
  };
}
