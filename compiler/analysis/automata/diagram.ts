// Hash-consed decision diagrams over atoms: functions from requests to terminals, ours because no maintained library has them.
// Equal functions are the same node, so "did anything change" is a comparison of two numbers.

/** A node, or a terminal if negative: terminal `n` is `-1 - n`. */
export type Node = number;

export function terminal(n: number): Node {
  return -1 - n;
}

/** Two terminals that stand for the truth values in diagrams of conditions. */
export const no: Node = terminal(0);
export const yes: Node = terminal(1);

/** A set of requests: for some dimensions (by number) the atoms they may have. Dimensions not listed are free. */
export interface Cube {
  readonly atoms: ReadonlyMap<number, readonly number[]>;
  readonly terminal: number;
}

/** Nodes are numbers of one such object, and mean nothing to another. */
export class Diagrams {
  readonly #dimensions: number[] = [];
  readonly #children: Int32Array[] = [];
  readonly #unique = new Map<string, Node>();
  readonly #memo = new Map<string, Node>();

  /** `children` has one node an atom, each only about later dimensions. */
  node(dimension: number, children: Int32Array): Node {
    const [first = no] = children;
    if (children.every((child) => child === first)) return first;
    const key = `${dimension}:${children.join()}`;
    const known = this.#unique.get(key);
    if (known !== undefined) return known;
    const made = this.#children.length;
    this.#dimensions.push(dimension);
    this.#children.push(children);
    this.#unique.set(key, made);
    return made;
  }

  /** True where the value of a dimension lies in a set of atoms. */
  literal(dimension: number, inside: Uint8Array): Node {
    return this.node(
      dimension,
      Int32Array.from(inside, (bit) => (bit === 1 ? yes : no)),
    );
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
    const key = `${condition}?${then}:${otherwise}`;
    const known = this.#memo.get(key);
    if (known !== undefined) return known;
    const made = this.#split([condition, then, otherwise], ([c = no, t = no, o = no]) => this.choose(c, t, o));
    this.#memo.set(key, made);
    return made;
  }

  /** The pairs of terminals that two diagrams give to the same requests, as terminals numbered by `pair`. */
  product(a: Node, b: Node, pair: (a: number, b: number) => number): Node {
    const memo = new Map<string, Node>();
    const walk = (x: Node, y: Node): Node => {
      if (x < 0 && y < 0) return terminal(pair(-1 - x, -1 - y));
      const key = `${x},${y}`;
      const known = memo.get(key);
      if (known !== undefined) return known;
      const made = this.#split([x, y], ([p = no, q = no]) => walk(p, q));
      memo.set(key, made);
      return made;
    };
    return walk(a, b);
  }

  /** The terminal that a request with these atoms ends in. */
  evaluate(node: Node, atomOf: (dimension: number) => number): number {
    let at = node;
    while (at >= 0) at = this.#children[at]?.[atomOf(this.#dimensions[at] ?? 0)] ?? no;
    return -1 - at;
  }

  /** Disjoint cubes that cover the requests whose terminal is wanted. */
  *cubes(node: Node, isWanted: (terminal: number) => boolean): Generator<Cube> {
    const memo = new Map<Node, boolean>();
    const leads = (n: Node): boolean => {
      if (n < 0) return isWanted(-1 - n);
      const known = memo.get(n);
      if (known !== undefined) return known;
      const does = (this.#children[n] ?? new Int32Array()).some(leads);
      memo.set(n, does);
      return does;
    };
    yield* this.#cubes(node, leads, new Map());
  }

  *#cubes(node: Node, leads: (n: Node) => boolean, path: ReadonlyMap<number, readonly number[]>): Generator<Cube> {
    if (!leads(node)) return;
    if (node < 0) {
      yield { atoms: path, terminal: -1 - node };
      return;
    }
    const byChild = new Map<Node, number[]>();
    this.#children[node]?.forEach((child, atom) => {
      const list = byChild.get(child);
      if (list) list.push(atom);
      else byChild.set(child, [atom]);
    });
    for (const [child, atoms] of byChild) {
      yield* this.#cubes(child, leads, new Map([...path, [this.#dimensions[node] ?? 0, atoms]]));
    }
  }

  /** Applies a function to the cofactors of the first dimension that occurs. */
  #split(nodes: readonly Node[], apply: (cofactors: readonly Node[]) => Node): Node {
    const top = Math.min(...nodes.map((n) => (n < 0 ? Number.POSITIVE_INFINITY : (this.#dimensions[n] ?? 0))));
    const width = nodes.map((n) => (n >= 0 && this.#dimensions[n] === top ? (this.#children[n]?.length ?? 0) : 0));
    const children = new Int32Array(Math.max(...width));
    for (let atom = 0; atom < children.length; atom++) {
      children[atom] = apply(
        nodes.map((n) => (n >= 0 && this.#dimensions[n] === top ? (this.#children[n]?.[atom] ?? no) : n)),
      );
    }
    return this.node(top, children);
  }
}
