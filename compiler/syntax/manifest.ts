// A manifest for Kubernetes to documents that keep their nodes, for who changes its text. Read as `kubectl` reads it, refused as intent would be.
import { type Document, isScalar, type Node } from 'yaml';
import { type Report, type Span, wholeFile } from '../diagnostics/index.ts';
import type { SourceFile } from '../source/index.ts';
import { findConflicts } from './conflicts.ts';
import { writeOutHint } from './examine.ts';
import { kubernetesValueOf, type Valueless } from './kubernetes-values.ts';
import { readJsonStream } from './read-json.ts';
import {
  examineDocument,
  type FileState,
  parseDocuments,
  type Reading,
  reportConflicts,
  reportHostile,
  reportSyntax,
  startReading,
} from './reading.ts';

export interface ManifestDocument {
  /** Its nodes have the offsets of what they stand for in the text. Scalars of YAML are texts here: what they mean is in `value`. */
  readonly tree: Document.Parsed;
  /** What the API server would be sent; null for an empty document. */
  readonly value: unknown;
  readonly span: Span;
  /** Nothing but JSON may be written into it. */
  readonly isJson: boolean;
}

const kubernetesReading: Reading = { version: '1.1', reader: 'Kubernetes', schema: 'failsafe' };

/** In the order of the text. Undefined after a report: of a text that is broken in one place nothing is given. */
export function parseManifest(file: SourceFile, report: Report): readonly ManifestDocument[] | undefined {
  if (reportHostile(file, report)) return undefined;
  const state = startReading(file, report, kubernetesReading);
  const conflicts = findConflicts(file.text);
  if (conflicts) {
    reportConflicts(conflicts, state);
    return undefined;
  }
  const json = readJsonStream(file.text, state.lines);
  const documents = (json ?? parseDocuments(state)).map((tree) => readDocument(tree, state, json !== undefined));
  const sound = documents.filter((document) => document !== undefined);
  return sound.length === documents.length ? sound : undefined;
}

/** Undefined after a report. */
function readDocument(tree: Document.Parsed, state: FileState, isJson: boolean): ManifestDocument | undefined {
  if (!reportSyntax(tree, state) || !examineDocument(tree, state).isSound) return undefined;
  const read = kubernetesValueOf(tree);
  const { contents } = tree;
  const { file } = state.positions;
  if ('why' in read) reportValueless(read, state);
  else if (contents && !isScalar(contents))
    return { tree, value: read.value, span: state.positions.spanOf(contents as Node), isJson };
  else if (read.value === null || read.value === undefined) return { tree, value: null, span: wholeFile(file), isJson };
  else state.report('FL0101', { message: 'a text stands where an object is expected', span: spanOf(contents, state) });
  return undefined;
}

function reportValueless({ why, node }: Valueless, state: FileState): void {
  const span = spanOf(node, state);
  if (why === 'too large')
    state.report('FL0103', { message: 'aliases multiply the document beyond all reason', span, hint: writeOutHint });
  else
    state.report('FL0101', { message: '`<<` can only merge a mapping, or a list of them', span, hint: writeOutHint });
}

function spanOf(node: Node | null, { positions }: FileState): Span {
  return node ? positions.spanOf(node) : wholeFile(positions.file);
}
