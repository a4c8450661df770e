// A clock that moves only when told. Tasks run in the order in which they are due.
import type { Clock } from '../../clock.ts';

interface Task {
  readonly dueAtMs: number;
  run(): void;
}

export class FakeClock implements Clock {
  #nowMs = Date.parse('2030-01-01T00:00:00Z');
  readonly #tasks = new Set<Task>();

  constructor(nowMs?: number) {
    if (nowMs !== undefined) this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, task: () => void): () => void {
    const entry: Task = { dueAtMs: this.#nowMs + delayMs, run: task };
    this.#tasks.add(entry);
    return () => this.#tasks.delete(entry);
  }

  /** Delays, from now, of what is scheduled. */
  pendingMs(): readonly number[] {
    return [...this.#tasks].map((task) => task.dueAtMs - this.#nowMs).sort((a, b) => a - b);
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let i = 0; i < 10_000; i++) {
      const due = [...this.#tasks].filter((task) => task.dueAtMs <= untilMs).sort((a, b) => a.dueAtMs - b.dueAtMs)[0];
      if (!due) break;
      this.#tasks.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.dueAtMs);
      due.run();
    }
    this.#nowMs = untilMs;
  }
}
