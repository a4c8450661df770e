// One form for every automaton of the same language, and the way to refa, which finds it.
import { hash } from 'node:crypto';
import { CharSet, DFA, type TransitionIterator } from 'refa';
import type { Deterministic } from './determinize.ts';
import { alphabetSize, classesApart, maxCharacter, representativesOf } from './nfa.ts';

/** A deterministic automaton, the smallest of its language, states numbered breadth first by character, classes by their first one. */
export interface Table {
  readonly classOf: Uint8Array;
  readonly classes: number;
  /** By `state * classes + class`, -1 where no accepted word goes on; state 0 is the start. */
  readonly next: Int32Array;
  readonly accepting: Uint8Array;
}

export function tableOf(dfa: DFA): Table {
  dfa.minimize();
  const order = new Map<DFA.Node, number>([[dfa.initial, 0]]);
  for (const node of order.keys()) {
    for (const [, target] of node.out) if (!order.has(target)) order.set(target, order.size);
  }
  const rows = new Int32Array(order.size * alphabetSize).fill(-1);
  const accepting = new Uint8Array(order.size);
  const starts = new Uint8Array(alphabetSize);
  for (const [node, state] of order) {
    for (const [range, target] of node.out) {
      const to = order.get(target) ?? -1;
      rows.fill(to, state * alphabetSize + range.min, state * alphabetSize + range.max + 1);
      starts[range.min] = 1;
      if (range.max < maxCharacter) starts[range.max + 1] = 1;
    }
    accepting[state] = dfa.finals.has(node) ? 1 : 0;
  }
  const classOf = classesOf(rows, starts);
  const representatives = representativesOf(classOf);
  const classes = representatives.length;
  const next = new Int32Array(order.size * classes);
  for (let cell = 0; cell < next.length; cell++) {
    const state = Math.floor(cell / classes);
    next[cell] = rows[state * alphabetSize + (representatives[cell % classes] ?? 0)] ?? -1;
  }
  return { classOf, classes, next, accepting };
}

/** What begins with some bytes: those alone, all, or they and all that go on after a slash. */
export function tableAfter(bytes: string, what: 'alone' | 'all' | 'slash'): Table {
  const codes = [...bytes].map((byte) => byte.charCodeAt(0));
  const way = what === 'slash' ? [...codes, slash] : codes;
  const classOf = classesApart(way);
  const classes = representativesOf(classOf).length;
  const next = new Int32Array((way.length + 1) * classes).fill(-1);
  for (const [state, code] of way.entries()) next[state * classes + (classOf[code] ?? 0)] = state + 1;
  if (what !== 'alone') next.fill(way.length, way.length * classes);
  const accepting = new Uint8Array(way.length + 1);
  accepting[way.length] = 1;
  accepting[codes.length] = 1;
  return { classOf, classes, next, accepting };
}

const slash = 0x2f;

/** Equal for equal languages, and for no others. */
export function keyOfTable({ classOf, next, accepting }: Table): string {
  const bytes = Buffer.allocUnsafe(alphabetSize + accepting.length + next.byteLength);
  bytes.set(classOf);
  bytes.set(accepting, alphabetSize);
  bytes.set(new Uint8Array(next.buffer, next.byteOffset, next.byteLength), alphabetSize + accepting.length);
  return hash('sha256', bytes, 'base64');
}

/** Characters between the places where some state begins to act otherwise are alike; of those that are not neighbours some are as well. */
function classesOf(rows: Int32Array, starts: Uint8Array): Uint8Array {
  const classOf = new Uint8Array(alphabetSize);
  const known = new Map<string, number>();
  for (let character = 0; character < alphabetSize; character++) {
    if (character > 0 && starts[character] === 0) {
      classOf[character] = classOf[character - 1] ?? 0;
      continue;
    }
    let column = '';
    for (let at = character; at < rows.length; at += alphabetSize) column += `${rows[at]},`;
    const id = known.get(column) ?? known.size;
    known.set(column, id);
    classOf[character] = id;
  }
  return classOf;
}

export function shortKey(kind: string, text: string): string {
  return text.length < 100 ? kind + text : `${kind}${hash('sha256', text, 'base64')}`;
}

/** The way back to refa. */
export function dfaOf(automaton: Pick<Table, 'classOf' | 'classes'> & Deterministic): DFA {
  return DFA.fromTransitionIterator(iteratorOf(automaton), { maxCharacter });
}

function iteratorOf({
  classOf,
  classes,
  next,
  accepting,
}: Pick<Table, 'classOf' | 'classes'> & Deterministic): TransitionIterator<number> {
  const characters: number[][] = Array.from({ length: classes }, () => []);
  classOf.forEach((id, character) => {
    characters[id]?.push(character);
  });
  return {
    initial: 0,
    isFinal: (state) => accepting[state] === 1,
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
