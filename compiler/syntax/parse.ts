// Text to documents. Reports what YAML forbids and what could hurt, and carries on with the next document.
import { type Document, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import { type Report, type Span, wholeFile } from '../diagnostics/index.ts';
import type { SourceFile } from '../source/index.ts';
import { bareStar, openQuote } from './slips.ts';
import { type Cause, causeAt } from './causes.ts';
import { type Conflicts, findConflicts } from './conflicts.ts';
import { type DocumentPath, type Locate, PositionMap } from './document.ts';
import { examine, maxAliasCount, nestingHint, writeOutHint } from './examine.ts';
import { type DocumentHeader, headerOf, headersInText } from './headers.ts';
import { findHostileNesting } from './hostile.ts';
import { Places } from './places.ts';
import { plainOf } from './plain.ts';
import { clip } from './quote.ts';
import { readJson } from './read-json.ts';

/** A document that is at least YAML. What it says about itself is looked at later. */
export interface ParsedDocument {
  readonly file: string;
  /** Undefined if the text is broken: then `partial` may still tell the kind and the name. */
  readonly value: unknown;
  readonly isBroken: boolean;
  /** Scalars at `apiVersion`, `kind`, `metadata.name`, `metadata.namespace`, as far as they can be read. */
  readonly header: DocumentHeader;
  readonly span: Span;
  readonly locate: Locate;
  /** The text of a value as written. */
  textOf(path: DocumentPath): string;
}

const maxSyntaxErrorsPerFile = 20;

/**
 * In the order of the file, without empty documents. Never throws: a document that is broken comes with its header as far as
 * it can be read, and so does what a text that is not parsed at all, for its nesting or its conflicts, plainly holds.
 */
export function parseFile(file: SourceFile, report: Report): readonly ParsedDocument[] {
  const hostile = findHostileNesting(file.text);
  if (hostile) {
    const span = { file: file.path, start: hostile, end: { ...hostile, column: hostile.column + 1 } };
    report('FL0104', { message: 'the text is nested too deeply to be read', span, hint: nestingHint });
    return unreadDocuments(file.text, wholeFile(file.path));
  }
  const lines = new LineCounter();
  const positions = new PositionMap(file, lines);
  const conflicts = findConflicts(file.text);
  if (conflicts) return readConflicts(conflicts, { positions, report, errorsLeft: 0, told: new Set() }, lines);
  // Keys are compared in `examine`: the parser's own check takes a time that grows with their square.
  const state = { positions, report, errorsLeft: maxSyntaxErrorsPerFile, told: new Set<string>() };
  const json = readJson(file.text, lines);
  if (json) return readDocument(json, state, [0, file.text.length]);
  const documents = parseAllDocuments(file.text, {
    lineCounter: lines,
    version: '1.2',
    merge: false,
    strict: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  let start = 0;
  return (documents as readonly Document.Parsed[]).flatMap((document) => {
    const range = [start, document.range?.[2] ?? file.text.length] as const;
    start = range[1];
    return isEmpty(document) ? [] : readDocument(document, state, range);
  });
}

/** Reports the first conflict, and gives what either side declares. */
function readConflicts(
  { open, close, count, sides }: Conflicts,
  { positions, report }: FileState,
  lines: LineCounter,
): readonly ParsedDocument[] {
  for (let at = 0; at !== -1; at = positions.text.indexOf('\n', at) + 1 || -1) lines.addNewLine(at);
  const span = positions.span(open.start, open.end);
  report('FL0119', {
    message: `${count === 1 ? 'a Git conflict is' : `${count} Git conflicts are`} left in the file`,
    span,
    related: [{ message: 'the conflict ends here', span: positions.span(close.start, close.end) }],
    hint: 'finish the merge: keep one side of each and remove the lines with the markers',
  });
  const documents = sides.flatMap((side) => unreadDocuments(side, span));
  const names = documents.map(({ header }) => `${header.namespace}/${header.name}`);
  return documents.filter((_, i) => names.indexOf(names[i] ?? '') === i);
}

function unreadDocuments(text: string, span: Span): readonly ParsedDocument[] {
  return headersInText(text).map(({ header }) => ({
    file: span.file,
    value: undefined,
    isBroken: true,
    header,
    span,
    locate: () => span,
    textOf: () => '',
  }));
}

/** Nothing between two lines of `---`, or `null`: left out by every reader of Kubernetes objects. */
function isEmpty({ contents, errors }: Document.Parsed): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

interface FileState {
  readonly positions: PositionMap;
  readonly report: Report;
  errorsLeft: number;
  /** Hints about the file as a whole. */
  readonly told: Set<string>;
}

/** What is given back holds nothing of the parser's tree. Several if a broken one plainly holds several. */
function readDocument(
  document: Document.Parsed,
  state: FileState,
  range: readonly [start: number, end: number],
): readonly ParsedDocument[] {
  const { positions } = state;
  const root = document.contents ?? undefined;
  const places = new Places(root, positions);
  const span = root ? places.locate([]) : wholeFile(positions.file);
  const value = reportSyntax(document, state) ? plainValueOf(document, span, state) : undefined;
  const isBroken = value === undefined;
  const [first, ...others] = isBroken ? headersInText(positions.text.slice(...range)) : [];
  const read: ParsedDocument = {
    file: positions.file,
    value,
    isBroken,
    header: completed(headerOf(root), first?.header),
    span,
    locate: (path, options) => places.locate(path, options?.key),
    textOf: (path) => places.textOf(path),
  };
  const rest = others.map(({ header, start }) => {
    const place = positions.span(range[0] + start, range[0] + start);
    return { ...read, header, span: place, locate: () => place };
  });
  return [read, ...rest];
}

/** What the nodes of a broken document do not tell, its lines may. */
function completed(header: DocumentHeader, inText: DocumentHeader = {}): DocumentHeader {
  const known = Object.entries(header).filter(([, value]) => value !== undefined && value !== null);
  return { ...inText, ...Object.fromEntries(known) };
}

/** Undefined after a report. */
function plainValueOf(document: Document.Parsed, span: Span, state: FileState): unknown {
  const { isSound, hasAliases } = examine(document.contents ?? undefined, state.positions, state.report, (cause) =>
    reportCause(cause, state),
  );
  if (!isSound) return undefined;
  return hasAliases ? withAliases(document, span, state) : plainOf(document.contents);
}

/** The first problem only: what follows in the same document mostly follows from it. */
function reportSyntax(document: Document.Parsed, state: FileState): boolean {
  const problems = [...document.errors, ...document.warnings].toSorted((a, b) => a.pos[0] - b.pos[0]);
  const [problem] = problems;
  if (!problem) return isVersion12(document, state);
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

function reportCause(cause: Cause, { positions, report, told }: FileState): void {
  if (cause.isOfFile && told.has(cause.hint)) return;
  told.add(cause.hint);
  const { code, message, hint, start, end } = cause;
  report(code, { message, hint, span: positions.span(start, end) });
}

/**
 * In YAML 1.1 `off` is false, `12:30` a number and `<<` an order: the same text would mean another thing.
 * The line holds for all documents that follow.
 */
function isVersion12(document: Document.Parsed, { positions, report, told }: FileState): boolean {
  const { version } = document.directives.yaml;
  if (version === '1.2') return true;
  const hint = 'remove the line with %YAML: Fairlead reads YAML 1.2';
  const at = positions.text.search(/^%YAML +(?!1\.2\s)/m);
  const end = at + (/^.*/.exec(positions.text.slice(at))?.[0].length ?? 0);
  const span = at === -1 ? wholeFile(positions.file) : positions.span(at, end);
  if (!told.has(hint)) report('FL0101', { message: `YAML ${version} is not read`, span, hint });
  told.add(hint);
  return false;
}

function startOf(span: Span): Span {
  return { ...span, end: { line: span.start.line, column: span.start.column + 1 } };
}

function lowerStart(message: string): string {
  const line = clip(message.split('\n')[0]?.replace(/[.:]$/, '') ?? '', 120);
  return /^[A-Z][a-z ]/.test(line) ? line.charAt(0).toLowerCase() + line.slice(1) : line;
}

/** Undefined after a report. */
function withAliases(document: Document.Parsed, span: Span, { report }: FileState): unknown {
  try {
    return document.toJS({ maxAliasCount });
  } catch (error) {
    if (/alias count/i.test(String(error))) {
      report('FL0103', {
        message: 'aliases multiply the document beyond all reason',
        span: startOf(span),
        hint: writeOutHint,
      });
    } else {
      report('FL0101', {
        message: `not valid YAML: ${lowerStart(error instanceof Error ? error.message : String(error))}`,
        span: startOf(span),
      });
    }
    return undefined;
  }
}
