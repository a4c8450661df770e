// Reads a line of a proxy's access log, as both kinds of proxy write it (backends/envoy/access-log.ts). Says nothing about what it means.

/** What a line tells of one request or connection. Absent is what the proxy wrote as null, or did not get to know. */
export interface LogLine {
  /** `namespace/name` of the workload whose proxy wrote the line. */
  readonly workload: string;
  readonly listener: string;
  readonly method?: string;
  readonly path?: string;
  readonly authority?: string;
  readonly routeName?: string;
  readonly status?: number;
  /** Envoy's words for why the answer is what it is; of a connection, for why it ended. */
  readonly details?: string;
  /** SPIFFE identity of the caller. */
  readonly peer?: string;
  readonly requestId?: string;
}

export type ParsedLogLine =
  | { readonly line: LogLine; readonly problem?: undefined }
  | { readonly line?: undefined; readonly problem: string };

/** A problem is a message for the user. Text before the object, such as the name of a pod, is passed over. */
export function parseLogLine(text: string): ParsedLogLine {
  const start = text.indexOf('{');
  let fields: unknown;
  try {
    fields = start < 0 ? undefined : JSON.parse(text.slice(start));
  } catch {
    fields = undefined;
  }
  if (typeof fields !== 'object' || fields === null) {
    return {
      problem: `cannot read the log line "${shorten(text)}": it is one JSON object, as the proxies of a mesh write it`,
    };
  }
  const found = fields as Readonly<Record<string, unknown>>;
  const word = (name: string) => {
    const value = found[name];
    return typeof value === 'string' && value !== '' && value !== '-' ? value : undefined;
  };
  const workload = word('workload');
  const listener = word('listener');
  if (workload === undefined || listener === undefined) {
    return {
      problem: `the log line has no "${workload === undefined ? 'workload' : 'listener'}": it is no access-log line of a proxy`,
    };
  }
  const status = Number(found.response_code);
  const line = {
    method: word('method'),
    path: word('path'),
    authority: word('authority'),
    routeName: word('route_name'),
    details: word('response_code_details') ?? word('termination_details'),
    peer: word('downstream_peer'),
    requestId: word('request_id'),
    ...(Number.isInteger(status) && status > 0 && { status }),
  };
  const present = Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined));
  return { line: { workload, listener, ...present } };
}

function shorten(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
