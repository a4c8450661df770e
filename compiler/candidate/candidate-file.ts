// Puts a candidate into a source tree, as a file of its own, and takes the object that it replaces out. Judges nothing.
import { isMap, parseAllDocuments } from 'yaml';
import type { SourceFile } from '../source/index.ts';
import type { Candidate } from './candidate.ts';

/** The candidate as its author wrote it: what the API server adds is not intent. Undefined for an object that is being deleted. */
export function candidateFile({ kind, namespace, name, object }: Candidate): SourceFile | undefined {
  if (!object) return undefined;
  const { apiVersion, metadata, status: _status, ...rest } = object;
  const kept = Object.entries(asRecord(metadata)).filter(([key]) =>
    ['name', 'namespace', 'labels', 'annotations'].includes(key),
  );
  // JSON is YAML, and on one line the fastest both to write and to read.
  const text = JSON.stringify({ apiVersion, ...rest, metadata: Object.fromEntries(kept) });
  return { path: `admission/${[kind, namespace, name].filter(Boolean).join('-')}.yaml`, text };
}

/** The file without the document of that object. Blanks keep the lines and columns of everything else. */
export function withoutObject(file: SourceFile, candidate: Candidate): SourceFile {
  if (!file.text.includes(candidate.name)) return file;
  let { text } = file;
  for (const document of parseAllDocuments(file.text)) {
    const { contents } = document;
    if (!isMap(contents) || !contents.range || !isSame(document.toJS({ maxAliasCount: 100 }), candidate)) continue;
    const [contentStart, , end] = contents.range;
    // With the separator before it, or an empty document would be left, which is a mistake of its own.
    const separator = text.slice(0, contentStart).lastIndexOf('\n---');
    const start = separator === -1 ? contentStart : separator;
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, ' ') + text.slice(end);
  }
  return text === file.text ? file : { ...file, text };
}

function isSame(document: unknown, { kind, namespace, name }: Candidate): boolean {
  const { apiVersion, kind: itsKind, metadata } = asRecord(document);
  const its = asRecord(metadata);
  // A Mesh has no namespace in intent, and there is only one; anything else is in `default` unless it says otherwise.
  const isThere = kind === 'Mesh' || (its.namespace ?? 'default') === (namespace || 'default');
  return String(apiVersion).startsWith('fairlead.dev/') && itsKind === kind && its.name === name && isThere;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
