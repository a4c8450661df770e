// Where in a text something can be put in or taken away: offsets, lines and columns around the nodes of a document.
import { isAlias, isMap, isScalar, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';

export type Collection = YAMLMap | YAMLSeq;

export const startOf = (node: unknown): number => (node as Node).range?.[0] ?? 0;

/** Nothing stands there: `key:` and no more. */
export function isBlank(node: unknown): boolean {
  return !node || (isScalar(node) && startOf(node) === node.range?.[1]);
}

/** Of what belongs to the value itself: without comments, blank lines and the break that ends it. */
export function endOf(node: unknown, text: string): number {
  if (isMap(node) && !node.flow) return endOfPair(node.items.at(-1), text);
  if (!isScalar(node) && !isAlias(node) && !(node as Collection).flow)
    return endOf((node as YAMLSeq).items.at(-1), text);
  const end = (node as Node).range?.[1] ?? 0;
  return isScalar(node) && isBlockText(node) && text[end - 1] === '\n' ? end - (text[end - 2] === '\r' ? 2 : 1) : end;
}

export function endOfPair(pair: Pair | undefined, text: string): number {
  return pair?.value ? endOf(pair.value, text) : ((pair?.key as Node | undefined)?.range?.[1] ?? 0);
}

function isBlockText({ type }: Scalar): boolean {
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
}

/** Whether what stands last in it is a text that goes on to the end of its lines. */
export function endsInBlockText(node: unknown): boolean {
  if (isScalar(node)) return isBlockText(node);
  if (isMap(node)) return !node.flow && endsInBlockText(node.items.at(-1)?.value);
  return !!node && !isAlias(node) && !(node as YAMLSeq).flow && endsInBlockText((node as YAMLSeq).items.at(-1));
}

export function lineStart(text: string, offset: number): number {
  // A negative place to start from would be taken for 0.
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Before the break, of whatever kind. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at === -1) return text.length;
  return at > offset && text[at - 1] === '\r' ? at - 1 : at;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Whether nothing but blanks stands between the start of its line and the offset. */
export function startsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '';
}

export function endsLine(text: string, offset: number): boolean {
  return text.slice(offset, lineEnd(text, offset)).trim() === '';
}

/** The end of the last line that belongs to what ends at `offset`: its own, or that of comments below with at least this indent. */
export function endWithComments(text: string, offset: number, indent: number): number {
  let end = lineEnd(text, offset);
  for (let at = text.indexOf('\n', end); at !== -1; ) {
    const stop = lineEnd(text, at + 1);
    const line = text.slice(at + 1, stop);
    const isComment = line.trimStart().startsWith('#') && line.length - line.trimStart().length >= indent;
    if (!isComment && line.trim() !== '') break;
    if (isComment) end = stop;
    at = text.indexOf('\n', stop);
  }
  return end;
}

/** The start of the first of the comment lines that stand directly above the line of `offset`, or of that line. */
export function startWithComments(text: string, offset: number): number {
  let start = lineStart(text, offset);
  while (start > 0) {
    const above = lineStart(text, start - 1);
    if (!text.slice(above, start).trimStart().startsWith('#')) break;
    start = above;
  }
  return start;
}
