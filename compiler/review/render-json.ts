// A review for machines: the data as it is, with a version, fields in a stable order.
import { type Diagnostic, filesIn, renderData } from '../diagnostics/index.ts';
import { summarizeReview } from './render-text.ts';
import { isQuiet, type Review, type ReviewRow, type Sides, type WayToShow, type Witness } from './review.ts';

export interface RenderReviewJsonOptions {
  /** What checks and org rules say of the head and did not say of the base. */
  readonly findings?: readonly Diagnostic[];
  readonly sides?: Sides;
  /** The roots of the intent as seen from where the reader is. */
  readonly folders?: Folders;
}

type Folders = Readonly<Record<'base' | 'head', string>>;

/**
 * `{"version": 1, "base", "head", "summary", "rows": [...], "touched": [...], "notAnalysed": [...], "findings": [...]}`. Callers and destinations are complete, also of `others`, which have them where they are not the row's; `own`: which of them the row's own requests are from and to, where others have other requests. `notAnalysed`: hosts of which nobody knows whether requests fare differently.
 * `repeatedHeaders`, if there are any: requests that repeat one of them are not compared.
 */
export function renderReviewJson(
  review: Review,
  { findings = [], sides, folders }: RenderReviewJsonOptions = {},
): string {
  const { rows, touched, notAnalysed, repeatedHeaders } = review;
  const summary = isQuiet(review) ? 'no changes' : summarizeReview(rows, notAnalysed);
  const written = {
    version: 1,
    ...sides,
    summary,
    rows: folders ? sidesIn(folders, rows.map(toJson)) : rows.map(toJson),
    touched,
    notAnalysed: folders ? sidesIn(folders, notAnalysed) : notAnalysed,
    ...(repeatedHeaders && { repeatedHeaders }),
    findings: filesIn(folders?.head, findings),
  };
  return renderData(written);
}

/** Whatever is of a side has its files in the folder of that side. */
function sidesIn(folders: Folders, data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) return data.map((one) => sidesIn(folders, one));
  const entries = Object.entries(data).map(([key, value]) => [
    key,
    key === 'base' || key === 'head' ? filesIn(folders[key], value) : sidesIn(folders, value),
  ]);
  return Object.fromEntries(entries);
}

function toJson({
  kind,
  effect,
  severity,
  title,
  about,
  from,
  to,
  callers,
  destinations,
  gateways,
  requests,
  witness,
  example,
  own,
  others,
  base,
  head,
  owners,
  touched,
}: ReviewRow) {
  return {
    kind,
    effect,
    severity,
    title,
    ...(about !== undefined && { about }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    callers,
    destinations,
    ...(gateways && { gateways }),
    requests,
    ...(witness && { witness: written(witness) }),
    ...(example && { example: written(example) }),
    ...(own && { own }),
    ...(others && { others: others.map(way) }),
    base,
    head,
    owners,
    touched,
  };
}

function way({ witness, example, ...rest }: WayToShow) {
  return {
    ...rest,
    ...(witness && { witness: written(witness) }),
    ...(example && { example: written(example) }),
  };
}

function written({ text, call, earlierGateway, base, head }: Witness) {
  return { text, ...call, ...(earlierGateway !== undefined && { earlierGateway }), base, head };
}
