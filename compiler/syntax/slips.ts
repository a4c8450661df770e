// Slips that the parser finds too late or calls by another name: a star without quotes, a quote that is never closed.
import { type Document, isScalar, type Scalar, visit, type YAMLError } from 'yaml';
import type { DiagnosticDetail } from '../diagnostics/index.ts';
import type { PositionMap } from './document.ts';
import { quote } from './quote.ts';

/** A star alone, such as for any host: an alias without a name to YAML. */
export function bareStar(positions: PositionMap, start: number): DiagnosticDetail {
  const [rest = '*'] = /[^\r\n]*?(?=\s+#|\s*$)/m.exec(positions.text.slice(start, start + 1000)) ?? [];
  const text = /[,\]}]/.test(rest) ? '*' : rest;
  return {
    message: 'not valid YAML: a "*" without quotes is an alias, and this one has no name',
    span: positions.span(start, start + text.length),
    hint: `write ${quote(text)} in quotes`,
  };
}

/** A quote that runs into fields on other lines, up to the end or to the next quote, where the parser complains. */
export function openQuote(
  document: Document.Parsed,
  positions: PositionMap,
  { message, pos: [offset] }: YAMLError,
): DiagnosticDetail | undefined {
  const found = quotedBefore(document, offset);
  const [start, end] = found?.range ?? [0, 0];
  const { text } = positions;
  const runsOn = message.startsWith('Missing closing') || /\n *(?:- +)?[\w.-]+:(?=\s)/.test(text.slice(start, end));
  const isNext = text.slice(end, offset).trim() === '';
  if (!found || !runsOn || !isNext) return undefined;
  const sign = text.charAt(start);
  const line = /^.*/.exec(text.slice(start, start + 1000))?.[0].trimEnd() ?? '';
  return {
    message: `not valid YAML: the ${sign} that begins this text is not closed on its line`,
    span: positions.span(start, start + line.length),
    hint: `close the quote: put a ${sign} at the end of this text`,
  };
}

function quotedBefore(document: Document.Parsed, offset: number): Scalar | undefined {
  let last: Scalar | undefined;
  visit(document, (_, node) => {
    if (isScalar(node) && node.type?.startsWith('QUOTE_') && (node.range?.[0] ?? offset) < offset) last = node;
  });
  return last;
}
