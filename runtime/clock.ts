// Time as an argument, so that tests can make an hour pass at once. Everything in the runtime that waits, waits by this.
import { longestTimerMs, startTimer } from './timers.ts';

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once after `delayMs`; never keeps the process alive. */
  schedule(delayMs: number, task: () => void): Cancel;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, task) => {
    const dueAt = Date.now() + Math.max(0, delayMs);
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const leftMs = dueAt - Date.now();
      timer = startTimer(leftMs, () => (leftMs > longestTimerMs ? arm() : task()));
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  },
};
