// Places in source text. Lines and columns count from 1, everywhere, in characters (UTF-16 code units).
import { printable } from './printable.ts';

/** Both count from 1; a column is a UTF-16 code unit, and a tab is one column. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A half-open range of one file: `end` is the position just after the last character. */
export interface Span {
  /** Path relative to the root of the intent repository, with `/` separators. */
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

/** The path of a file of the intent as seen from elsewhere: `folder` is the root of the intent from there, "" for the same place. */
export function fileIn(folder: string | undefined, file: string): string {
  return !folder || folder.endsWith('/') ? `${folder ?? ''}${file}` : `${folder}/${file}`;
}

/**
 * `file:line:column` of the start of a span, for people: the form editors and terminals make clickable, if `folder` is the root of the intent as
 * seen from where the reader is ("" for there).
 */
export function formatSpan(span: Span, folder?: string): string {
  return `${printable(fileIn(folder, span.file))}:${span.start.line}:${span.start.column}`;
}

/** Data for machines: the same with all files of spans as seen from elsewhere (`fileIn`), so that they can be opened from there. */
export function filesIn(folder: string | undefined, data: unknown): unknown {
  if (!folder || typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) return data.map((one) => filesIn(folder, one));
  const entries = Object.entries(data).map(([key, value]) => [key, filesIn(folder, value)]);
  return { ...Object.fromEntries(entries), ...(isSpan(data) && { file: fileIn(folder, data.file) }) };
}

function isSpan(data: object): data is Span {
  return 'file' in data && typeof data.file === 'string' && 'start' in data && 'end' in data;
}

/** A span that covers the first character of a file, for findings about a file as a whole. */
export function wholeFile(file: string): Span {
  return { file, start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
}

/** Whether a position in the file of a span is in it, or just after its last character. */
export function holdsPosition({ start, end }: Span, at: Position): boolean {
  const isAfterStart = at.line > start.line || (at.line === start.line && at.column >= start.column);
  return isAfterStart && (at.line < end.line || (at.line === end.line && at.column <= end.column));
}

/** Order by file, then position, then end; for deterministic output. */
export function compareSpans(a: Span, b: Span): number {
  return (
    compareText(a.file, b.file) ||
    a.start.line - b.start.line ||
    a.start.column - b.start.column ||
    a.end.line - b.end.line ||
    a.end.column - b.end.column
  );
}

/** Code-unit order: unlike `localeCompare` it is the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
