// local.yaml: which programs stand for the services on one machine. It is read from the operator's disk, never from a commit:
// a push must not be able to start programs here.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type Diagnostic, DiagnosticSink, didYouMean, type Span, wholeFile } from '../../compiler/index.ts';

/** How to start a program. The first word `node` is the Node that runs Fairlead. */
export interface LocalCommand {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Instances of a service. Without a version it stands for all that have no entry of their own. */
export interface LocalApp {
  readonly service: string;
  readonly version?: string;
  /** Without one, the default's, or the built-in echo server. */
  readonly command?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly span: Span;
}

/** What answers in place of something outside the mesh. */
export interface LocalStandIn extends LocalCommand {
  /** `external`: a host of an ExternalService. `workload`: a MeshWorkload, as `name` or `namespace/name`. */
  readonly kind: 'external' | 'workload';
  readonly name: string;
  /** 0 for every port. */
  readonly port: number;
  readonly span: Span;
}

export interface LocalFile {
  /** Commands run in this folder. */
  readonly folder: string;
  readonly fallback?: LocalCommand;
  readonly apps: readonly LocalApp[];
  readonly standIns: readonly LocalStandIn[];
}

export interface LocalFileResult {
  readonly local: LocalFile;
  readonly diagnostics: readonly Diagnostic[];
}

const sizeLimit = 1 << 20;
const replicaLimit = 20;

/** What an absent file means: one built-in echo server for every service version. */
export function emptyLocalFile(folder: string): LocalFile {
  return { folder, apps: [], standIns: [] };
}

/** Parses and checks the text; what is wrong is left out and reported. `path` is for messages. */
export function parseLocalFile(text: string, path: string, folder: string): LocalFileResult {
  const reader = new Reader(text, path);
  const root = reader.root();
  if (!root) return { local: emptyLocalFile(folder), diagnostics: reader.sink.toSorted() };
  reader.closed(root, ['default', 'apps', 'external', 'workloads'], 'local.yaml');
  const fallback = root.get('default');
  const local: LocalFile = {
    folder,
    ...(fallback && { fallback: reader.commandOf(fallback, 'default', []) }),
    apps: reader.list(root, 'apps').flatMap((node) => readApp(reader, node)),
    standIns: [
      ...reader.list(root, 'external').flatMap((node) => readStandIn(reader, node, 'external')),
      ...reader.list(root, 'workloads').flatMap((node) => readStandIn(reader, node, 'workload')),
    ],
  };
  return { local, diagnostics: reader.sink.toSorted() };
}

function readApp(reader: Reader, node: Node): LocalApp[] {
  const fields = reader.fields(node, 'an app');
  if (!fields) return [];
  reader.closed(fields, ['service', 'version', 'command', 'env', 'replicas'], 'an app');
  const service = reader.text(fields, 'service');
  if (service === undefined) return [reader.missing(node, 'service', 'an app')].flat();
  const version = reader.text(fields, 'version');
  const command = reader.words(fields, 'command');
  return [
    {
      service,
      ...(version !== undefined && { version }),
      ...(command && { command }),
      env: reader.texts(fields, 'env'),
      replicas: reader.number(fields, 'replicas', 1, replicaLimit) ?? 1,
      span: reader.span(fields.get('service') ?? node),
    },
  ];
}

function readStandIn(reader: Reader, node: Node, kind: LocalStandIn['kind']): LocalStandIn[] {
  const noun = kind === 'external' ? 'an external host' : 'a workload';
  const key = kind === 'external' ? 'host' : 'workload';
  const fields = reader.fields(node, noun);
  if (!fields) return [];
  const { command, env } = reader.commandOf(node, noun, [key, 'port']);
  const name = reader.text(fields, key);
  if (name === undefined) return reader.missing(node, key, noun);
  if (command.length === 0) return reader.missing(node, 'command', noun);
  const port = reader.number(fields, 'port', 1, 65_535) ?? 0;
  return [{ kind, name, port, command, env, span: reader.span(fields.get(key) ?? node) }];
}

type Fields = ReadonlyMap<string, Node>;

/** Reads values out of a YAML document, and reports each that is not what it should be. */
class Reader {
  readonly sink = new DiagnosticSink();
  readonly #path: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed | undefined;
  readonly #keys = new Map<Node, Node>();

  constructor(text: string, path: string) {
    this.#path = path;
    if (text.length > sizeLimit) this.#report(`${path} is larger than 1 MiB`, wholeFile(path));
    else this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  root(): Fields | undefined {
    const document = this.#document;
    if (!document) return undefined;
    for (const error of document.errors) this.#report(`not YAML: ${error.message}`, this.#spanAt(error.pos));
    if (document.errors.length > 0) return undefined;
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
      return new Map();
    return this.fields(document.contents, 'local.yaml');
  }

  fields(node: Node, noun: string): Fields | undefined {
    if (!isMap(node)) return this.#wrong(node, `${noun} must be a mapping of fields`);
    const fields = new Map<string, Node>();
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const inner = (value ?? key) as Node;
      this.#keys.set(inner, key);
      fields.set(String(key.value), inner);
    }
    return fields;
  }

  closed(fields: Fields, known: readonly string[], noun: string): void {
    for (const [name, value] of fields) {
      if (known.includes(name)) continue;
      const hint = didYouMean(name, known) ?? `known are ${known.join(', ')}`;
      this.#report(`unknown field "${name}" in ${noun}`, this.span(this.#keys.get(value) ?? value), hint);
    }
  }

  commandOf(node: Node, noun: string, more: readonly string[]): LocalCommand {
    const fields = this.fields(node, noun) ?? new Map();
    this.closed(fields, [...more, 'command', 'env'], noun);
    return { command: this.words(fields, 'command') ?? [], env: this.texts(fields, 'env') };
  }

  list(fields: Fields, name: string): readonly Node[] {
    const node = fields.get(name);
    if (!node || (isScalar(node) && node.value === null)) return [];
    if (isSeq(node)) return node.items as Node[];
    return this.#wrong(node, `"${name}" must be a list`) ?? [];
  }

  text(fields: Fields, name: string): string | undefined {
    const node = fields.get(name);
    if (!node) return undefined;
    if (isScalar(node) && typeof node.value === 'string' && node.value !== '') return node.value;
    return this.#wrong(node, `"${name}" must be a text`);
  }

  words(fields: Fields, name: string): readonly string[] | undefined {
    const node = fields.get(name);
    if (!node) return undefined;
    const words = isSeq(node) ? node.items.map((item) => (isScalar(item) ? String(item.value) : '')) : [];
    if (words.length > 0 && words[0] !== '' && !words.some((word) => word.includes('\0'))) return words;
    return this.#wrong(node, `"${name}" must be a list of words, such as [node, service.mjs]`);
  }

  texts(fields: Fields, name: string): Readonly<Record<string, string>> {
    const node = fields.get(name);
    const entries = [...((node && this.fields(node, `"${name}"`)) ?? [])];
    for (const [key, value] of entries) {
      if (!isScalar(value) || value.value === null)
        this.#wrong(value, `the variable "${key}" must be a text or a number`);
    }
    return Object.fromEntries(entries.flatMap(([key, value]) => (isScalar(value) ? [[key, String(value.value)]] : [])));
  }

  number(fields: Fields, name: string, least: number, most: number): number | undefined {
    const node = fields.get(name);
    if (!node) return undefined;
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.#wrong(node, `"${name}" must be a whole number from ${least} to ${most}`);
  }

  missing(node: Node, name: string, noun: string): [] {
    // A field that is there and wrong has been reported already.
    if (isMap(node) && !node.has(name)) this.#wrong(node, `${noun} lacks "${name}"`);
    return [];
  }

  span(node: Node): Span {
    const [start, end] = node.range ?? [0, 0];
    return this.#spanAt([start, end]);
  }

  #spanAt([from, to]: readonly [number, number]): Span {
    const position = (offset: number) => {
      const { line, col } = this.#lines.linePos(offset);
      return { line: Math.max(1, line), column: Math.max(1, col) };
    };
    return { file: this.#path, start: position(from), end: position(to) };
  }

  #wrong(node: Node, message: string): undefined {
    const where = isAlias(node) ? 'write the value out: aliases are not supported here' : undefined;
    this.#report(message, this.span(node), where);
  }

  #report(message: string, span: Span, hint?: string): void {
    this.sink.report('FL0850', { message, span, hint });
  }
}
