// What a pod's annotations say about its sidecar. What cannot be understood is an error: a guess could open a hole in the redirection.
import { isIP } from 'node:net';
import type { JsonPath } from '../admission/request.ts';
import { asRecord } from '../admission/request.ts';
import type { ContainerResources, InjectConfig } from './config.ts';
import { DiagnosticSink, parseManifest, proxyPorts } from '../../compiler/index.ts';
import type { Pod } from './pod.ts';

/** `all`, or the listed ones. */
export type Selection<T> = 'all' | readonly T[];

export interface TrafficSettings {
  readonly includeInboundPorts: Selection<number>;
  /** Without the proxy's own ports, which are always left alone. */
  readonly excludeInboundPorts: readonly number[];
  readonly includeOutboundPorts: readonly number[];
  readonly excludeOutboundPorts: readonly number[];
  readonly includeOutboundRanges: Selection<string>;
  readonly excludeOutboundRanges: readonly string[];
}

export interface SidecarSettings {
  readonly traffic: TrafficSettings;
  readonly isNative: boolean;
  readonly holdApplication: boolean;
  /** 0 switches the status server and the rewriting of probes off. */
  readonly statusPort: number;
  readonly rewriteProbes: boolean;
  readonly resources: ContainerResources;
}

export interface AnnotationError {
  readonly path: JsonPath;
  readonly message: string;
}

const traffic = 'traffic.sidecar.istio.io/';
const quantity = /^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/;

/** All errors at once, so that they need not be found one deploy at a time. */
export function readSettings(pod: Pod, config: InjectConfig): { settings: SidecarSettings; errors: AnnotationError[] } {
  const reader = new AnnotationReader(pod.metadata?.annotations ?? {});
  const statusPort = reader.read('status.sidecar.istio.io/port', statusPortOf, proxyPorts.status);
  const isHeld = reader.read('proxy.istio.io/config', holdsApplication, false);
  const settings: SidecarSettings = {
    traffic: {
      includeInboundPorts: reader.read(`${traffic}includeInboundPorts`, orAll(portOf), 'all'),
      excludeInboundPorts: reader.read(`${traffic}excludeInboundPorts`, listOf(portOf), []),
      includeOutboundPorts: reader.read(`${traffic}includeOutboundPorts`, listOf(portOf), []),
      excludeOutboundPorts: reader.read(`${traffic}excludeOutboundPorts`, listOf(portOf), []),
      includeOutboundRanges: reader.read(`${traffic}includeOutboundIPRanges`, orAll(rangeOf), 'all'),
      excludeOutboundRanges: reader.read(`${traffic}excludeOutboundIPRanges`, listOf(rangeOf), []),
    },
    isNative: reader.read('sidecar.istio.io/nativeSidecar', booleanOf, config.nativeSidecar),
    holdApplication: isHeld || config.holdApplicationUntilProxyStarts,
    statusPort,
    rewriteProbes: statusPort !== 0 && reader.read('sidecar.istio.io/rewriteAppHTTPProbers', booleanOf, true),
    resources: readResources(reader, config.resources),
  };
  return { settings, errors: reader.errors };
}

function readResources(reader: AnnotationReader, defaults: ContainerResources): ContainerResources {
  const amount = (annotation: string, fallback: string | undefined) =>
    reader.read(`sidecar.istio.io/${annotation}`, quantityOf, fallback);
  const requests = {
    cpu: amount('proxyCPU', defaults.requests.cpu),
    memory: amount('proxyMemory', defaults.requests.memory),
  };
  const limits = {
    cpu: amount('proxyCPULimit', defaults.limits.cpu),
    memory: amount('proxyMemoryLimit', defaults.limits.memory),
  };
  return { requests: withoutUndefined(requests), limits: withoutUndefined(limits) };
}

/** Throws an Error with the end of a sentence, such as `"x" is not a port from 1 to 65535`. */
type Parse<T> = (text: string) => T;

class AnnotationReader {
  readonly errors: AnnotationError[] = [];
  readonly #annotations: Readonly<Record<string, string>>;

  constructor(annotations: Readonly<Record<string, string>>) {
    this.#annotations = annotations;
  }

  read<T>(name: string, parseValue: Parse<T>, fallback: T): T {
    const text: unknown = this.#annotations[name];
    if (text === undefined || text === null) return fallback;
    try {
      // In a manifest without its quotes it may be anything.
      if (typeof text !== 'string') throw new Error(`${String(text)} is not a text: put it in quotes`);
      return parseValue(text);
    } catch (error) {
      this.errors.push({
        path: ['metadata', 'annotations', name],
        message: `annotation ${name}: ${(error as Error).message}`,
      });
      return fallback;
    }
  }
}

function listOf<T>(parseItem: Parse<T>): Parse<readonly T[]> {
  return (text) => (text.trim() === '' ? [] : text.split(',').map((item) => parseItem(item.trim())));
}

function orAll<T>(parseItem: Parse<T>): Parse<Selection<T>> {
  return (text) => (text.trim() === '*' ? 'all' : listOf(parseItem)(text));
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65535) throw new Error(`"${text}" is not a port from 1 to 65535`);
  return port;
}

function statusPortOf(text: string): number {
  return text.trim() === '0' ? 0 : portOf(text.trim());
}

function rangeOf(text: string): string {
  const [address = '', bits = '', ...rest] = text.split('/');
  const family = isIP(address);
  const width = family === 6 ? 128 : 32;
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > width) {
    throw new Error(`"${text}" is not an address range such as 10.0.0.0/8`);
  }
  return text;
}

/** The spellings Istio takes for annotations: those of Go's `strconv.ParseBool`. */
function booleanOf(text: string): boolean {
  const isTrue = ['1', 't', 'T', 'true', 'True', 'TRUE'].includes(text);
  const isFalse = ['0', 'f', 'F', 'false', 'False', 'FALSE'].includes(text);
  if (isTrue === isFalse) throw new Error(`"${text}" is neither true nor false`);
  return isTrue;
}

function quantityOf(text: string): string {
  if (!quantity.test(text)) throw new Error(`"${text}" is not a quantity such as 100m or 128Mi`);
  return text;
}

/** Istio reads this one as Kubernetes reads YAML: `yes` is true. */
function holdsApplication(text: string): boolean {
  const { holdApplicationUntilProxyStarts: held } = mappingOf(text);
  if (held === undefined || held === null) return false;
  if (typeof held !== 'boolean') throw new Error('holdApplicationUntilProxyStarts is neither true nor false');
  return held;
}

function mappingOf(text: string): Readonly<Record<string, unknown>> {
  const sink = new DiagnosticSink();
  const documents = parseManifest({ path: 'annotation', text }, sink.report);
  const value = documents?.[0]?.value ?? {};
  if (documents && documents.length <= 1 && !Array.isArray(value)) return asRecord(value);
  throw new Error(`not a YAML mapping${sink.toSorted().map(({ message }) => `: ${message}`)[0] ?? ''}`);
}

function withoutUndefined(record: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter((pair): pair is [string, string] => pair[1] !== undefined));
}
