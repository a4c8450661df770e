// A review as a comment on a pull request: a summary, a table of what was and what is, details folded below. All of it as far as there is room.
import type { Diagnostic } from '../diagnostics/index.ts';
import { nameSome } from './inventory.ts';
import {
  badge,
  cellLimit,
  detailsWithin,
  placeLink,
  titleLimit,
  whereAllIs,
  type Writing,
} from './markdown-details.ts';
import { commentRoom, fitting, shortened, sizeOf } from './markdown-size.ts';
import { cell, code, codeCell } from './markdown-text.ts';
import { describeNotAnalysed } from './not-analysed.ts';
import { labelOfRow, noneDiffers, proxiesGet, rangeOf, summarizeReview, summaryBesides } from './render-text.ts';
import { isQuiet, type Review, type ReviewRow, type Sides } from './review.ts';

export interface RenderMarkdownOptions {
  /**
   * Makes a place a link, such as `https://github.com/acme/mesh/blob/COMMIT/`: the file and its lines (`#L9-L41`) are appended.
   * Without it places are plain `file:line`.
   */
  readonly baseUrl?: string;
  readonly headUrl?: string;
  /** Rows shown; the rest is counted. */
  readonly limit?: number;
  /** What checks and org rules say of the head and did not say of the base. */
  readonly findings?: readonly Diagnostic[];
  readonly sides?: Sides;
  /** The roots of the intent in the repository; left out for its root. */
  readonly folders?: Sides;
}

function writingOf({ baseUrl, headUrl, folders }: RenderMarkdownOptions, side: keyof Sides): Writing {
  return { url: side === 'head' ? headUrl : baseUrl, folder: folders?.[side] };
}

const defaultLimit = 100;
/** Of the room in a comment; what they leave, and the rest, is for the details. */
const rooms = { notAnalysed: 8_000, table: 24_000, findings: 12_000 };

export function renderReviewMarkdown(review: Review, options: RenderMarkdownOptions = {}): string {
  const { rows, touched, notAnalysed } = review;
  const range = options.sides === undefined ? '' : `${code(shortened(rangeOf(options.sides), titleLimit))}: `;
  const newFindings = findingsSection(options, 'head', 'New findings');
  const start = (text: string) => `### Fairlead review\n\n${range}${text}`;
  if (isQuiet(review)) {
    const what =
      touched.length === 0
        ? 'nothing changes.'
        : `${cell(noneDiffers(review))}. ${proxiesGet(touched)} a new configuration.`;
    return `${[start(range === '' ? capitalized(what) : what), ...newFindings].join('\n')}\n`;
  }
  const owners = [...new Set(rows.flatMap((row) => row.owners))].sort();
  const asked = owners.length === 0 ? '' : ` Owners: ${namesIn(owners, ownersNamed)}.`;
  const open = fitting(
    notAnalysed.map((one) => `- ⚠️ **${cell(shortened(describeNotAnalysed(one), titleLimit))}**`),
    rooms.notAnalysed,
  );
  const { lines: table, shown } = tableOf(rows.slice(0, options.limit ?? defaultLimit), owners.length > 0);
  const left = rows.length - shown.length;
  const top = [
    start(`**${summarizeReview(rows, notAnalysed)}**; ${summaryBesides(review)}.${asked}`),
    '',
    ...open.kept,
    ...(open.left === 0 ? [] : [`- ⚠️ **and ${open.left} more hosts not analysed** (${whereAllIs})`]),
    ...(open.kept.length === 0 ? [] : ['']),
    ...table,
    ...(left === 0 ? [] : [`\n… and ${left} more (${whereAllIs}).`]),
    '',
    ...newFindings,
  ];
  const writings = { base: writingOf(options, 'base'), head: writingOf(options, 'head') };
  return `${[...top, ...detailsWithin(shown, writings, commentRoom - sizeOf(top))].join('\n')}\n`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const ownersNamed = 20;
const ownersInCell = 4;
const nameLimit = 100;

function namesIn(names: readonly string[], limit: number): string {
  const [first, ...more] = nameSome(
    names.map((name) => shortened(name, nameLimit)),
    limit,
  ).split(', ');
  return [first ?? '', ...more].map(cell).join(', ');
}

/** The most severe rows come first. */
function tableOf(rows: readonly ReviewRow[], hasOwners: boolean) {
  const columns = ['', 'change', 'was → is', 'requests', ...(hasOwners ? ['owner'] : [])];
  const head = [line(columns), line(columns.map(() => '---'))];
  const { kept } = fitting(
    rows.map((row) => line(cellsOf(row).slice(0, columns.length))),
    rooms.table,
  );
  return { lines: kept.length === 0 ? [] : [...head, ...kept], shown: rows.slice(0, kept.length) };
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cellsOf(row: ReviewRow): readonly string[] {
  const { severity, title, from, to, requests, owners, others = [] } = row;
  const more = others.length === 0 ? [] : [`and ${others.length} more way${others.length === 1 ? '' : 's'} below`];
  const change = from === undefined || to === undefined ? '' : `${shortCell(from)} → ${shortCell(to)}`;
  return [
    `${badge[severity]} ${labelOfRow(row)}`,
    cell(shortened(title, titleLimit)),
    change,
    [...requests.map(requestCell), ...more].join('<br>'),
    owners.length === 0 ? '' : namesIn(owners, ownersInCell),
  ];
}

function shortCell(text: string): string {
  return cell(shortened(text, cellLimit));
}

/** All of them are words; the others are requests. */
function requestCell(text: string): string {
  const request = shortened(text, titleLimit);
  return request.startsWith('every ') ? cell(request) : codeCell(request);
}

/** The comment where one of the two, or both, cannot be reviewed: what stands in the way, and where. */
export function renderRefusalMarkdown(
  broken: { readonly [S in keyof Sides]: readonly Diagnostic[] | undefined },
  options: Omit<RenderMarkdownOptions, 'findings'>,
): string {
  const sections = (['head', 'base'] as const).flatMap((side) => {
    const findings = broken[side];
    return findings ? [`${whyNot[side]}\n`, ...findingsSection({ ...options, findings }, side, 'Findings')] : [];
  });
  return `${['### Fairlead review\n', ...sections].join('\n')}\n`;
}

const whyNot: Readonly<Record<keyof Sides, string>> = {
  head: 'The change does not compile, so what it would do cannot be said.',
  base: 'The base does not compile, so there is nothing to compare with.',
};

function findingsSection(options: RenderMarkdownOptions, side: keyof Sides, title: string): string[] {
  const { findings = [] } = options;
  const writing = writingOf(options, side);
  if (findings.length === 0) return [];
  const lines = findings.slice(0, findingsTold).map(({ code: name, severity, message, span, hint }) => {
    const place = span ? `${placeLink(span, writing)} ` : '';
    const advice = hint === undefined ? '' : `; ${cell(shortened(hint, titleLimit))}`;
    return `- **${severity}** ${place}${cell(shortened(message, titleLimit))} (${name})${advice}`;
  });
  const { kept } = fitting(lines, rooms.findings);
  const left = findings.length - kept.length;
  const more = left === 0 ? [] : [`- … and ${left} more (${whereAllIs})`];
  return [`#### ${title}`, '', ...kept, ...more, ''];
}

const findingsTold = 30;
