// One form for every automaton of the same language, and the way from a nondeterministic one to refa, which finds it.
import { createHash } from 'node:crypto';
import { CharSet, type DFA, type TransitionIterator } from 'refa';
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

/** State -1 stands for all the starts. */
export function iteratorOf({ classOf, classes, starts, next, accepting }: Nfa): TransitionIterator<number> {
  const characters: number[][] = Array.from({ length: classes }, () => []);
  classOf.forEach((id, character) => {
    characters[id]?.push(character);
  });
  const membersOf = (state: number) => (state < 0 ? starts : [state]);
  return {
    initial: -1,
    isFinal: (state) => membersOf(state).some((one) => accepting[one] === 1),
    getOut: (state) => {
      const out = new Map<number, Set<number>>();
      for (const member of membersOf(state)) {
        for (let id = 0; id < classes; id++) {
          for (const to of next[member * classes + id] ?? []) out.set(to, (out.get(to) ?? new Set()).add(id));
        }
      }
      const setOf = (ids: Set<number>) => [...ids].flatMap((id) => characters[id] ?? []).sort((a, b) => a - b);
      return new Map([...out].map(([to, ids]) => [to, CharSet.fromCharacters(maxCharacter, setOf(ids))]));
    },
  };
}
