// Text from intent as Markdown: it must not become markup, links or calls to people, nor end a table's cell.
import { printable } from '../diagnostics/index.ts';

/** Within a line. */
export function cell(text: string): string {
  return flat(text)
    .split(linked)
    .map((part, i) => (i % 2 === 1 ? codeCell(part) : escaped(part)))
    .join('');
}

/**
 * What GitHub would make links of: addresses of hosts that only the mesh knows, teams that were told of for nothing, issues, commits;
 * and what no backslash keeps it from: `$formulas$` and `:emoji:`.
 * https://github.github.com/gfm/#autolinks-extension-
 * https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
 * https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/writing-mathematical-expressions
 */
const word = '[^\\s,;|`]';
/** Of numbers these two alone, and places are written with numbers. */
const emoji = ':(?:\\d*[a-z_+-][\\w+-]*|100|1234):';
const alive = ['@', '#\\d', '\\$', emoji, '(?<!\\w)[0-9a-f]{7,40}(?!\\w)'].join('|');
const linked = new RegExp(
  `((?:(?<![a-z])[a-z]+://|www\\.)${word}+|(?<!${word})(?:${word}*(?:${alive})${word}*|GH-\\d+))`,
  'i',
);

function escaped(text: string): string {
  return html(text).replace(/[\\`*_[\]~|]/g, (c) => `\\${c}`);
}

/** Within an HTML tag Markdown means nothing. */
export function summaryText(title: string): string {
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
export function code(text: string): string {
  const line = flat(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

function flat(text: string): string {
  return printable(text.replace(/\s+/g, ' '));
}

/** In a table a pipe ends the cell, even in code. */
export function codeCell(text: string): string {
  return code(text).replaceAll('|', '\\|');
}
