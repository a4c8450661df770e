// A review for a terminal: one paragraph a row, the most severe first.
import { styleText } from 'node:util';
import { describeVerdict, headerPairs } from '../analysis/index.ts';
import { formatSpan, printable } from '../diagnostics/index.ts';
import { nameSome } from './inventory.ts';
import { changeOf } from './words.ts';
import { atMost, describeFrom, linesOfWays, nameAll, namesOf, placesTold, whereAll } from './ways.ts';
import { countNotAnalysed, describeNotAnalysed } from './not-analysed.ts';
import {
  isQuiet,
  type NotAnalysed,
  type PlacedText,
  type Review,
  type ReviewRow,
  type Severity,
  type Sides,
  type Witness,
} from './review.ts';

export interface RenderReviewOptions {
  /** Colour is the caller's decision, as for diagnostics. */
  readonly color?: boolean;
  /** Rows shown; the rest is counted. */
  readonly limit?: number;
  readonly sides?: Sides;
  /** The roots of the intent as seen from where the reader is; left out for there. */
  readonly folders?: Sides;
}

const severityStyle = { high: 'red', medium: 'yellow', low: 'cyan' } as const satisfies Record<Severity, string>;
const defaultLimit = 100;

export function renderReviewText(
  review: Review,
  { color = false, limit = defaultLimit, sides, folders }: RenderReviewOptions = {},
): string {
  const { rows, touched, notAnalysed } = review;
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  const range = sides === undefined ? '' : `${rangeOf(sides)}: `;
  if (isQuiet(review)) {
    return touched.length === 0
      ? `${range}nothing changes\n`
      : `${range}${noneDiffers(review)}; ${proxiesGet(touched)} a new configuration\n`;
  }
  const shown = rows.slice(0, limit).map((row) => renderRow(row, folders, paint));
  const more = rows.length > limit ? [`… and ${rows.length - limit} more (${whereAll})`] : [];
  const open = notAnalysed.map((one) => paint(['bold', 'red'], describeNotAnalysed(one)));
  return `${[...open, ...shown, ...more, `${range}${wholeSummary(review)}`].join('\n\n')}\n`;
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** `3f2a1b9..9b1c2d3`. */
export function rangeOf({ base, head }: Sides): string {
  return `${base}..${head}`;
}

/** `1 change: 1 low; no request fares differently; 2 proxies get a new configuration`. */
export function wholeSummary(review: Review): string {
  return `${summarizeReview(review.rows, review.notAnalysed)}; ${summaryBesides(review)}`;
}

/** With the reservation that there is, where it can matter. */
export function noneDiffers({ repeatedHeaders: names = [] }: Review): string {
  const some = names.slice(0, headersNamed);
  const more = names.length > headersNamed ? ` or ${names.length - headersNamed} more` : '';
  const besides = names.length === 0 ? '' : ` (of those that repeat no header ${some.join(', ')}${more})`;
  return `no request fares differently${besides}`;
}

const headersNamed = 3;

/** Whether it is certain that no request fares differently. */
export function isUnnoticed({ rows, notAnalysed }: Review): boolean {
  return notAnalysed.length === 0 && rows.every(({ witness }) => witness === undefined);
}

/** What there is to say besides the count of changes. */
export function summaryBesides(review: Review): string {
  const { touched } = review;
  const requests = isUnnoticed(review) ? `${noneDiffers(review)}; ` : '';
  return `${requests}${proxiesGet(touched)} a new configuration`;
}

/** `2 changes: 1 high, 1 low`, and how many hosts were not analysed. */
export function summarizeReview(rows: readonly ReviewRow[], notAnalysed: readonly NotAnalysed[] = []): string {
  const open = countNotAnalysed(notAnalysed);
  if (rows.length === 0 && open !== '') return open;
  const parts = (['high', 'medium', 'low'] as const).flatMap((severity) => {
    const count = rows.filter((row) => row.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  return `${rows.length} change${rows.length === 1 ? '' : 's'}: ${parts.join(', ')}${open === '' ? '' : `; ${open}`}`;
}

export function proxiesGet(touched: readonly string[]): string {
  return `${touched.length} prox${touched.length === 1 ? 'y gets' : 'ies get'}`;
}

/** `access gained`, `traffic`, `service added`. */
export function labelOfRow({ kind, effect }: ReviewRow): string {
  const name = kind === 'mtls' ? 'mTLS' : kind;
  return effect === 'changed' ? `${name} changed` : `${name} ${effect}`;
}

function renderRow(row: ReviewRow, folders: Sides | undefined, paint: Paint): string {
  const { severity, title, requests, witness, example } = row;
  const change = changeOf(row);
  const fact = (name: string, text: string) => `  ${paint('cyan', name.padEnd(8))} ${printable(text)}`;
  const lines = [
    `${paint(['bold', severityStyle[severity]], `[${severity}] ${labelOfRow(row)}`)}${paint('bold', `: ${printable(title)}`)}`,
  ];
  const facts = (name: string, texts: readonly string[]) => texts.map((text, i) => fact(i === 0 ? name : '', text));
  if (change !== undefined) lines.push(fact('change', change));
  for (const [name, names] of Object.entries(namesOf(row))) lines.push(...facts(name, nameAll(names)));
  if (requests.length > 0) lines.push(fact('requests', requests.join('; ')));
  lines.push(...facts('also', linesOfWays(row, folders ?? {})));
  const shown = witness ?? example;
  if (shown) {
    lines.push(fact(witness ? 'witness' : 'example', describeWitness(shown)));
    lines.push(`           base: ${describeVerdict(shown.base)}`, `           head: ${describeVerdict(shown.head)}`);
  }
  for (const side of ['base', 'head'] as const)
    lines.push(...facts(side, atMost(placesOf(row[side], folders?.[side]), placesTold(row), 'places')));
  if (row.owners.length > 0) lines.push(fact('owners', row.owners.join(', ')));
  if (row.touched.length > 0) lines.push(fact('proxies', nameSome(row.touched, 6)));
  return lines.join('\n');
}

function placesOf(list: readonly PlacedText[], folder: string | undefined): string[] {
  return list.map(({ text, origin }) => `${formatSpan(origin, folder)}  ${text}`);
}

/** `GET http://shoes/ (x-beta: true) from shop/users`. */
export function describeWitness({ call, text }: Witness): string {
  const headers = headerPairs(call.request.headers).map(([name, value]) => ` (${name}: ${value})`);
  return `${text}${headers.join('')} from ${describeFrom(call.from)}`;
}
