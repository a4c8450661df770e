// A review for machines: the data as it is, with a version, fields in a stable order.
import { summarizeReview } from './render-text.ts';
import type { Review, ReviewRow } from './review.ts';

/** `{"version": 1, "summary", "rows": [...], "touched": [...]}`, two-space indent, final newline. Callers and destinations are complete. */
export function renderReviewJson({ rows, touched }: Review): string {
  return `${JSON.stringify({ version: 1, summary: rows.length === 0 ? 'no changes' : summarizeReview(rows), rows: rows.map(toJson), touched }, null, 2)}\n`;
}

function toJson({
  kind,
  effect,
  severity,
  title,
  change,
  callers,
  destinations,
  requests,
  witness,
  base,
  head,
  touched,
}: ReviewRow) {
  return {
    kind,
    effect,
    severity,
    title,
    ...(change !== undefined && { change }),
    callers,
    destinations,
    requests,
    ...(witness && { witness: { text: witness.text, ...witness.call, base: witness.base, head: witness.head } }),
    base,
    head,
    touched,
  };
}
