// Tuples of whole numbers, each known once and numbered as they come. Of numbers alone: very many take no more than their bytes.
import { grown } from './node-store.ts';

export class Tuples {
  readonly #width: number;
  #slots = new Int32Array(64).fill(-1);
  #values: Int32Array;
  #size = 0;

  constructor(width: number) {
    this.#width = width;
    this.#values = new Int32Array(32 * width);
  }

  get size(): number {
    return this.#size;
  }

  /** The number of the tuple: `size` before the call if it was not known. */
  add(tuple: ArrayLike<number>): number {
    const width = this.#width;
    let hash = width;
    for (let i = 0; i < width; i++) hash = Math.imul(hash ^ (tuple[i] as number), 0x9e3779b1) ^ (hash >>> 15);
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (; this.#slots[slot] !== -1; slot = (slot + 1) & mask) {
      const known = this.#slots[slot] as number;
      if (this.#isAt(known, tuple)) return known;
    }
    const made = this.#size++;
    this.#slots[slot] = made;
    if (this.#size * width > this.#values.length) this.#values = grown(this.#values);
    for (let i = 0; i < width; i++) this.#values[made * width + i] = tuple[i] as number;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return made;
  }

  /** The `i`th number of a tuple. */
  at(tuple: number, i: number): number {
    return this.#values[tuple * this.#width + i] as number;
  }

  #isAt(tuple: number, other: ArrayLike<number>): boolean {
    const start = tuple * this.#width;
    for (let i = 0; i < this.#width; i++) if (this.#values[start + i] !== other[i]) return false;
    return true;
  }

  #rehash(): void {
    const mask = this.#slots.length * 2 - 1;
    this.#slots = new Int32Array(mask + 1).fill(-1);
    for (let tuple = 0; tuple < this.#size; tuple++) {
      let hash = this.#width;
      for (let i = 0; i < this.#width; i++) hash = Math.imul(hash ^ this.at(tuple, i), 0x9e3779b1) ^ (hash >>> 15);
      let slot = (hash ^ (hash >>> 13)) & mask;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & mask;
      this.#slots[slot] = tuple;
    }
  }
}
