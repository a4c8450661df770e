// A review as a comment on a pull request: a summary, a table of what was and what is, details folded below.
import { describeVerdict, renderSteps } from '../analysis/index.ts';
import { type Diagnostic, formatSpan } from '../diagnostics/index.ts';
import { formatOrigin, type Origin } from '../model/index.ts';
import {
  describeWitness,
  noneDiffers,
  labelOfRow,
  proxiesGet,
  rangeOf,
  summarizeReview,
  summaryBesides,
} from './render-text.ts';
import { nameSome } from './inventory.ts';
import { changeOf } from './words.ts';
import { describeNotAnalysed } from './not-analysed.ts';
import { atMost, linesOfWays, nameAll, namesOf, placesTold, whereAll } from './ways.ts';
import { isQuiet, type Review, type ReviewRow, type Severity, type Sides } from './review.ts';

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

/** How the places of one side are written. */
interface Writing {
  readonly url: string | undefined;
  readonly folder: string | undefined;
}

function writingOf({ baseUrl, headUrl, folders }: RenderMarkdownOptions, side: keyof Sides): Writing {
  return { url: side === 'head' ? headUrl : baseUrl, folder: folders?.[side] };
}

const badge = { high: '🔴', medium: '🟠', low: '🔵' } as const satisfies Record<Severity, string>;
/** GitHub refuses comments of more than 65,536 characters. */
const defaultLimit = 30;

export function renderReviewMarkdown(review: Review, options: RenderMarkdownOptions = {}): string {
  const { rows, touched, notAnalysed } = review;
  const limit = options.limit ?? defaultLimit;
  const range = options.sides === undefined ? '' : `${code(rangeOf(options.sides))}: `;
  const newFindings = findingsSection(options, 'head', 'New findings');
  const start = (text: string) => `### Fairlead review\n\n${range}${text}`;
  if (isQuiet(review)) {
    const what =
      touched.length === 0
        ? 'nothing changes.'
        : `${cell(noneDiffers(review))}. ${proxiesGet(touched)} a new configuration.`;
    return `${[start(range === '' ? capitalized(what) : what), ...newFindings].join('\n')}\n`;
  }
  const shown = rows.slice(0, limit);
  const more =
    rows.length > limit
      ? [
          `\n… and ${rows.length - limit} more (\`fairlead review\` ${whereAll.replace(/--format json/, '`--format json`')}).`,
        ]
      : [];
  const owners = [...new Set(rows.flatMap((row) => row.owners))].sort();
  const asked = owners.length === 0 ? '' : ` Owners: ${owners.map(cell).join(', ')}.`;
  const columns = ['', 'change', 'was → is', 'requests', ...(owners.length === 0 ? [] : ['owner'])];
  const table = [line(columns), line(columns.map(() => '---'))];
  const open = notAnalysed.map((one) => `- ⚠️ **${cell(describeNotAnalysed(one))}**`);
  const parts = [
    start(`**${summarizeReview(rows, notAnalysed)}**; ${summaryBesides(review)}.${asked}`),
    '',
    ...(open.length === 0 ? [] : [...open, '']),
    ...(rows.length === 0 ? [] : [...table, ...shown.map((row) => line(cellsOf(row).slice(0, columns.length)))]),
    ...more,
    '',
    ...newFindings,
    ...shown.map((row) => details(row, options)),
  ];
  return `${parts.join('\n')}\n`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The comment where one of the two cannot be reviewed: what stands in the way, and where. */
export function renderRefusalMarkdown(side: 'base' | 'head', options: RenderMarkdownOptions): string {
  const why =
    side === 'head'
      ? 'The change does not compile, so what it would do cannot be said.'
      : 'The base does not compile, so there is nothing to compare with.';
  return `${['### Fairlead review\n', `${why}\n`, ...findingsSection(options, side, 'Findings')].join('\n')}\n`;
}

function cellsOf(row: ReviewRow): readonly string[] {
  const { severity, title, from, to, requests, owners, others = [] } = row;
  const more = others.length === 0 ? [] : [`and ${others.length} more way${others.length === 1 ? '' : 's'} below`];
  const change = from === undefined || to === undefined ? '' : `${shortCell(from)} → ${shortCell(to)}`;
  return [
    `${badge[severity]} ${labelOfRow(row)}`,
    cell(title),
    change,
    [...requests.map(requestCell), ...more].join('<br>'),
    owners.map(cell).join(', '),
  ];
}

const cellLimit = 120;

/** The whole of it is in the details. */
function shortCell(text: string): string {
  return cell(text.length > cellLimit ? `${text.slice(0, cellLimit)}…` : text);
}

/** All of them are words; the others are requests. */
function requestCell(text: string): string {
  return text.startsWith('every ') ? cell(text) : codeCell(text);
}

function details(row: ReviewRow, options: RenderMarkdownOptions): string {
  const { title, touched, example } = row;
  const witness = row.witness ?? example;
  const { from = '', to = '' } = row;
  const change = Math.max(from.length, to.length) > cellLimit ? changeOf(row) : undefined;
  const lines = [`<details><summary>${badge[row.severity]} ${summaryText(title)}</summary>`, ''];
  if (change !== undefined) lines.push(`- change: ${cell(change)}`);
  for (const [name, names] of Object.entries(namesOf(row)))
    lines.push(...nameAll(names).map((all) => `- ${name}: ${cell(all)}`));
  lines.push(...linesOfWays(row).map((way) => `- also: ${cell(way)}`));
  if (witness) {
    lines.push(`- ${row.witness ? 'witness' : 'example'}: ${code(describeWitness(witness))}`);
    lines.push(`  - base: ${cell(describeVerdict(witness.base))}`, `  - head: ${cell(describeVerdict(witness.head))}`);
  }
  const head = writingOf(options, 'head');
  for (const side of ['base', 'head'] as const) {
    const places = row[side].map(({ text, origin }) => `${placeLink(origin, writingOf(options, side))} ${cell(text)}`);
    lines.push(...atMost(places, placesTold(row), 'places').map((place) => `- ${side}: ${place}`));
  }
  if (touched.length > 0) lines.push(`- proxies with a new configuration: ${cell(nameSome(touched, 12))}`);
  if (witness) {
    const path = renderSteps(witness.head.steps, { folder: head.folder }).join('\n').replaceAll('```', "'''");
    lines.push('', 'Decision path in head:', '', '```text', path, '```');
  }
  return [...lines, '', '</details>'].join('\n');
}

function findingsSection(options: RenderMarkdownOptions, side: keyof Sides, title: string): string[] {
  const { findings = [] } = options;
  const writing = writingOf(options, side);
  if (findings.length === 0) return [];
  const lines = findings.slice(0, defaultLimit).map(({ code: name, severity, message, span, hint }) => {
    const place = span ? `${placeLink(span, writing)} ` : '';
    return `- **${severity}** ${place}${cell(message)} (${name})${hint === undefined ? '' : `; ${cell(hint)}`}`;
  });
  const more = findings.length > defaultLimit ? [`- … and ${findings.length - defaultLimit} more`] : [];
  return [`#### ${title}`, '', ...lines, ...more, ''];
}

function placeLink(place: Origin, { url, folder }: Writing): string {
  const text = formatSpan(place, folder);
  return url === undefined ? code(text) : `[${cell(text)}](${encodeURI(`${url}${formatOrigin(place)}`)})`;
}

/** Text from intent must not become markup, nor end a table cell. */
function cell(text: string): string {
  return text
    .split(linked)
    .map((part, i) => (i % 2 === 1 ? codeCell(part) : escaped(part)))
    .join('');
}

/**
 * What GitHub would make links of: addresses of hosts that only the mesh knows, teams that were told of for nothing, issues.
 * https://github.github.com/gfm/#autolinks-extension-
 * https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
 */
const linked = /((?:(?<![a-z])[a-z]+:\/\/|www\.)[^\s,;|`]+|(?<![^\s,;|`])(?:[^\s,;|`]*(?:@|#\d)[^\s,;|`]*|GH-\d+))/i;

function escaped(text: string): string {
  return html(text)
    .replace(/[\\`*_[\]~|]/g, (c) => `\\${c}`)
    .replace(/\s+/g, ' ');
}

/** Within an HTML tag Markdown means nothing. */
function summaryText(title: string): string {
  return title
    .replace(/\s+/g, ' ')
    .split(linked)
    .map((part, i) => (i % 2 === 1 ? `<code>${html(part)}</code>` : html(part)))
    .join('');
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
