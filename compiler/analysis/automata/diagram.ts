// Hash-consed decision diagrams over atoms: functions from requests to terminals, ours because no maintained library has them.
// Equal functions are the same node, so "did anything change" is a comparison of two numbers.
import { Budget } from './budget.ts';
import { TripleMap } from './triple-map.ts';

/** A node, or a terminal if negative: terminal `n` is `-1 - n`. */
export type Node = number;

export function terminal(n: number): Node {
  return -1 - n;
}

/** Two terminals that stand for the truth values in diagrams of conditions. */
export const no: Node = terminal(0);
export const yes: Node = terminal(1);

/** A set of requests: for some axes (by number) the atoms they may have. Axes not listed are free. */
export interface Cube {
  readonly atoms: ReadonlyMap<number, readonly number[]>;
  readonly terminal: number;
}

/** Whether some request has the atoms so far; asked when those of `axis` have been added. */
export type IsPossible = (atoms: ReadonlyMap<number, readonly number[]>, axis: number) => boolean;

/** Nodes are numbers of one such object, and mean nothing to another. */
export class Diagrams {
  readonly #axes: number[] = [];
  readonly #children: Int32Array[] = [];
  /** Nodes by a hash of their content; of the same hash a list. */
  readonly #unique = new Map<number, number | number[]>();
  readonly #memo = new TripleMap();
  readonly #budget: Budget;

  constructor(budget = new Budget(Number.POSITIVE_INFINITY)) {
    this.#budget = budget;
  }

  /** The axis with most nodes. */
  get widest(): number {
    const counts: number[] = [];
    for (const axis of this.#axes) counts[axis] = (counts[axis] ?? 0) + 1;
    return counts.reduce((best, count, axis) => (count > (counts[best] ?? 0) ? axis : best), 0);
  }

  /** `children` has one node an atom, each only about later axes. */
  node(axis: number, children: Int32Array): Node {
    const first = children[0] ?? no;
    let hash = axis;
    let isConstant = true;
    for (const child of children) {
      if (child !== first) isConstant = false;
      hash = (Math.imul(hash, 31) + child) | 0;
    }
    if (isConstant) return first;
    const known = this.#unique.get(hash);
    const list = typeof known === 'number' ? [known] : (known ?? []);
    const same = list.find((node) => this.#axes[node] === axis && isEqual(this.#children[node], children));
    if (same !== undefined) return same;
    this.#budget.spend(children.length + 8);
    const made = this.#children.length;
    this.#axes.push(axis);
    this.#children.push(children);
    this.#unique.set(hash, known === undefined ? made : [...list, made]);
    return made;
  }

  /** True where the value of an axis lies in a set of atoms. */
  literal(axis: number, inside: Uint8Array): Node {
    const children = new Int32Array(inside.length);
    for (let atom = 0; atom < inside.length; atom++) children[atom] = inside[atom] === 1 ? yes : no;
    return this.node(axis, children);
  }

  and(a: Node, b: Node): Node {
    return this.choose(a, b, no);
  }

  or(a: Node, b: Node): Node {
    return this.choose(a, yes, b);
  }

  not(a: Node): Node {
    return this.choose(a, no, yes);
  }

  /** Where `condition` holds `then`, elsewhere `otherwise`; both may have any terminals. */
  choose(condition: Node, then: Node, otherwise: Node): Node {
    if (condition === yes || then === otherwise) return then;
    if (condition === no) return otherwise;
    if (then === yes && otherwise === no) return condition;
    const known = this.#memo.get(condition, then, otherwise);
    if (known !== undefined) return known;
    const top = Math.min(this.#axisOf(condition), this.#axisOf(then), this.#axisOf(otherwise));
    const [c, t, o] = [this.#under(condition, top), this.#under(then, top), this.#under(otherwise, top)];
    const width = c?.length ?? t?.length ?? o?.length ?? 0;
    this.#budget.spend(width + 8);
    const children = new Int32Array(width);
    for (let atom = 0; atom < width; atom++) {
      children[atom] = this.choose(c?.[atom] ?? condition, t?.[atom] ?? then, o?.[atom] ?? otherwise);
    }
    const made = this.node(top, children);
    this.#memo.set(condition, then, otherwise, made);
    return made;
  }

  /**
   * The pairs of terminals that two diagrams give to the same requests, as terminals numbered by `pair`;
   * `same` for all requests to which both give the same.
   */
  product(a: Node, b: Node, same: number, pair: (a: number, b: number) => number): Node {
    const memo = new TripleMap();
    const walk = (x: Node, y: Node): Node => {
      if (x === y) return terminal(same);
      if (x < 0 && y < 0) return terminal(pair(-1 - x, -1 - y));
      const known = memo.get(x, y, 0);
      if (known !== undefined) return known;
      const top = Math.min(this.#axisOf(x), this.#axisOf(y));
      const [p, q] = [this.#under(x, top), this.#under(y, top)];
      const width = p?.length ?? q?.length ?? 0;
      this.#budget.spend(width + 8);
      const children = new Int32Array(width);
      for (let atom = 0; atom < width; atom++) children[atom] = walk(p?.[atom] ?? x, q?.[atom] ?? y);
      const made = this.node(top, children);
      memo.set(x, y, 0, made);
      return made;
    };
    return walk(a, b);
  }

  /** True where the terminal is wanted. */
  where(node: Node, isWanted: (terminal: number) => boolean): Node {
    const memo = new Map<Node, Node>();
    const walk = (at: Node): Node => {
      if (at < 0) return isWanted(-1 - at) ? yes : no;
      const known = memo.get(at);
      if (known !== undefined) return known;
      const made = this.node(this.#axisOf(at), (this.#children[at] ?? new Int32Array()).map(walk));
      memo.set(at, made);
      return made;
    };
    return walk(node);
  }

  /** In the order in which they come up from the first atoms on. */
  terminalsOf(node: Node): readonly number[] {
    const found = new Set<number>();
    const seen = new Set<Node>();
    const walk = (at: Node): void => {
      if (at < 0) found.add(-1 - at);
      if (at < 0 || seen.has(at)) return;
      seen.add(at);
      for (const child of this.#children[at] ?? []) walk(child);
    };
    walk(node);
    return [...found];
  }

  /** The terminal that a request with these atoms ends in. */
  evaluate(node: Node, atomOf: (axis: number) => number): number {
    let at = node;
    while (at >= 0) at = this.#children[at]?.[atomOf(this.#axisOf(at))] ?? no;
    return -1 - at;
  }

  /** Disjoint cubes that cover the requests whose terminal is wanted; those are left out that are not possible. */
  *cubes(node: Node, isWanted: (terminal: number) => boolean, isPossible: IsPossible = () => true): Generator<Cube> {
    const memo = new Map<Node, boolean>();
    const leads = (n: Node): boolean => {
      if (n < 0) return isWanted(-1 - n);
      const known = memo.get(n);
      if (known !== undefined) return known;
      const does = (this.#children[n] ?? new Int32Array()).some(leads);
      memo.set(n, does);
      return does;
    };
    yield* this.#cubes(node, { leads, isPossible }, new Map());
  }

  *#cubes(
    node: Node,
    search: { readonly leads: (n: Node) => boolean; readonly isPossible: IsPossible },
    path: Map<number, readonly number[]>,
  ): Generator<Cube> {
    if (!search.leads(node)) return;
    if (node < 0) {
      yield { atoms: new Map(path), terminal: -1 - node };
      return;
    }
    const byChild = new Map<Node, number[]>();
    this.#children[node]?.forEach((child, atom) => {
      const list = byChild.get(child);
      if (list) list.push(atom);
      else byChild.set(child, [atom]);
    });
    const axis = this.#axisOf(node);
    for (const [child, atoms] of byChild) {
      if (!search.leads(child)) continue;
      this.#budget.spend(1);
      path.set(axis, atoms);
      if (search.isPossible(path, axis)) yield* this.#cubes(child, search, path);
      path.delete(axis);
    }
  }

  #axisOf(node: Node): number {
    return node < 0 ? Number.POSITIVE_INFINITY : (this.#axes[node] as number);
  }

  /** The children, if the node is about that axis. */
  #under(node: Node, axis: number): Int32Array | undefined {
    return node >= 0 && this.#axes[node] === axis ? this.#children[node] : undefined;
  }
}

function isEqual(a: Int32Array | undefined, b: Int32Array): boolean {
  if (a?.length !== b.length) return false;
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
