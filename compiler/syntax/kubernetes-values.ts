// What the nodes of a manifest mean to Kubernetes: YAML 1.1 as sigs.k8s.io/yaml has it, that is go-yaml v2 and then JSON.
// Not the parser's own YAML 1.1: that takes `12:30:45` and `2024-01-01` for numbers and dates, and `.` for one, which here are texts.
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';

/** Why a document has no value. */
export interface Valueless {
  readonly why: 'too large' | 'odd merge';
  readonly node: Node;
}

/** Nodes that are read through aliases: more is a bomb. */
const maxAliased = 100_000;

export function kubernetesValueOf(document: Document.Parsed): { readonly value: unknown } | Valueless {
  const reader = new ValueReader(document);
  const value = reader.read(document.contents);
  return reader.problem ?? { value };
}

class ValueReader {
  problem: Valueless | undefined;
  readonly #document: Document.Parsed;
  #aliased = 0;
  #depth = 0;

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  read(node: unknown): unknown {
    if (this.#depth > 0 && ++this.#aliased > maxAliased) this.problem ??= { why: 'too large', node: node as Node };
    if (!node || this.problem) return null;
    if (isScalar(node)) return scalarValueOf(node);
    if (isAlias(node)) return this.#inside(() => this.read(node.resolve(this.#document)));
    if (!isMap(node)) return (node as { items: readonly unknown[] }).items.map((item) => this.read(item));
    const object: Record<string, unknown> = {};
    this.#readInto(object, node);
    return object;
  }

  /** In the order of the text: go-yaml lets the later one win, be it merged or written. */
  #readInto(object: Record<string, unknown>, map: YAMLMap): void {
    for (const { key, value } of map.items) {
      if (isMergeKey(key)) {
        this.#merge(object, value);
        continue;
      }
      const read = this.read(value);
      // A plain assignment of `__proto__` would change the prototype and lose the value.
      Object.defineProperty(object, jsonKeyOf(key), {
        value: read,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  }

  #merge(object: Record<string, unknown>, source: unknown): void {
    const node = isAlias(source) ? source.resolve(this.#document) : source;
    if (isMap(node)) {
      this.#inside(() => this.#readInto(object, node));
    } else if (isSeq(node)) {
      // The first of several wins.
      for (const item of node.items.toReversed()) this.#merge(object, item);
    } else {
      this.problem ??= { why: 'odd merge', node: source as Node };
    }
  }

  #inside<T>(read: () => T): T {
    this.#depth++;
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }
}

export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

/** The key as JSON has it: `on` is "true". */
export function jsonKeyOf(key: unknown): string {
  return isScalar(key) ? String(scalarValueOf(key)) : '';
}

const corePrefix = 'tag:yaml.org,2002:';
const resolved: readonly string[] = ['int', 'float', 'bool', 'null'].map((name) => corePrefix + name);

/** Nodes of JSON come with their values; those of YAML as text, whatever they are. */
function scalarValueOf(scalar: Scalar): unknown {
  const { value, type, tag } = scalar;
  if (typeof value !== 'string') return value;
  if (tag === `${corePrefix}binary`) return Buffer.from(value, 'base64').toString('latin1');
  return (type === 'PLAIN' && tag === undefined) || (tag && resolved.includes(tag)) ? wordValueOf(value) : value;
}

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...spellings(true, 'y Y yes Yes YES true True TRUE on On ON'),
  ...spellings(false, 'n N no No NO false False FALSE off Off OFF'),
  ...spellings(null, '~ null Null NULL'),
  ['', null],
  ...spellings(Number.NaN, '.nan .NaN .NAN'),
  ...spellings(Number.POSITIVE_INFINITY, '.inf .Inf .INF +.inf +.Inf +.INF'),
  ...spellings(Number.NEGATIVE_INFINITY, '-.inf -.Inf -.INF'),
]);

function spellings(value: unknown, list: string): [string, unknown][] {
  return list.split(' ').map((word) => [word, value]);
}

/** A word without quotes, after go-yaml v2 (`resolve.go`): numbers of base 60 and dates stay texts. A BigInt where a number would be another. */
export function wordValueOf(word: string): unknown {
  if (words.has(word)) return words.get(word);
  if (!/^[-+.0-9]/.test(word)) return word;
  const plain = word.startsWith('.') ? word : word.replaceAll('_', '');
  const integer = integerOf(plain);
  if (integer !== undefined) return integer;
  const number = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(number) ? number : word;
}

function integerOf(plain: string): number | bigint | undefined {
  const [, sign, digits = ''] =
    /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9]\d*)$/.exec(plain) ?? [];
  if (sign === undefined) return undefined;
  const size = BigInt(digits.replace(/^0(?=[0-7])/, '0o'));
  const value = sign === '-' ? -size : size;
  if (value < -(2n ** 63n) || value >= 2n ** 64n) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
