// Values as text that YAML 1.1, YAML 1.2 and, where it is asked for, JSON read alike: what either would take for something else is quoted.

/** In which words a value is written. */
export interface Wording {
  readonly isJson: boolean;
  /** The line break of the text around. */
  readonly newline: string;
}

/** Among values: text that is written as it is, on one line. */
export class Spelt {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Texts that are texts to everybody without quotes. Of words alone: numbers, dates and signs always get some. */
const plainText = /^[A-Za-z][A-Za-z0-9_./-]*$/;
/** https://yaml.org/type/bool.html and https://yaml.org/type/null.html */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
/** What JSON may leave as it is and YAML may not: breaks of lines, and what is not printable. */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** `multiline` has the indent of the collection that the value stands in; without it everything is on one line. */
export function writeFlow(value: unknown, wording: Wording, multiline?: string): string {
  const inner = multiline === undefined ? undefined : `${multiline}${multiline.includes('\t') ? '\t' : '  '}`;
  const wrap = (open: string, items: readonly string[], close: string) => {
    if (items.length === 0) return open + close;
    if (inner === undefined) return `${open}${pad(open)}${items.join(', ')}${pad(open)}${close}`;
    const { newline } = wording;
    return `${open}${newline}${items.map((item) => inner + item).join(`,${newline}`)}${newline}${multiline}${close}`;
  };
  if (Array.isArray(value))
    return wrap(
      '[',
      value.map((item) => writeFlow(item, wording, inner)),
      ']',
    );
  if (value instanceof Spelt) return value.text;
  if (!isRecord(value)) return writeScalar(value, wording);
  const pairs = Object.entries(value).map(
    ([key, item]) => `${writeScalar(key, wording)}: ${writeFlow(item, wording, inner)}`,
  );
  return wrap('{', pairs, '}');
}

const pad = (open: string) => (open === '{' ? ' ' : '');

/** Lines of a block collection that is not empty, without their break. */
export function writeBlock(value: object, indent: string, wording: Wording): string[] {
  if (!Array.isArray(value))
    return Object.entries(value).flatMap(([key, item]) => writePair(key, item, indent, wording));
  return value.flatMap((item) => {
    if (!isFilled(item) || Array.isArray(item)) return writeAfter(`${indent}-`, item, indent, wording);
    const [first = '', ...rest] = writeBlock(item, `${indent}  `, wording);
    return [`${indent}- ${first.trimStart()}`, ...rest];
  });
}

export function writePair(key: string, value: unknown, indent: string, wording: Wording): string[] {
  const name = `${indent}${writeScalar(key, wording)}:`;
  return isFilled(value)
    ? [name, ...writeBlock(value, `${indent}  `, wording)]
    : writeAfter(name, value, indent, wording);
}

/** What is written on the line of its key or dash; a text of several lines below it. */
function writeAfter(head: string, value: unknown, indent: string, wording: Wording): string[] {
  if (typeof value !== 'string' || !isLiteral(value)) return [`${head} ${writeFlow(value, wording)}`];
  const lines = value.replace(/\n$/, '').split('\n');
  return [`${head} ${value.endsWith('\n') ? '|' : '|-'}`, ...lines.map((line) => `${indent}  ${line}`)];
}

export function writeScalar(value: unknown, { isJson }: Wording): string {
  if (typeof value !== 'string') return writeNumber(value);
  if (isJson) return JSON.stringify(value);
  if (plainText.test(value) && !reserved.test(value)) return value;
  return quoted(value);
}

export function quoted(text: string): string {
  if (text.includes('"') && /^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  const byNumber = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(unprintable, byNumber);
}

/** `true`, `null` and the numbers that JSON has not. */
function writeNumber(value: unknown): string {
  if (typeof value !== 'number' || Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
}

/** Of several lines, of which each shows all that is in it. */
function isLiteral(text: string): boolean {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.length > 1 && !text.startsWith(' ') && lines.every((line) => /^[\x20-\x7e]*[\x21-\x7e]$/.test(line));
}

export function isFilled(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Spelt) && Object.keys(value).length > 0;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
