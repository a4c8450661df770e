// What came down a stream, as a tree of one file. A stream may hold what elsewhere lies in many files, so it has a limit of its own;
// that of a file holds for each of its documents. What is over a limit is refused before anything looks into it.
import { wholeFile } from '../diagnostics/index.ts';
import { decodeText } from './decode-text.ts';
import { failedTree } from './intake.ts';
import { defaultLimits, formatBytes, type SourceLimits } from './limits.ts';
import type { SourceTree } from './source-tree.ts';

/** `bytes` may be cut anywhere after `streamBytes`: so much need not be read. `path` is its name in findings. */
export function loadStream(
  label: string,
  path: string,
  bytes: Uint8Array,
  limits: SourceLimits = defaultLimits,
): SourceTree {
  const { streamBytes, fileBytes } = limits;
  if (bytes.length > streamBytes) {
    return failedTree(label, 'FL0110', {
      message: `standard input is more than ${formatBytes(streamBytes)}, the most that is read of it`,
      span: wholeFile(path),
      hint: 'write it to a folder, in files by namespace or service, and name the folder',
    });
  }
  const decoded = decodeText(bytes);
  if (!('text' in decoded)) {
    const { is, hint } = decoded;
    return failedTree(label, 'FL0111', { message: `standard input ${is}`, span: wholeFile(path), hint });
  }
  const { text } = decoded;
  const large = findLargeDocument(text, fileBytes);
  if (!large) return { label, files: [{ path, text }], diagnostics: [] };
  const place = { line: large.line, column: 1 };
  return failedTree(label, 'FL0110', {
    message: `a document of standard input is ${formatBytes(large.bytes)}; a document may have ${formatBytes(fileBytes)}`,
    span: { file: path, start: place, end: place },
    hint: 'split it, or leave it out if it is not intent',
  });
}

function findLargeDocument(text: string, limit: number): { readonly line: number; readonly bytes: number } | undefined {
  let start = 0;
  while (start < text.length) {
    const next = text.indexOf('\n---', start);
    const end = next === -1 ? text.length : next + 1;
    const bytes = Buffer.byteLength(text.slice(start, end));
    if (bytes > limit) return { line: text.slice(0, start).split('\n').length, bytes };
    start = end;
  }
  return undefined;
}
