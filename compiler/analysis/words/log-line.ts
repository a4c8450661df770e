// Reads a line of a proxy's access log: our own (backends/envoy/access-log.ts) and Istio's default JSON and text formats.
// Says nothing about what it means.
import { proxyPorts } from '../../model/index.ts';
import { grpcStatusIn } from './grpc-status.ts';
import { readIstioText } from './istio-text-line.ts';

/** Whom the proxy stands in front of: its own application, others, or the mesh towards callers from outside. */
export type Direction = 'inbound' | 'outbound' | 'gateway';

/** What a line tells of one request or connection. Absent is what the proxy wrote as null, or did not get to know. */
export interface LogLine {
  readonly format: 'fairlead' | 'istio';
  /** `namespace/name` of the workload whose proxy wrote the line; Istio's formats do not have it. */
  readonly workload?: string;
  readonly direction?: Direction;
  /** Of the workload, at its own proxy; else the one that was asked for. */
  readonly port?: number;
  readonly isTls: boolean;
  readonly method?: string;
  /** As it was asked for, without its query; as it was to be sent on, where the proxy gave up before it noted that. */
  readonly path?: string;
  readonly authority?: string;
  /** As they were sent on, where the route rewrote them. */
  readonly upstreamPath?: string;
  readonly upstreamAuthority?: string;
  readonly routeName?: string;
  readonly status?: number;
  /** Of a request by gRPC. */
  readonly grpcStatus?: number;
  /** Whether the line would say so of a request by gRPC. */
  readonly tellsGrpc: boolean;
  readonly isHttp2: boolean;
  /** Bytes sent to the caller. */
  readonly bytesSent?: number;
  /** Envoy's short ones, such as `UF`. */
  readonly flags: readonly string[];
  /** Envoy's words for why the answer is what it is; of a connection, for why it ended. */
  readonly details?: string;
  /** Envoy's words for why no connection to the next hop came about. */
  readonly failure?: string;
  /** SPIFFE identity of the caller. */
  readonly peer?: string;
  readonly requestId?: string;
  /** The server name of the TLS connection: between sidecars `outbound_.PORT_.SUBSET_.HOST`. */
  readonly serverName?: string;
  readonly cluster?: string;
  /** By our name for it; Istio's formats do not have it. */
  readonly listener?: string;
}

export type ParsedLogLine =
  | { readonly line: LogLine; readonly problem?: undefined }
  | { readonly line?: undefined; readonly problem: string };

type Fields = Readonly<Record<string, unknown>>;

/** A problem is a message for the user. Text before the line, such as the name of a pod, is passed over. */
export function parseLogLine(text: string): ParsedLogLine {
  const fields = readJson(text) ?? readIstioText(text);
  if (!fields) {
    const formats = "a JSON object as the proxies of a mesh write it, or Istio's default text or JSON format";
    return { problem: `cannot read the log line "${shorten(text)}": it is one of ${formats}` };
  }
  const odd = words.find((name) => !isText(fields[name])) ?? numbers.find((name) => !isNumber(fields[name]));
  if (odd !== undefined) {
    const problem = `the log line has ${shorten(JSON.stringify(fields[odd]))} as "${odd}": it is no access-log line of a proxy`;
    return { problem };
  }
  const isOurs = typeof fields.workload === 'string' || typeof fields.listener === 'string';
  if (!isOurs && isIstio(fields)) return { line: lineOf(fields, 'istio') };
  const missing = (['workload', 'listener'] as const).find((name) => wordOf(fields, name) === undefined);
  if (missing !== undefined)
    return {
      problem: `the log line has no "${missing}", and none of the fields of Istio's: it is no access-log line of a proxy`,
    };
  return { line: lineOf(fields, 'fairlead') };
}

function readJson(text: string): Fields | undefined {
  const start = text.indexOf('{');
  try {
    const found: unknown = start < 0 ? undefined : JSON.parse(text.slice(start));
    return typeof found === 'object' && found !== null ? (found as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** Of the fields of its default JSON format, which meshes shorten as they like. */
function isIstio(fields: Fields): boolean {
  return ['response_code', 'response_flags', 'response_code_details', 'upstream_cluster'].some(
    (name) => name in fields,
  );
}

/** What is read as text, which no format writes as anything else. */
const words = [
  'workload',
  'direction',
  'listener',
  'method',
  'path',
  'authority',
  'upstream_path',
  'upstream_authority',
  'route_name',
  'response_flags',
  'response_code_details',
  'termination_details',
  'connection_termination_details',
  'upstream_transport_failure_reason',
  'downstream_peer',
  'downstream_tls_version',
  'request_id',
  'requested_server_name',
  'upstream_cluster',
  'protocol',
  'downstream_local_address',
] as const;
/** In the text format they are texts of digits; `grpc_status` is a name in some. */
const numbers = ['port', 'response_code', 'grpc_status', 'bytes', 'bytes_sent'] as const;

function isText(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

function isNumber(value: unknown): boolean {
  return isText(value) || typeof value === 'number';
}

/** Both formats write `-` or nothing for what there is not. */
function wordOf(fields: Fields, name: (typeof words)[number]): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' && value !== '-' ? value : undefined;
}

function countOf(fields: Fields, name: (typeof numbers)[number]): number | undefined {
  const value = Number(fields[name] ?? Number.NaN);
  return Number.isInteger(value) && value >= 0 ? value : undefined;
}

/** Where 0 is none. */
function numberOf(fields: Fields, name: (typeof numbers)[number]): number | undefined {
  return countOf(fields, name) || undefined;
}

function lineOf(fields: Fields, format: LogLine['format']): LogLine {
  const word = (name: (typeof words)[number]) => wordOf(fields, name);
  const details =
    word('response_code_details') ?? word('termination_details') ?? word('connection_termination_details');
  const direction =
    directionOf(word('direction') ?? word('listener'), word('upstream_cluster')) ??
    directionBy(details, word('route_name'));
  const line: { readonly [K in keyof LogLine]-?: LogLine[K] | undefined } = {
    format,
    workload: word('workload'),
    direction,
    port:
      numberOf(fields, 'port') ??
      portOf(direction, word('upstream_cluster'), word('listener')) ??
      (direction === 'outbound' && format === 'istio' ? portIn(word('downstream_local_address')) : undefined),
    isTls: word('downstream_tls_version') !== undefined || word('requested_server_name') !== undefined,
    method: word('method'),
    path: (word('path') ?? word('upstream_path'))?.split('?')[0],
    authority: word('authority') ?? word('upstream_authority'),
    upstreamPath: word('upstream_path'),
    upstreamAuthority: word('upstream_authority'),
    routeName: word('route_name'),
    status: numberOf(fields, 'response_code'),
    grpcStatus: grpcStatusIn(fields.grpc_status),
    tellsGrpc: 'grpc_status' in fields,
    isHttp2: word('protocol') === 'HTTP/2',
    bytesSent: countOf(fields, 'bytes') ?? countOf(fields, 'bytes_sent'),
    flags: word('response_flags')?.split(',') ?? [],
    details,
    failure: word('upstream_transport_failure_reason'),
    peer: word('downstream_peer'),
    requestId: word('request_id'),
    serverName: word('requested_server_name'),
    cluster: word('upstream_cluster'),
    listener: word('listener'),
  };
  return Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined)) as unknown as LogLine;
}

/** Access is decided in front of the application and nowhere else, and what is not in scope is answered, or passed on, at the caller. */
function directionBy(details: string | undefined, routeName: string | undefined): Direction | undefined {
  if (details?.includes('rbac_access_denied')) return 'inbound';
  return routeName === 'block_all' || routeName === 'allow_any' ? 'outbound' : undefined;
}

/** By the field that says it, by how listeners are called, or by the cluster: one of a sidecar's own is called `inbound|PORT||`. */
function directionOf(said: string | undefined, cluster: string | undefined): Direction | undefined {
  if (said !== undefined) {
    if (/^(virtual)?inbound/i.test(said)) return 'inbound';
    return said.startsWith('gateway') ? 'gateway' : 'outbound';
  }
  if (cluster?.startsWith('inbound|')) return 'inbound';
  return cluster === undefined ? undefined : 'outbound';
}

/** `inbound|8080||`, `outbound|80|v1|shoes.shop…`, `outbound_80`, `gateway_443`. */
function portOf(
  direction: Direction | undefined,
  cluster: string | undefined,
  listener: string | undefined,
): number | undefined {
  const [, ofListener] = /^(?:inbound|outbound|gateway)_(\d+)$/.exec(listener ?? '') ?? [];
  const [, ofCluster] =
    (direction === 'inbound' ? /^inbound\|(\d+)\|/ : /^outbound\|(\d+)\|/).exec(cluster ?? '') ?? [];
  const port = ofListener ?? (direction === 'gateway' ? undefined : ofCluster);
  return port === undefined ? undefined : Number(port);
}

/** What was dialled, under Istio: the address before the connection was redirected. An application that dials the proxy itself says it in the authority. */
function portIn(address: string | undefined): number | undefined {
  const port = Number(/:(\d+)$/.exec(address ?? '')?.[1]);
  return port === proxyPorts.outbound || !(port > 0) ? undefined : port;
}

function shorten(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
