// The union of two tables, smallest again. Unions of very many languages are made of many such.
import type { Table } from './canonical.ts';
import { jointClasses, representativesOf } from './nfa.ts';
import { tableFrom } from './table-parts.ts';
import { Tuples } from './tuples.ts';

/** Undefined where there would be more states than `limit`. From every state of it a word goes on, as from those it is made of. */
export function unionTable(a: Table, b: Table, limit: number): Table | undefined {
  const classOf = jointClasses([a.classOf, b.classOf]);
  const representatives = representativesOf(classOf);
  const classes = representatives.length;
  const ways = representatives.map((character) => [a.classOf[character], b.classOf[character]] as const);
  // Both numbers plus 1: 0 is where that language takes nothing more.
  const states = new Tuples(2);
  const pair = Int32Array.of(1, 1);
  const next: number[] = [];
  const accepting: number[] = [];
  states.add(pair);
  for (let state = 0; state < states.size; state++) {
    if (states.size > limit) return undefined;
    const [p, q] = [states.at(state, 0) - 1, states.at(state, 1) - 1];
    accepting.push(a.accepting[p] === 1 || b.accepting[q] === 1 ? 1 : 0);
    for (const [x = 0, y = 0] of ways) {
      pair[0] = p < 0 ? 0 : (a.next[p * a.classes + x] as number) + 1;
      pair[1] = q < 0 ? 0 : (b.next[q * b.classes + y] as number) + 1;
      next.push(pair[0] === 0 && pair[1] === 0 ? -1 : states.add(pair));
    }
  }
  return smallest({ classOf, classes, next: Int32Array.from(next), accepting: Uint8Array.from(accepting) });
}

/** States that nothing tells apart become one. Told apart first by whether they accept, then by which of those so far they lead to. */
function smallest({ classOf, classes, next, accepting }: Table): Table {
  let kind = Int32Array.from(accepting);
  let kinds = new Set(accepting).size;
  for (;;) {
    const told = new Tuples(classes + 1);
    const tuple = new Int32Array(classes + 1);
    const finer = new Int32Array(kind.length);
    for (let state = 0; state < kind.length; state++) {
      tuple[classes] = kind[state] as number;
      for (let id = 0; id < classes; id++) {
        const to = next[state * classes + id] as number;
        tuple[id] = to < 0 ? -1 : (kind[to] as number);
      }
      finer[state] = told.add(tuple);
    }
    kind = finer;
    if (told.size === kinds) break;
    kinds = told.size;
  }
  const made = new Int32Array(kinds * classes);
  const ends = new Uint8Array(kinds);
  for (let state = 0; state < kind.length; state++) {
    const one = kind[state] as number;
    ends[one] = accepting[state] as number;
    for (let id = 0; id < classes; id++) {
      const to = next[state * classes + id] as number;
      made[one * classes + id] = to < 0 ? -1 : (kind[to] as number);
    }
  }
  return tableFrom({ classOf, classes, next: made, accepting: ends }, kind[0] as number);
}
