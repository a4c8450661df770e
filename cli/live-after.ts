// How long a commit took to be live, and how many proxies it changed, told alike by all commands.

interface Deployed {
  readonly timings: { readonly queuedAt: number; readonly finishedAt?: number };
}

/** From when it was seen until every proxy had acknowledged it; in milliseconds. */
export function liveAfter({ timings }: Deployed): number {
  return Math.round((timings.finishedAt ?? timings.queuedAt) - timings.queuedAt);
}

/** Of all its phases the one that changed most. */
export function proxiesChanged(phases: readonly { readonly affected: number }[]): string {
  const most = Math.max(0, ...phases.map(({ affected }) => affected));
  return most === 0 ? 'no proxy' : most === 1 ? '1 proxy' : `${most} proxies`;
}
