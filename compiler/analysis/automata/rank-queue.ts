// A queue of numbers in which those of a lower rank overtake.

/** Those of the lowest rank first, of one rank in the order in which they came. */
export class RankQueue {
  readonly #lists: { readonly items: number[]; taken: number }[] = [];
  #lowest = 0;

  add(item: number, rank: number): void {
    for (let i = this.#lists.length; i <= rank; i++) this.#lists.push({ items: [], taken: 0 });
    this.#lists[rank]?.items.push(item);
    this.#lowest = Math.min(this.#lowest, rank);
  }

  take(): number | undefined {
    for (; this.#lowest < this.#lists.length; this.#lowest++) {
      const list = this.#lists[this.#lowest];
      if (list && list.taken < list.items.length) return list.items[list.taken++];
    }
    return undefined;
  }
}
