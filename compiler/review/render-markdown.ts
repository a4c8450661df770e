// A review as a comment on a pull request: a table of what changes first, details folded below.
import { describeVerdict, renderSteps } from '../analysis/index.ts';
import { type Diagnostic, formatSpan } from '../diagnostics/index.ts';
import { formatOrigin, type Origin } from '../model/index.ts';
import { proxiesGet, describeWitness, labelOfRow, listSome, summarizeReview } from './render-text.ts';
import { changeOf } from './words.ts';
import { describeNotAnalysed } from './not-analysed.ts';
import type { PlacedText, Review, ReviewRow, Severity } from './review.ts';

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
}

const badge = { high: '🔴', medium: '🟠', low: '🔵' } as const satisfies Record<Severity, string>;
const placeLimit = 4;
/** GitHub refuses comments of more than 65,536 characters. */
const defaultLimit = 30;

export function renderReviewMarkdown(review: Review, options: RenderMarkdownOptions = {}): string {
  const { rows, touched, notAnalysed } = review;
  const limit = options.limit ?? defaultLimit;
  const head = [
    '### Fairlead review\n',
    ...notAnalysed.map((one) => `- ⚠️ **${cell(describeNotAnalysed(one))}**\n`),
  ].join('\n');
  if (rows.length === 0 && notAnalysed.length === 0) {
    const what =
      touched.length === 0
        ? 'Nothing changes.'
        : `No request fares differently. ${proxiesGet(touched)} a new configuration.`;
    return `${[`${head}\n${what}`, ...findingsSection(options)].join('\n')}\n`;
  }
  const shown = rows.slice(0, limit);
  const more = rows.length > limit ? [`\n… and ${rows.length - limit} more.`] : [];
  const table =
    rows.length === 0
      ? []
      : ['| | what | who and whom | requests | witness |', '|---|---|---|---|---|', ...shown.map(tableRow)];
  const summary = `\n${summarizeReview(rows, notAnalysed)}; ${proxiesGet(touched)} a new configuration.\n`;
  const parts = [
    head,
    ...table,
    ...more,
    summary,
    ...findingsSection(options),
    ...shown.map((row) => details(row, options)),
  ];
  return `${parts.join('\n')}\n`;
}

/** The comment where one of the two cannot be reviewed: what stands in the way, and where. */
export function renderRefusalMarkdown(side: 'base' | 'head', options: RenderMarkdownOptions): string {
  const why =
    side === 'head'
      ? 'The change does not compile, so what it would do cannot be said.'
      : 'The base does not compile, so there is nothing to compare with.';
  const url = side === 'head' ? options.headUrl : options.baseUrl;
  const { headUrl: _headUrl, ...rest } = options;
  const findings = findingsSection({ ...rest, ...(url !== undefined && { headUrl: url }) }, 'Findings');
  return `${['### Fairlead review\n', `${why}\n`, ...findings].join('\n')}\n`;
}

function tableRow(row: ReviewRow): string {
  const requests = row.requests.map(codeCell).join('<br>');
  const witness = row.witness ? codeCell(describeWitness(row.witness)) : '';
  return `| ${badge[row.severity]} | **${labelOfRow(row)}** | ${cell(row.title)} | ${requests} | ${witness} |`;
}

function details(row: ReviewRow, { baseUrl, headUrl }: RenderMarkdownOptions): string {
  const { title, witness, touched } = row;
  const change = changeOf(row);
  const lines = [`<details><summary>${badge[row.severity]} ${html(title.replace(/\s+/g, ' '))}</summary>`, ''];
  if (change !== undefined) lines.push(`- change: ${cell(change)}`);
  if (witness) {
    lines.push(`- witness: ${code(describeWitness(witness))}`);
    lines.push(`  - base: ${cell(describeVerdict(witness.base))}`, `  - head: ${cell(describeVerdict(witness.head))}`);
  }
  lines.push(...placeLines('base', row.base, baseUrl), ...placeLines('head', row.head, headUrl));
  if (touched.length > 0) lines.push(`- proxies with a new configuration: ${cell(listSome(touched, 12))}`);
  if (witness) {
    const path = renderSteps(witness.head.steps).join('\n').replaceAll('```', "'''");
    lines.push('', 'Decision path in head:', '', '```text', path, '```');
  }
  return [...lines, '', '</details>'].join('\n');
}

function findingsSection({ findings = [], headUrl }: RenderMarkdownOptions, title = 'New findings'): string[] {
  if (findings.length === 0) return [];
  const lines = findings.slice(0, defaultLimit).map(({ code: name, severity, message, span, hint }) => {
    const place = span ? `${placeLink(span, headUrl)} ` : '';
    return `- **${severity}** ${place}${cell(message)} (${name})${hint === undefined ? '' : `; ${cell(hint)}`}`;
  });
  const more = findings.length > defaultLimit ? [`- … and ${findings.length - defaultLimit} more`] : [];
  return [`#### ${title}`, '', ...lines, ...more, ''];
}

function placeLink(place: Origin, url: string | undefined): string {
  const text = formatSpan(place);
  return url === undefined ? code(text) : `[${cell(text)}](${encodeURI(`${url}${formatOrigin(place)}`)})`;
}

function placeLines(side: string, places: readonly PlacedText[], url: string | undefined): string[] {
  return places.slice(0, placeLimit).map(({ text, origin }) => `- ${side}: ${placeLink(origin, url)} ${cell(text)}`);
}

/** Text from intent must not become markup, nor end a table cell. */
function cell(text: string): string {
  return html(text)
    .replace(/[\\`*_[\]~|]/g, (c) => `\\${c}`)
    .replace(/\s+/g, ' ');
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A code span, in backticks enough for its content. */
function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = flat.startsWith('`') || flat.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** In a table a pipe ends the cell, even in code. */
function codeCell(text: string): string {
  return code(text).replaceAll('|', '\\|');
}
