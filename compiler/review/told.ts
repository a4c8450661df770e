// What rows of requests tell of services: it need not be told as a setting again.
import type { ReviewRow } from './review.ts';
import type { Shown } from './setting.ts';
import { splitDestination } from './words.ts';

/** What rows say that are about what servers demand. */
export const mtlsWord = 'mTLS';

export interface Told {
  has(host: string, shown: Shown): boolean;
}

export function toldIn(rows: readonly ReviewRow[]): Told {
  const keys = new Set(
    rows.flatMap((row) => [
      ...portsIn(row),
      ...(row.kind === 'traffic' ? endsIn(row, ['', ...(row.about?.split(', ') ?? [])]) : []),
      ...(row.kind === 'mtls' ? endsIn(row, [mtlsWord]) : []),
    ]),
  );
  return {
    has: (host, { as = [''], port, subset }) => as.some((word) => keys.has(endOf(host, word, port ?? subset))),
  };
}

/** Without a part: of any. */
function endOf(host: string, word: string, part?: number | string): string {
  return JSON.stringify([host, word, part ?? null]);
}

/** Anything at all, of a port or of any. */
function portsIn({ destinations }: ReviewRow): string[] {
  return destinations.map(splitDestination).flatMap(({ host, port }) => [endOf(host, ''), endOf(host, '', port)]);
}

/** What differs of what is addressed and reached, such as `instances`. */
function endsIn({ destinations, witness, others = [] }: ReviewRow, words: readonly string[]): string[] {
  const verdicts = [witness, ...others.map((other) => other.witness)].flatMap((one) =>
    one ? [one.base, one.head] : [],
  );
  const reached = verdicts.flatMap(({ shares, mirrors = [] }) => [...shares, ...mirrors]);
  const ends = [...destinations.map(splitDestination).map((end) => ({ ...end, subset: undefined })), ...reached];
  return words.flatMap((word) =>
    ends.flatMap(({ host, port, subset }) => [undefined, port, subset].map((part) => endOf(host, word, part))),
  );
}
