// Diagnostics for people: header, place, source frame, related places, hint. Plain text unless asked to colour.
import { styleText } from 'node:util';
import { displayWidth } from './display-width.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import { printable } from './printable.ts';
import { formatSpan, type Span } from './span.ts';

/** Gives the text of a file for its source frame; undefined where the text is not at hand. */
export type SourceLookup = (file: string) => string | undefined;

export interface RenderTextOptions {
  readonly lookup?: SourceLookup;
  /** Colour is the caller's decision: only on a terminal, and never under NO_COLOR. */
  readonly color?: boolean;
  /** The root of the intent as seen from where the reader is; left out or "" for there. */
  readonly folder?: string;
}

const severityStyle = { error: 'red', warning: 'yellow', info: 'cyan' } as const satisfies Record<Severity, string>;
const maxFrameWidth = 120;

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** What the frames of one diagnostic have in common. */
interface Page {
  readonly lineAt: LineLookup;
  readonly paint: Paint;
  readonly folder: string | undefined;
  /** Columns that the longest line number takes. */
  readonly gutter: number;
}

/** A place in a source, and how it is underlined. */
interface Mark {
  readonly span: Span;
  /** Said beside the line; "" for nothing. */
  readonly label: string;
  readonly sign: '^' | '-';
  readonly style: Style;
}

/** Several diagnostics, a blank line between two; ends with a newline unless empty. */
export function renderText(diagnostics: readonly Diagnostic[], options: RenderTextOptions = {}): string {
  const lines = linesOf(options.lookup);
  return diagnostics.map((d) => renderOne(d, options, lines)).join('\n');
}

/** `2 errors, 1 warning`; the empty string for none. */
export function summarize(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity, noun: string) => {
    const n = diagnostics.filter((d) => d.severity === severity).length;
    return n === 0 ? [] : [`${n} ${noun}${n === 1 ? '' : 's'}`];
  };
  return [...count('error', 'error'), ...count('warning', 'warning'), ...count('info', 'note')].join(', ');
}

type LineLookup = (file: string, line: number) => string | undefined;

/** Each file is cut into lines once, however many findings it has. */
function linesOf(lookup: SourceLookup | undefined): LineLookup {
  const known = new Map<string, readonly string[] | undefined>();
  return (file, line) => {
    if (!known.has(file)) known.set(file, lookup?.(file)?.split(/\r?\n/));
    return known.get(file)?.[line - 1];
  };
}

function renderOne(d: Diagnostic, options: RenderTextOptions, lineAt: LineLookup): string {
  const paint: Paint = (style, text) => (options.color ? styleText(style, text, { validateStream: false }) : text);
  const lines = [
    `${paint(['bold', severityStyle[d.severity]], `${d.severity}[${d.code}]`)}${paint('bold', `: ${printable(d.message)}`)}`,
  ];
  const gutter = String(Math.max(...[d.span, ...d.related.map((r) => r.span)].map((s) => s?.start.line ?? 0))).length;
  const page: Page = { lineAt, paint, folder: options.folder, gutter };
  if (d.span) {
    lines.push(...frame({ span: d.span, label: d.label ?? '', sign: '^', style: severityStyle[d.severity] }, page));
  }
  for (const { span, message } of d.related) {
    lines.push(...frame({ span, label: printable(message), sign: '-', style: 'cyan' }, page));
  }
  const indent = ' '.repeat(gutter + (d.span ? 1 : 0));
  if (d.hint !== undefined)
    lines.push(`${indent} ${paint('cyan', '=')} ${paint('bold', 'hint')}: ${printable(d.hint)}`);
  return `${lines.join('\n')}\n`;
}

function frame({ span, label, sign, style }: Mark, { lineAt, paint, folder, gutter }: Page): string[] {
  const pad = ' '.repeat(gutter);
  const place = `${pad}${paint('cyan', '-->')} ${formatSpan(span, folder)}`;
  const source = lineAt(span.file, span.start.line);
  if (source === undefined) return label ? [place, `${pad} ${paint('cyan', '=')} ${label}`] : [place];
  const window = clip(source, span.start.column);
  const last = span.end.line === span.start.line ? span.end.column : source.length + 1;
  const units = Math.min(last - span.start.column, maxFrameWidth - window.column + 1);
  // Beyond the end of the line there is room for the sign as well.
  const marked = window.text.slice(window.column - 1, window.column - 1 + units);
  const width = Math.max(1, displayWidth(printable(marked)) + Math.max(0, units - marked.length));
  const bar = paint('cyan', '|');
  const before = displayWidth(printable(window.text.slice(0, window.column - 1)));
  const underline = `${' '.repeat(before)}${paint(style, `${sign.repeat(width)}${label && ` ${label}`}`)}`;
  const number = paint('cyan', String(span.start.line).padStart(gutter));
  return [place, `${pad} ${bar}`, `${number} ${bar} ${printable(window.text)}`.trimEnd(), `${pad} ${bar} ${underline}`];
}

/** Cuts a very long line to a window around the column, so that a minified file cannot flood the screen. */
function clip(line: string, column: number): { text: string; column: number } {
  if (line.length <= maxFrameWidth) return { text: line, column };
  const wanted = Math.max(0, Math.min(column - 41, line.length - maxFrameWidth));
  // Not in the midst of a character of two units.
  const from = /[\udc00-\udfff]/.test(line.charAt(wanted)) ? wanted - 1 : wanted;
  return { text: line.slice(from, from + maxFrameWidth), column: column - from };
}
