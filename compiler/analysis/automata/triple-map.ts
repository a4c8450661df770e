// A map from three whole numbers to one, of numbers alone: millions of entries take no more than their bytes.

const emptySlot = -0x80000000;

export class TripleMap {
  #slots = 1 << 10;
  #entries = new Int32Array(this.#slots * 4).fill(emptySlot);
  #size = 0;

  get(a: number, b: number, c: number): number | undefined {
    const at = this.#find(a, b, c);
    const value = this.#entries[at + 3] as number;
    return value === emptySlot ? undefined : value;
  }

  set(a: number, b: number, c: number, value: number): void {
    if (this.#size * 4 >= this.#slots * 3) this.#grow();
    const at = this.#find(a, b, c);
    if (this.#entries[at + 3] === emptySlot) this.#size += 1;
    this.#entries[at] = a;
    this.#entries[at + 1] = b;
    this.#entries[at + 2] = c;
    this.#entries[at + 3] = value;
  }

  /** Where the key stands, or would. */
  #find(a: number, b: number, c: number): number {
    const mask = this.#slots - 1;
    let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    for (let slot = (hash ^ (hash >>> 13)) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 4;
      if (this.#entries[at + 3] === emptySlot) return at;
      if (this.#entries[at] === a && this.#entries[at + 1] === b && this.#entries[at + 2] === c) return at;
    }
  }

  #grow(): void {
    const old = this.#entries;
    this.#slots *= 2;
    this.#size = 0;
    this.#entries = new Int32Array(this.#slots * 4).fill(emptySlot);
    for (let at = 0; at < old.length; at += 4) {
      if (old[at + 3] === emptySlot) continue;
      this.set(old[at] as number, old[at + 1] as number, old[at + 2] as number, old[at + 3] as number);
    }
  }
}
