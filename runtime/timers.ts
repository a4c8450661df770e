// Every timer of the runtime. Node fires timers at once whose delay does not fit in 31 bits, so a longer one waits for as long as it can.
import type { Socket } from 'node:net';

/** More than 24 days. */
export const longestTimerMs = 2 ** 31 - 1;

/** A delay that Node takes as it is meant. */
export function timerMs(delayMs: number): number {
  return Math.max(0, Math.min(delayMs, longestTimerMs));
}

export function startTimer(delayMs: number, task: () => void): NodeJS.Timeout {
  return setTimeout(task, timerMs(delayMs));
}

/** Runs `task` whenever the socket has been silent for as long; 0: never. */
export function onSilence(socket: Socket, silenceMs: number, task: () => void): void {
  socket.setTimeout(timerMs(silenceMs), task);
}
