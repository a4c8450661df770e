// Text to documents. Reports what YAML forbids and what could hurt, and carries on with the next document.
import { type Document, isScalar } from 'yaml';
import { type Report, type Span, wholeFile } from '../diagnostics/index.ts';
import type { SourceFile } from '../source/index.ts';
import { type Conflicts, findConflicts } from './conflicts.ts';
import type { DocumentPath, Locate } from './document.ts';
import { maxAliasCount, writeOutHint } from './examine.ts';
import { type DocumentHeader, headerOf, headersInText } from './headers.ts';
import { Places } from './places.ts';
import { plainOf } from './plain.ts';
import { readJson } from './read-json.ts';
import {
  examineDocument,
  type FileState,
  lowerStart,
  parseDocuments,
  type Reading,
  reportConflicts,
  reportHostile,
  reportSyntax,
  startReading,
} from './reading.ts';

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

const ownReading: Reading = { version: '1.2', reader: 'Fairlead' };

/**
 * In the order of the file, without empty documents. Never throws: a document that is broken comes with its header as far as
 * it can be read, and so does what a text that is not parsed at all, for its nesting or its conflicts, plainly holds.
 */
export function parseFile(file: SourceFile, report: Report): readonly ParsedDocument[] {
  if (reportHostile(file, report)) return unreadDocuments(file.text, wholeFile(file.path));
  const state = startReading(file, report, ownReading);
  const conflicts = findConflicts(file.text);
  if (conflicts) return readConflicts(conflicts, state);
  const json = readJson(file.text, state.lines);
  if (json) return readDocument(json, state, [0, file.text.length]);
  let start = 0;
  return parseDocuments(state).flatMap((document) => {
    const range = [start, document.range?.[2] ?? file.text.length] as const;
    start = range[1];
    return isEmpty(document) ? [] : readDocument(document, state, range);
  });
}

/** What either side declares. */
function readConflicts(conflicts: Conflicts, state: FileState): readonly ParsedDocument[] {
  const span = reportConflicts(conflicts, state);
  const documents = conflicts.sides.flatMap((side) => unreadDocuments(side, span));
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
  const { isSound, hasAliases } = examineDocument(document, state);
  if (!isSound) return undefined;
  return hasAliases ? withAliases(document, span, state) : plainOf(document.contents);
}

function startOf(span: Span): Span {
  return { ...span, end: { line: span.start.line, column: span.start.column + 1 } };
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
