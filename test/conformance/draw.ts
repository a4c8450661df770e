// Chance from a seed, evenly: the same draws for the same seed, whatever else is drawn elsewhere.
import fc from 'fast-check';

export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0 to `limit` - 1. Mulberry32. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(list: readonly [T, ...T[]]): T;
  pick<T>(list: readonly T[]): T | undefined;
  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }

  /** Each with the same chance. */
  some<T>(list: readonly T[], oneIn: number): readonly T[] {
    return list.filter(() => this.oneIn(oneIn));
  }

  from<T>(arbitrary: fc.Arbitrary<T>): T {
    const [drawn] = fc.sample(arbitrary, { numRuns: 1, seed: this.below(2 ** 31) }) as [T];
    return drawn;
  }
}
