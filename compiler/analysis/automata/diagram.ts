// Hash-consed decision diagrams over atoms: functions from requests to terminals, ours because no maintained library has them.
// Equal functions are the same node, so "did anything change" is a comparison of two numbers.
import { Budget } from './budget.ts';
import { grown, NodeStore } from './node-store.ts';
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
  readonly #nodes = new NodeStore();
  readonly #memo = new TripleMap();
  readonly #budget: Budget;
  /** By node, the atoms of each child: of all those that were asked for cubes. */
  readonly #branches = new Map<Node, readonly Branch[]>();
  /** The children of nodes that are being made, those of the innermost on top. */
  #making = new Int32Array(1024);
  #top = 0;

  constructor(budget = new Budget(Number.POSITIVE_INFINITY)) {
    this.#budget = budget;
  }

  /** The axis with most nodes. */
  get widest(): number {
    const counts: number[] = [];
    for (let node = 0; node < this.#nodes.size; node++) {
      const axis = this.#nodes.axisOf(node);
      counts[axis] = (counts[axis] ?? 0) + 1;
    }
    return counts.reduce((best, count, axis) => (count > (counts[best] ?? 0) ? axis : best), 0);
  }

  /** True where the value of an axis lies in a set of atoms. */
  literal(axis: number, inside: Uint8Array): Node {
    return this.#make(axis, inside.length, (atom) => (inside[atom] === 1 ? yes : no));
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
    const nodes = this.#nodes;
    const [p, q, r] = [nodes.axisOf(condition), nodes.axisOf(then), nodes.axisOf(otherwise)];
    const axis = Math.min(p, q, r);
    const width = nodes.widthOf(p === axis ? condition : q === axis ? then : otherwise);
    this.#budget.spend(width + 8);
    const made = this.#make(axis, width, (atom) =>
      this.choose(
        p === axis ? nodes.child(condition, atom) : condition,
        q === axis ? nodes.child(then, atom) : then,
        r === axis ? nodes.child(otherwise, atom) : otherwise,
      ),
    );
    this.#memo.set(condition, then, otherwise, made);
    return made;
  }

  /**
   * The pairs of terminals that two diagrams give to the same requests, as terminals numbered by `pair`;
   * `same` for all requests to which both give the same.
   */
  product(a: Node, b: Node, same: number, pair: (a: number, b: number) => number): Node {
    const memo = new TripleMap();
    const nodes = this.#nodes;
    const walk = (x: Node, y: Node): Node => {
      if (x === y) return terminal(same);
      if (x < 0 && y < 0) return terminal(pair(-1 - x, -1 - y));
      const known = memo.get(x, y, 0);
      if (known !== undefined) return known;
      const [p, q] = [nodes.axisOf(x), nodes.axisOf(y)];
      const axis = Math.min(p, q);
      const width = nodes.widthOf(p === axis ? x : y);
      this.#budget.spend(width + 8);
      const made = this.#make(axis, width, (atom) =>
        walk(p === axis ? nodes.child(x, atom) : x, q === axis ? nodes.child(y, atom) : y),
      );
      memo.set(x, y, 0, made);
      return made;
    };
    return walk(a, b);
  }

  /** True where the terminal is wanted. */
  where(node: Node, isWanted: (terminal: number) => boolean): Node {
    return this.#mapped(node, (at) => (at >= 0 ? undefined : isWanted(-1 - at) ? yes : no));
  }

  /** For each terminal the requests that end in it. What one costs depends on the ways to it, not on the size of all. */
  split(root: Node): (terminal: number) => Node {
    const above = new Map<Node, Node[]>();
    const seen = new Set([root]);
    for (const at of seen) {
      if (at < 0) continue;
      let last: Node | undefined;
      for (const child of this.#nodes.childrenOf(at)) {
        if (child === last) continue;
        last = child;
        seen.add(child);
        const parents = above.get(child);
        if (parents) parents.push(at);
        else above.set(child, [at]);
      }
    }
    return (wanted) => {
      const leading = new Set([terminal(wanted)]);
      for (const at of leading) for (const parent of above.get(at) ?? []) leading.add(parent);
      return this.#mapped(root, (at) => (!leading.has(at) ? no : at < 0 ? yes : undefined));
    };
  }

  /** `known`: what a node becomes, undefined where that depends on its children. */
  #mapped(root: Node, known: (at: Node) => Node | undefined): Node {
    const memo = new Map<Node, Node>();
    const walk = (at: Node): Node => {
      const found = known(at) ?? memo.get(at);
      if (found !== undefined) return found;
      const width = this.#nodes.widthOf(at);
      this.#budget.spend(width);
      const made = this.#make(this.#nodes.axisOf(at), width, (atom) => walk(this.#nodes.child(at, atom)));
      memo.set(at, made);
      return made;
    };
    return walk(root);
  }

  /** In the order in which they come up from the first atoms on. */
  terminalsOf(node: Node): readonly number[] {
    const found = new Set<number>();
    const seen = new Set<Node>();
    const walk = (at: Node): void => {
      if (at < 0) found.add(-1 - at);
      if (at < 0 || seen.has(at)) return;
      seen.add(at);
      for (const child of this.#nodes.childrenOf(at)) walk(child);
    };
    walk(node);
    return [...found];
  }

  /** The terminal that a request with these atoms ends in. */
  evaluate(node: Node, atomOf: (axis: number) => number): number {
    let at = node;
    while (at >= 0) at = this.#nodes.child(at, atomOf(this.#nodes.axisOf(at)));
    return -1 - at;
  }

  /** Disjoint cubes that cover the requests whose terminal is wanted; those are left out that are not possible. */
  *cubes(node: Node, isWanted: (terminal: number) => boolean, isPossible: IsPossible = () => true): Generator<Cube> {
    const memo = new Map<Node, boolean>();
    const leads = (n: Node): boolean => {
      if (n < 0) return isWanted(-1 - n);
      const known = memo.get(n);
      if (known !== undefined) return known;
      const does = this.#branchesOf(n).some(({ child }) => leads(child));
      memo.set(n, does);
      return does;
    };
    const path = new Map<number, readonly number[]>();
    const stack: { readonly node: Node; readonly left: Iterator<Branch> }[] = [];
    const enter = (at: Node) => stack.push({ node: at, left: this.#branchesOf(at).values() });
    if (node < 0) {
      if (isWanted(-1 - node)) yield { atoms: new Map(), terminal: -1 - node };
      return;
    }
    enter(node);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const axis = this.#nodes.axisOf(top.node);
      const next = top.left.next();
      if (next.done) {
        path.delete(axis);
        stack.pop();
        continue;
      }
      const { child, atoms } = next.value;
      if (!leads(child)) continue;
      this.#budget.spend(1);
      // Last, as it is last in the order of axes.
      path.delete(axis);
      path.set(axis, atoms);
      if (!isPossible(path, axis)) continue;
      if (child >= 0) enter(child);
      else yield { atoms: new Map(path), terminal: -1 - child };
    }
  }

  #branchesOf(node: Node): readonly Branch[] {
    const known = this.#branches.get(node);
    if (known) return known;
    const byChild = new Map<Node, number[]>();
    this.#nodes.childrenOf(node).forEach((child, atom) => {
      const list = byChild.get(child);
      if (list) list.push(atom);
      else byChild.set(child, [atom]);
    });
    const made = [...byChild].map(([child, atoms]) => ({ child, atoms }));
    this.#branches.set(node, made);
    return made;
  }

  /** The node whose children are made one by one, each only about later axes. */
  #make(axis: number, width: number, childOf: (atom: number) => Node): Node {
    const from = this.#top;
    this.#top += width;
    while (this.#top > this.#making.length) this.#making = grown(this.#making);
    let isConstant = true;
    for (let atom = 0; atom < width; atom++) {
      const child = childOf(atom);
      this.#making[from + atom] = child;
      if (child !== this.#making[from]) isConstant = false;
    }
    this.#top = from;
    if (isConstant) return width === 0 ? no : (this.#making[from] as Node);
    const known = this.#nodes.size;
    const made = this.#nodes.add(axis, this.#making, from, width);
    if (made === known) this.#budget.spend(width + 8);
    return made;
  }
}

interface Branch {
  readonly child: Node;
  readonly atoms: readonly number[];
}
