// Envoy's format strings: `%REQ(X)%` and its kin, in access logs and header values. Unknown operators are refused.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
import { invalid } from '../rejection.ts';
import { type FormatPart, operatorFor } from './format-operators.ts';
import type { StreamInfo } from './stream-info.ts';

/** A value written in full; an operator without a value prints `-`, or nothing if `missing` is "". */
export function compileFormat(text: string, missing = '-'): (info: StreamInfo) => string {
  const parts = parse(text);
  const [only] = parts;
  if (parts.length === 0) return () => '';
  if (parts.length === 1 && typeof only === 'string') return () => only;
  return (info) => {
    let out = '';
    for (const part of parts) out += typeof part === 'string' ? part : (part(info) ?? missing);
    return out;
  };
}

/** As `compileFormat`, but a text that is one operator keeps its type, and `undefined` where there is no value. */
export function compileTypedFormat(text: string): FormatPart {
  const parts = parse(text);
  const [only] = parts;
  return parts.length === 1 && typeof only === 'function' ? only : compileFormat(text);
}

const operator = /%(?:%|([A-Z_][A-Z0-9_]*)(?:\(([^)]*)\))?(?::(\d+))?%)/y;

function parse(text: string): (string | FormatPart)[] {
  const parts: (string | FormatPart)[] = [];
  let literal = '';
  for (let i = 0; i < text.length; ) {
    if (text.charAt(i) !== '%') {
      literal += text.charAt(i++);
      continue;
    }
    operator.lastIndex = i;
    const match = operator.exec(text);
    if (!match)
      throw invalid(`format ${JSON.stringify(text)}: ${JSON.stringify(text.slice(i, i + 20))} is not an operator`);
    i = operator.lastIndex;
    const [, name, argument, length] = match;
    if (name === undefined) {
      literal += '%';
      continue;
    }
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(truncated(operatorFor(name, argument), length));
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

function truncated(part: FormatPart, length: string | undefined): FormatPart {
  if (length === undefined) return part;
  const limit = Number(length);
  return (info) => {
    const value = part(info);
    return typeof value === 'string' ? value.slice(0, limit) : value;
  };
}
