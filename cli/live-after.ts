// How long a commit took to be live, told alike by all commands.

interface Deployed {
  readonly timings: { readonly queuedAt: number; readonly finishedAt?: number };
}

/** From when it was seen until every proxy had acknowledged it; in milliseconds. */
export function liveAfter({ timings }: Deployed): number {
  return Math.round((timings.finishedAt ?? timings.queuedAt) - timings.queuedAt);
}
