// The nodes of decision diagrams, each content once. Of numbers alone: millions of children take no more than their bytes.

/** Of terminals, which are about no axis: behind all others. */
export const noAxis = 0x7fffffff;

export class NodeStore {
  #axes = new Int32Array(64);
  /** Where the children of each node begin; behind the last, where those of the next will. */
  #starts = new Int32Array(64);
  #children = new Int32Array(256);
  #slots = new Int32Array(256).fill(-1);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  axisOf(node: number): number {
    return node < 0 ? noAxis : (this.#axes[node] as number);
  }

  widthOf(node: number): number {
    return (this.#starts[node + 1] as number) - (this.#starts[node] as number);
  }

  child(node: number, atom: number): number {
    return this.#children[(this.#starts[node] as number) + atom] as number;
  }

  /** As they are now: only until the next node is made. */
  childrenOf(node: number): Int32Array {
    return this.#children.subarray(this.#starts[node], this.#starts[node + 1]);
  }

  /** The node with `width` children, which stand in `list` from `from` on: `size` before the call if it was not known. */
  add(axis: number, list: Int32Array, from: number, width: number): number {
    let hash = axis;
    for (let i = 0; i < width; i++) hash = mixed(hash, list[from + i] as number);
    const mask = this.#slots.length - 1;
    let slot = spread(hash) & mask;
    for (; this.#slots[slot] !== -1; slot = (slot + 1) & mask) {
      const known = this.#slots[slot] as number;
      if (this.#axes[known] === axis && this.#isAt(known, list, from, width)) return known;
    }
    this.#slots[slot] = this.#size;
    return this.#append(axis, list, from, width);
  }

  #isAt(node: number, list: Int32Array, from: number, width: number): boolean {
    const start = this.#starts[node] as number;
    if ((this.#starts[node + 1] as number) - start !== width) return false;
    for (let i = 0; i < width; i++) if (this.#children[start + i] !== list[from + i]) return false;
    return true;
  }

  #append(axis: number, list: Int32Array, from: number, width: number): number {
    const made = this.#size++;
    const start = this.#starts[made] as number;
    while (start + width > this.#children.length) this.#children = grown(this.#children);
    if (this.#size >= this.#starts.length) [this.#starts, this.#axes] = [grown(this.#starts), grown(this.#axes)];
    this.#children.set(list.subarray(from, from + width), start);
    this.#axes[made] = axis;
    this.#starts[this.#size] = start + width;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return made;
  }

  #rehash(): void {
    const mask = this.#slots.length * 2 - 1;
    this.#slots = new Int32Array(mask + 1).fill(-1);
    for (let node = 0; node < this.#size; node++) {
      let hash = this.#axes[node] as number;
      for (let i = this.#starts[node] as number; i < (this.#starts[node + 1] as number); i++)
        hash = mixed(hash, this.#children[i] as number);
      let slot = spread(hash) & mask;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & mask;
      this.#slots[slot] = node;
    }
  }
}

function mixed(hash: number, value: number): number {
  return (Math.imul(hash, 31) + value) | 0;
}

function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

/** Twice as long. */
export function grown(values: Int32Array): Int32Array<ArrayBuffer> {
  const made = new Int32Array(values.length * 2);
  made.set(values);
  return made;
}
