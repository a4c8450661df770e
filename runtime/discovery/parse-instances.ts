// One file of instances, YAML or JSON, to WorkloadInstances with diagnostics at file:line:col. Reads no file itself.
import { isIP } from 'node:net';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { type Diagnostic, didYouMean, makeDiagnostic, type Span, type WorkloadInstance } from '../../compiler/index.ts';

export interface ParsedInstances {
  readonly instances: readonly WorkloadInstance[];
  /** Where each instance is written, by its key in the list. */
  readonly spans: readonly Span[];
  readonly diagnostics: readonly Diagnostic[];
}

const fields = ['name', 'namespace', 'labels', 'serviceAccount', 'address', 'ports', 'healthy'];
const dnsLabel = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** `file` is only named in diagnostics. With any diagnostic the instances are not fit for use. */
export function parseInstances(file: string, text: string): ParsedInstances {
  return new InstanceParser(file, text).parse();
}

class InstanceParser {
  readonly #file: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #diagnostics: Diagnostic[] = [];

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  parse(): ParsedInstances {
    const document = parseDocument(this.#text, { lineCounter: this.#lines });
    for (const error of document.errors) {
      const message =
        error.message
          .split('\n')[0]
          ?.replace(/ at line \d+.*$/, '')
          .replace(/[:.]$/, '') ?? '';
      this.#diagnostics.push(
        makeDiagnostic('FL0806', { message: `invalid YAML: ${message}`, span: this.#span(...error.pos) }),
      );
    }
    const list = document.errors.length === 0 ? this.#list(document.contents) : [];
    const parsed = list.flatMap((node) => this.#instance(node) ?? []);
    return {
      instances: parsed.map(({ instance }) => instance),
      spans: parsed.map(({ span }) => span),
      diagnostics: this.#diagnostics,
    };
  }

  #list(root: Node | null): readonly Node[] {
    const list = isMap(root) ? root.get('instances', true) : undefined;
    if (isMap(root)) this.#refuseUnknown(root, ['instances']);
    if (isSeq(list)) return list.items as Node[];
    this.#wrong(root, 'the file must hold a list under the key instances', 'write `instances: []` for none');
    return [];
  }

  #instance(node: Node): { readonly instance: WorkloadInstance; readonly span: Span } | undefined {
    if (!isMap(node)) {
      this.#wrong(node, 'an instance must be a map');
      return undefined;
    }
    const found = this.#diagnostics.length;
    this.#refuseUnknown(node, fields);
    const instance: WorkloadInstance = {
      name: this.#dnsName(node, 'name'),
      namespace: this.#dnsName(node, 'namespace'),
      labels: this.#map(node, 'labels', (value) => (typeof value === 'string' ? value : undefined), 'a string'),
      serviceAccount: this.#dnsName(node, 'serviceAccount', 'default'),
      address: this.#address(node),
      ports: this.#map(node, 'ports', portOf, 'a port between 1 and 65535'),
      healthy: this.#healthy(node),
    };
    return this.#diagnostics.length === found ? { instance, span: this.#spanOf(node) } : undefined;
  }

  #dnsName(map: YAMLMap, key: string, fallback?: string): string {
    const node = map.get(key, true);
    if (node === undefined && fallback !== undefined) return fallback;
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'string' && dnsLabel.test(value)) return value;
    if (node === undefined) this.#wrong(map, `the instance has no ${key}`);
    else this.#wrong(node as Node, `${key} must be a DNS name, not ${JSON.stringify(value ?? null)}`);
    return '';
  }

  #address(map: YAMLMap): string {
    const node = map.get('address', true);
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'string' && isIP(value) !== 0) return value;
    if (node === undefined) this.#wrong(map, 'the instance has no address');
    else this.#wrong(node as Node, `address must be an IP address, not ${JSON.stringify(value ?? null)}`);
    return '';
  }

  #healthy(map: YAMLMap): boolean {
    const node = map.get('healthy', true);
    const value = isScalar(node) ? node.value : undefined;
    if (node !== undefined && typeof value !== 'boolean') this.#wrong(node as Node, 'healthy must be true or false');
    return value !== false;
  }

  #map<V>(map: YAMLMap, key: string, read: (value: unknown) => V | undefined, what: string): Record<string, V> {
    const node = map.get(key, true) as Node | undefined;
    if (node === undefined) return {};
    if (!isMap(node)) {
      this.#wrong(node, `${key} must be a map`);
      return {};
    }
    const entries = node.items.flatMap((pair): [string, V][] => {
      const name = String(isScalar(pair.key) ? pair.key.value : '');
      const value = read(isScalar(pair.value) ? pair.value.value : undefined);
      if (value !== undefined) return [[name, value]];
      this.#wrong((pair.value ?? pair.key) as Node, `${key}.${name} must be ${what}`);
      return [];
    });
    return Object.fromEntries(entries);
  }

  #refuseUnknown(map: YAMLMap, known: readonly string[]): void {
    for (const { key } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!known.includes(name)) this.#wrong(key as Node, `unknown field ${name}`, didYouMean(name, known));
    }
  }

  #wrong(node: Node | null, message: string, hint?: string): void {
    this.#diagnostics.push(makeDiagnostic('FL0807', { message, span: this.#spanOf(node), hint }));
  }

  #spanOf(node: Node | null): Span {
    return this.#span(node?.range?.[0] ?? 0, node?.range?.[1] ?? 0);
  }

  #span(start: number, end: number): Span {
    return { file: this.#file, start: this.#position(start), end: this.#position(end) };
  }

  #position(offset: number): Span['start'] {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function portOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535 ? value : undefined;
}
