// Tables made of other tables without working them out anew: what is left behind a state, and a text before all.
import type { Table } from './canonical.ts';
import { classesApart, jointClasses, representativesOf } from './nfa.ts';

/** From one state on. What can be reached in a smallest automaton is a smallest one: only the numbers are others. */
export function tableFrom({ classOf, classes, next, accepting }: Table, start: number): Table {
  const order = new Map([[start, 0]]);
  for (const state of order.keys()) {
    for (let at = state * classes; at < (state + 1) * classes; at++) {
      const to = next[at] as number;
      if (to >= 0 && !order.has(to)) order.set(to, order.size);
    }
  }
  const states = [...order.keys()];
  const columns = new Map<string, number>();
  const merged: number[] = [];
  const firsts: number[] = [];
  for (let id = 0; id < classes; id++) {
    const column = states.map((state) => next[state * classes + id]).join();
    const known = columns.get(column) ?? columns.size;
    if (known === columns.size) firsts.push(id);
    columns.set(column, known);
    merged.push(known);
  }
  const made = new Int32Array(states.length * firsts.length);
  for (let cell = 0; cell < made.length; cell++) {
    const [state, id] = [states[Math.floor(cell / firsts.length)] ?? 0, firsts[cell % firsts.length] ?? 0];
    made[cell] = order.get(next[state * classes + id] ?? -1) ?? -1;
  }
  return {
    classOf: classOf.map((id) => merged[id] ?? 0),
    classes: firsts.length,
    next: made,
    accepting: Uint8Array.from(states, (state) => accepting[state] ?? 0),
  };
}

/**
 * The text before each word of a language that has some. From its end on, each character needs a state of its own, unless the language has
 * one that takes just that character to the same; before the first that is new all are.
 */
export function tableWithPrefix(text: string, rest: Table): Table {
  let start = 0;
  let length = text.length;
  for (; length > 0; length--) {
    const same = stateBefore(rest, start, text.charCodeAt(length - 1));
    if (same < 0) break;
    start = same;
  }
  if (length === 0) return tableFrom(rest, start);
  const size = rest.accepting.length;
  const codes = Array.from({ length }, (_, i) => text.charCodeAt(i));
  const classOf = jointClasses([rest.classOf, classesApart(codes)]);
  const representatives = representativesOf(classOf);
  const classes = representatives.length;
  const next = new Int32Array((size + length) * classes).fill(-1);
  for (let cell = 0; cell < size * classes; cell++) {
    const id = rest.classOf[representatives[cell % classes] ?? 0] ?? 0;
    next[cell] = rest.next[Math.floor(cell / classes) * rest.classes + id] ?? -1;
  }
  for (const [i, code] of codes.entries())
    next[(size + i) * classes + (classOf[code] ?? 0)] = i + 1 < length ? size + i + 1 : start;
  const accepting = new Uint8Array(size + length);
  accepting.set(rest.accepting);
  return tableFrom({ classOf, classes, next, accepting }, size);
}

/** The state that takes one character only, which leads to `to`; -1 where there is none. */
function stateBefore({ classOf, classes, next, accepting }: Table, to: number, code: number): number {
  const id = classOf[code] as number;
  if (classOf.indexOf(id) !== classOf.lastIndexOf(id)) return -1;
  return accepting.findIndex((isEnd, state) => isEnd === 0 && isSoleWay(next, classes, { state, id, to }));
}

interface Way {
  readonly state: number;
  readonly id: number;
  readonly to: number;
}

function isSoleWay(next: Int32Array, classes: number, { state, id, to }: Way): boolean {
  const row = next.subarray(state * classes, (state + 1) * classes);
  return row.every((target, other) => target === (other === id ? to : -1));
}

/** The word of a language that has one only. */
export function onlyWord({ classOf, classes, next, accepting }: Table): string | undefined {
  let word = '';
  for (let state = 0; accepting[state] === 0; word.length) {
    const row = next.subarray(state * classes, (state + 1) * classes);
    const id = row.findIndex((to) => to >= 0);
    const character = classOf.indexOf(id);
    if (id < 0 || classOf.lastIndexOf(id) !== character || !isSoleWay(next, classes, { state, id, to: row[id] ?? -1 }))
      return undefined;
    word += String.fromCharCode(character);
    state = row[id] ?? -1;
  }
  const isLast = next.subarray(word.length * classes, (word.length + 1) * classes).every((to) => to < 0);
  return isLast ? word : undefined;
}
