// How long to wait before the next try to reach the control plane. Pure.

const firstMs = 200;
const maxMs = 30_000;

/** Doubles with every failure; half of it is drawn, so that a fleet does not come back in step. `random` is in [0, 1). */
export function backOffWaitMs(failures: number, random: number): number {
  const ceiling = Math.min(firstMs * 2 ** Math.min(failures, 20), maxMs);
  return Math.round((ceiling * (1 + random)) / 2);
}
