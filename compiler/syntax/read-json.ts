// JSON to the nodes the YAML parser would make of it: one line, as admission writes it, and a manifest that is JSON throughout.
// The same places in a fraction of the time, and no more than JSON allows.
// Knows only what is certain; everything else is left to the YAML parser and its messages.
import { Document, type LineCounter, Pair, type ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';

const punctuation = /[,:[\]{}\s]/;
/** https://www.rfc-editor.org/rfc/rfc8259#section-2 */
const blanks: ReadonlySet<string> = new Set([' ', '\t', '\n', '\r']);
const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;

/** Undefined unless the whole text is one JSON object without a line break. */
export function readJson(text: string, lines: LineCounter): Document.Parsed | undefined {
  if (!text.startsWith('{') || /[\r\n]/.test(text)) return undefined;
  const root = new JsonReader(text).read();
  if (!root) return undefined;
  addLines(text, lines);
  return documentOf(root, '1.2');
}

/** Objects one after the other, as Kubernetes reads a stream that begins like one; undefined if any of it is no JSON. */
export function readJsonStream(text: string, lines: LineCounter): readonly Document.Parsed[] | undefined {
  const roots = /^\s*\{/.test(text) ? new JsonReader(text).readAll() : undefined;
  if (!roots) return undefined;
  addLines(text, lines);
  return roots.map((root) => documentOf(root, '1.1'));
}

/** For texts that the YAML parser, which counts lines itself, does not see. */
export function addLines(text: string, lines: LineCounter): void {
  for (let at = 0; at !== -1; at = text.indexOf('\n', at) + 1 || -1) lines.addNewLine(at);
}

function documentOf(root: object, version: '1.1' | '1.2'): Document.Parsed {
  const document = new Document(null, { version });
  document.contents = root as ParsedNode;
  return document as Document.Parsed;
}

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): YAMLMap | undefined {
    const root = this.#value();
    this.#skipSpace();
    return root instanceof YAMLMap && this.#at === this.#text.length ? root : undefined;
  }

  readAll(): readonly YAMLMap[] | undefined {
    const roots: YAMLMap[] = [];
    while (this.#at < this.#text.length) {
      const root = this.#value();
      if (!(root instanceof YAMLMap)) return undefined;
      roots.push(root);
      this.#skipSpace();
    }
    return roots;
  }

  /** Depth is bounded before the text comes here: see hostile.ts. */
  #value(): YAMLMap | YAMLSeq | Scalar | undefined {
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#collection(new YAMLMap(), '}', (map) => this.#pair(map));
      case '[':
        return this.#collection(new YAMLSeq(), ']', (list) => this.#item(list));
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  #collection<T extends YAMLMap | YAMLSeq>(node: T, end: string, readOne: (node: T) => boolean): T | undefined {
    const start = this.#at++;
    node.flow = true;
    if (!this.#take(end)) {
      do {
        if (!readOne(node)) return undefined;
      } while (this.#take(','));
      if (!this.#take(end)) return undefined;
    }
    node.range = [start, this.#at, this.#at];
    return node;
  }

  #pair(map: YAMLMap): boolean {
    this.#skipSpace();
    const key = this.#text[this.#at] === '"' ? this.#string() : undefined;
    const value = key && this.#take(':') ? this.#value() : undefined;
    if (value) map.items.push(new Pair(key, value));
    return value !== undefined;
  }

  #item(list: YAMLSeq): boolean {
    const value = this.#value();
    if (value) list.items.push(value);
    return value !== undefined;
  }

  #string(): Scalar | undefined {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (end !== -1 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    const written = this.#text.slice(start, end + 1);
    const value = end === -1 ? undefined : parseString(written);
    return value === undefined ? undefined : this.#scalar(value, 'QUOTE_DOUBLE', end + 1);
  }

  #isEscaped(quote: number): boolean {
    let before = quote;
    while (this.#text[before - 1] === '\\') before--;
    return (quote - before) % 2 === 1;
  }

  #word(): Scalar | undefined {
    let end = this.#at;
    while (end < this.#text.length && !punctuation.test(this.#text.charAt(end))) end++;
    const word = this.#text.slice(this.#at, end);
    if (word === 'true' || word === 'false') return this.#scalar(word === 'true', 'PLAIN', end);
    if (word === 'null') return this.#scalar(null, 'PLAIN', end);
    return number.test(word) ? this.#scalar(Number(word), 'PLAIN', end) : undefined;
  }

  #scalar(value: unknown, type: Scalar.Type, end: number): Scalar {
    const node = new Scalar(value);
    node.type = type;
    node.range = [this.#at, end, end];
    this.#at = end;
    return node;
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (blanks.has(this.#text.charAt(this.#at))) this.#at++;
  }
}

function parseString(written: string): string | undefined {
  if (!written.includes('\\') && !hasControl(written)) return written.slice(1, -1);
  try {
    return JSON.parse(written) as string;
  } catch {
    return undefined;
  }
}

function hasControl(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text);
}
