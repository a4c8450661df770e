// What was started, so that it can be ended.

export class Parts {
  readonly #closers: (() => unknown)[] = [];
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** What arrives after `close`, because it was on its way then, is closed at once. */
  add(close: () => unknown): void {
    if (this.#isClosed) void close();
    else this.#closers.push(close);
  }

  /** In the opposite order, once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) await close();
  }
}
