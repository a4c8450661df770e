// What a document says of itself: from its nodes, and of one that is broken from its lines, so that it can still be referred to by name.
import { isMap, isScalar, type Node } from 'yaml';

/** Of whatever type was written: nothing about it has been checked. */
export interface DocumentHeader {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly namespace?: unknown;
}

/** Scalars at `apiVersion`, `kind`, `metadata.name`, `metadata.namespace`. */
export function headerOf(root: Node | undefined): DocumentHeader {
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

export interface HeaderInText {
  readonly header: DocumentHeader;
  /** Of the first character of its document in the text. */
  readonly start: number;
}

/**
 * The headers in a text that may be broken in any way, several where the line between two documents is missing.
 * Never none. Looks at whole lines only, each once. What is not plainly there, such as a name made by a template, is absent.
 */
export function headersInText(text: string): readonly HeaderInText[] {
  const found = piecesOf(text).map(({ lines, start }): HeaderInText => {
    const metadata = metadataOf(lines);
    return {
      start,
      header: {
        apiVersion: first(lines, /^["']?apiVersion["']?\s*:\s*["']?([^\s"'{}]+)["']?\s*$/),
        kind: first(lines, /^["']?kind["']?\s*:\s*["']?([A-Za-z]+)["']?\s*$/),
        name: first(metadata, fieldPattern('name')),
        namespace: first(metadata, fieldPattern('namespace')),
      },
    };
  });
  const told = found.filter(({ header }) => Object.values(header).some((value) => value !== undefined));
  return told.length > 0 ? told : [{ header: {}, start: 0 }];
}

interface Piece {
  readonly lines: string[];
  readonly start: number;
}

function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [{ lines: [], start: 0 }];
  let start = 0;
  let hasVersion = false;
  for (const line of text.split('\n')) {
    const isVersion = /^["']?apiVersion["']?\s*:/.test(line);
    if (/^---(\s|$)/.test(line) || (isVersion && hasVersion)) {
      pieces.push({ lines: [], start });
      hasVersion = false;
    }
    hasVersion ||= isVersion;
    pieces.at(-1)?.lines.push(withoutComment(line));
    start += line.length + 1;
  }
  return pieces;
}

function withoutComment(line: string): string {
  return line.replace(/^#.*| #.*/, '').trimEnd();
}

/** The fields of `metadata`, one a line; what is nested deeper is left out as far as lines tell. */
function metadataOf(lines: readonly string[]): readonly string[] {
  const at = lines.findIndex((line) => /^["']?metadata["']?\s*:/.test(line));
  if (at === -1) return [];
  const inline = (lines[at] ?? '').replace(/^["']?metadata["']?\s*:\s*/, '');
  if (inline.startsWith('{'))
    return inline
      .slice(1)
      .replace(/\{[^{}]*\}/g, '')
      .split(/[,}]/);
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => line !== '' && !/^\s/.test(line));
  const block = rest.slice(0, end === -1 ? undefined : end).filter((line) => line !== '');
  const indent = /^\s*/.exec(block[0] ?? '')?.[0] ?? '';
  return block.filter((line) => /^\s*/.exec(line)?.[0] === indent);
}

function fieldPattern(field: string): RegExp {
  return new RegExp(`^\\s*["']?${field}["']?\\s*:\\s*["']?([^\\s"'{}]+)["']?\\s*$`);
}

function first(lines: readonly string[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const [, value] = pattern.exec(line) ?? [];
    if (value !== undefined) return value;
  }
  return undefined;
}
