// Text to documents. Reports what YAML forbids and what could hurt, and carries on with the next document.
import { type Document, isMap, isScalar, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { type Report, type Span, wholeFile } from '../diagnostics/index.ts';
import type { SourceFile } from '../source/index.ts';
import { type DocumentPath, type Locate, PositionMap } from './document.ts';
import { examine, maxAliasCount, nestingHint, writeOutHint } from './examine.ts';
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

/** Of whatever type was written: nothing about it has been checked. */
export interface DocumentHeader {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly namespace?: unknown;
}

const maxSyntaxErrorsPerFile = 20;

/**
 * In the order of the file, without empty documents. Never throws: a document that is broken comes with its header as far as
 * it can be read, and a text that is nested too deeply gives none at all.
 */
export function parseFile(file: SourceFile, report: Report): readonly ParsedDocument[] {
  const hostile = findHostileNesting(file.text);
  if (hostile) {
    const span = { file: file.path, start: hostile, end: { ...hostile, column: hostile.column + 1 } };
    report('FL0104', { message: 'the text is nested too deeply to be read', span, hint: nestingHint });
    return [];
  }
  const lines = new LineCounter();
  const positions = new PositionMap(file, lines);
  // Keys are compared in `examine`: the parser's own check takes a time that grows with their square.
  const json = readJson(file.text, lines);
  if (json) return [readDocument(json, { positions, report, errorsLeft: maxSyntaxErrorsPerFile })];
  const documents = parseAllDocuments(file.text, {
    lineCounter: lines,
    version: '1.2',
    merge: false,
    strict: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const state = { positions, report, errorsLeft: maxSyntaxErrorsPerFile };
  return (documents as readonly Document.Parsed[]).flatMap((document) => {
    return isEmpty(document) ? [] : [readDocument(document, state)];
  });
}

/** Nothing between two lines of `---`, or `null`: left out by every reader of Kubernetes objects. */
function isEmpty({ contents, errors }: Document.Parsed): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

interface FileState {
  readonly positions: PositionMap;
  readonly report: Report;
  errorsLeft: number;
}

/** What is given back holds nothing of the parser's tree. */
function readDocument(document: Document.Parsed, state: FileState): ParsedDocument {
  const { positions } = state;
  const root = document.contents ?? undefined;
  const places = new Places(root, positions);
  const span = root ? places.locate([]) : wholeFile(positions.file);
  const value = reportSyntax(document, state) ? plainValueOf(document, span, state) : undefined;
  return {
    file: positions.file,
    value,
    isBroken: value === undefined,
    header: headerOf(root),
    span,
    locate: (path, options) => places.locate(path, options?.key),
    textOf: (path) => places.textOf(path),
  };
}

/** Undefined after a report. */
function plainValueOf(document: Document.Parsed, span: Span, state: FileState): unknown {
  const { isSound, hasAliases } = examine(document.contents ?? undefined, state.positions, state.report);
  if (!isSound) return undefined;
  return hasAliases ? withAliases(document, span, state) : plainOf(document.contents);
}

function reportSyntax(document: Document.Parsed, state: FileState): boolean {
  const problems = [...document.errors, ...document.warnings];
  for (const problem of problems) {
    if (state.errorsLeft-- <= 0) break;
    const span = state.positions.span(...problem.pos);
    const isDeep = problem.code === 'RESOURCE_EXHAUSTION' || /call stack/i.test(problem.message);
    if (isDeep)
      state.report('FL0104', { message: 'the text is nested too deeply to be read', span, hint: nestingHint });
    else state.report('FL0101', { message: `not valid YAML: ${lowerStart(problem.message)}`, span });
    if (isDeep) break;
  }
  return problems.length === 0 && isVersion12(document, state);
}

/** In YAML 1.1 `off` is false, `12:30` a number and `<<` an order: the same text would mean another thing. */
function isVersion12(document: Document.Parsed, { positions, report }: FileState): boolean {
  const { version } = document.directives.yaml;
  if (version === '1.2') return true;
  report('FL0101', {
    message: `YAML ${version} is not read`,
    span: document.contents ? startOf(positions.spanOf(document.contents)) : wholeFile(positions.file),
    hint: 'remove the line with %YAML: Fairlead reads YAML 1.2',
  });
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

/** Read from the nodes, so that a broken document can still be referred to by its name. */
function headerOf(root: Node | undefined): DocumentHeader {
  const scalar = (...path: string[]): unknown => {
    let node: unknown = root;
    for (const step of path) node = isMap(node) ? node.get(step, true) : undefined;
    return isScalar(node) ? node.value : undefined;
  };
  return {
    apiVersion: scalar('apiVersion'),
    kind: scalar('kind'),
    name: scalar('metadata', 'name'),
    namespace: scalar('metadata', 'namespace'),
  };
}
