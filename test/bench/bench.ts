// What a bench is, and how it measures itself: medians of several runs, processor time and memory as the operating system counts them.

export interface BenchRow {
  /** What was measured, such as `compile 1,000 services, cold`. */
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 's' | 'MB' | 'KB' | 'bytes' | 'count' | 'per second' | 'CPU s';
  /** How it was come by: runs, sizes, what it includes. */
  readonly note?: string;
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** Yields rows as they are measured, so that a long bench shows its progress. */
  readonly run: (options: BenchOptions) => AsyncIterable<BenchRow>;
}

export interface BenchOptions {
  /** Smaller sizes and fewer runs: proves that the bench works, not how fast the code is. */
  readonly quick: boolean;
}

export async function timed<T>(work: () => T | Promise<T>): Promise<{ ms: number; value: T }> {
  const start = performance.now();
  const value = await work();
  return { ms: performance.now() - start, value };
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Nearest rank; 0 for no values. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? 0;
}

/** Peak resident memory of this process so far, in MB. */
export function peakMemoryMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}

/** Seconds of processor time, user and system, that `work` took in this process. */
export async function cpuSeconds<T>(work: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, value };
}
