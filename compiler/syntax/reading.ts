// What is told of a text on its way through the YAML parser, whoever reads it: Fairlead itself, or a manifest as Kubernetes would.
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { type Report, type Span, wholeFile } from '../diagnostics/index.ts';
import type { SourceFile } from '../source/index.ts';
import { type Cause, causeAt } from './causes.ts';
import type { Conflicts } from './conflicts.ts';
import { PositionMap } from './document.ts';
import { type Examination, examine, nestingHint } from './examine.ts';
import { findHostileNesting } from './hostile.ts';
import { jsonKeyOf } from './kubernetes-values.ts';
import { clip } from './quote.ts';
import { addLines } from './read-json.ts';
import { bareStar, openQuote } from './slips.ts';

export interface Reading {
  readonly version: '1.1' | '1.2';
  /** Who reads this version. */
  readonly reader: string;
  /** `failsafe`: what a plain word means is for the reader to say, the parser gives every one as text. Else that of the document's version. */
  readonly schema?: 'failsafe';
}

export interface FileState {
  readonly reading: Reading;
  readonly lines: LineCounter;
  readonly positions: PositionMap;
  readonly report: Report;
  errorsLeft: number;
  /** Hints about the file as a whole. */
  readonly told: Set<string>;
}

const maxSyntaxErrorsPerFile = 20;

export function startReading(file: SourceFile, report: Report, reading: Reading): FileState {
  const lines = new LineCounter();
  const positions = new PositionMap(file, lines);
  return { reading, lines, positions, report, errorsLeft: maxSyntaxErrorsPerFile, told: new Set() };
}

/** Keys are compared in `examine`: the parser's own check takes a time that grows with their square. */
export function parseDocuments({ reading, lines, positions }: FileState): readonly Document.Parsed[] {
  return parseAllDocuments(positions.text, {
    lineCounter: lines,
    version: reading.version,
    ...(reading.schema && { schema: reading.schema }),
    merge: false,
    strict: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  }) as readonly Document.Parsed[];
}

/** What would keep the parser busy for minutes. False if there is none of it. */
export function reportHostile(file: SourceFile, report: Report): boolean {
  const hostile = findHostileNesting(file.text);
  if (!hostile) return false;
  const span = { file: file.path, start: hostile, end: { ...hostile, column: hostile.column + 1 } };
  report('FL0104', { message: 'the text is nested too deeply to be read', span, hint: nestingHint });
  return true;
}

/** The first of them is shown; gives its place. */
export function reportConflicts({ open, close, count }: Conflicts, { positions, lines, report }: FileState): Span {
  addLines(positions.text, lines);
  const span = positions.span(open.start, open.end);
  report('FL0119', {
    message: `${count === 1 ? 'a Git conflict is' : `${count} Git conflicts are`} left in the file`,
    span,
    related: [{ message: 'the conflict ends here', span: positions.span(close.start, close.end) }],
    hint: 'finish the merge: keep one side of each and remove the lines with the markers',
  });
  return span;
}

/** The first problem only: what follows in the same document mostly follows from it. False after a report. */
export function reportSyntax(document: Document.Parsed, state: FileState): boolean {
  const problems = problemsOf(document, state.reading).toSorted((a, b) => a.pos[0] - b.pos[0]);
  const [problem] = problems;
  if (!problem) return isVersionRead(document, state);
  if (state.errorsLeft-- <= 0) return false;
  const { positions, report } = state;
  const span = positions.span(...problem.pos);
  const cause = causeAt(positions, problem.pos[0]);
  if (problems.some(({ code, message }) => code === 'RESOURCE_EXHAUSTION' || /call stack/i.test(message)))
    report('FL0104', { message: 'the text is nested too deeply to be read', span, hint: nestingHint });
  else if (problem.code === 'BAD_ALIAS' && / empty /.test(problem.message))
    report('FL0101', bareStar(positions, problem.pos[0]));
  else if (cause) reportCause(cause, state);
  else
    report(
      'FL0101',
      openQuote(document, positions, problem) ?? { message: `not valid YAML: ${lowerStart(problem.message)}`, span },
    );
  return false;
}

/** A tag that the parser does not know is for the reader, where words are. */
function problemsOf({ errors, warnings }: Document.Parsed, { schema }: Reading): (typeof errors)[number][] {
  const told = schema === 'failsafe' ? warnings.filter(({ code }) => code !== 'TAG_RESOLVE_FAILED') : warnings;
  return [...errors, ...told];
}

export function reportCause(cause: Cause, { positions, report, told }: FileState): void {
  if (cause.isOfFile && told.has(cause.hint)) return;
  told.add(cause.hint);
  const { code, message, hint, start, end } = cause;
  report(code, { message, hint, span: positions.span(start, end) });
}

/** What the parser lets through and we do not. */
export function examineDocument(document: Document.Parsed, state: FileState): Examination {
  const { positions, report, reading } = state;
  return examine(document.contents ?? undefined, {
    positions,
    report,
    reportCause: (cause) => reportCause(cause, state),
    nameOfKey: reading.schema === 'failsafe' ? jsonKeyOf : (key) => String(key.value),
    mayMerge: reading.version === '1.1',
  });
}

/**
 * In YAML 1.1 `off` is false, `12:30` a number and `<<` an order: the same text would mean another thing.
 * The line holds for all documents that follow.
 */
function isVersionRead(document: Document.Parsed, { positions, report, told, reading }: FileState): boolean {
  const { version } = document.directives.yaml;
  if (version === reading.version) return true;
  const hint = `remove the line with %YAML: ${reading.reader} reads YAML ${reading.version}`;
  const directives = /^%YAML +(\S*)/gm;
  const found = [...positions.text.matchAll(directives)].find(([, written]) => written !== reading.version);
  const end = (found?.index ?? 0) + (/^.*/.exec(positions.text.slice(found?.index))?.[0].length ?? 0);
  const span = found ? positions.span(found.index, end) : wholeFile(positions.file);
  if (!told.has(hint)) report('FL0101', { message: `YAML ${version} is not read`, span, hint });
  told.add(hint);
  return false;
}

export function lowerStart(message: string): string {
  const line = clip(message.split('\n')[0]?.replace(/[.:]$/, '') ?? '', 120);
  return /^[A-Z][a-z ]/.test(line) ? line.charAt(0).toLowerCase() + line.slice(1) : line;
}
