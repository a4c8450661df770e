// Ports as written to ports of the model.
import type { Report } from '../../diagnostics/index.ts';
import type { ServicePort } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { PortIntent } from '../kinds.ts';
import type { NamedPort, ProtocolDoubt } from '../protocol.ts';

/** `named` holds the same ports in the same order, with names and protocols settled. */
export function lowerPorts(
  ports: readonly Cursor<PortIntent>[],
  named: readonly NamedPort[],
  report: Report,
): readonly ServicePort[] {
  const claimNumber = claims<number>('port', report);
  const claimName = claims<string>('name', report);
  return ports.flatMap((port, i) => {
    const settled = named[i];
    if (!settled) return [];
    const isNew = claimNumber(settled.number, port) && claimName(settled.name, port);
    if (settled.doubt) reportDoubt(port, settled.doubt, report);
    const { name, number, targetPort, protocol } = settled;
    return isNew ? [{ kind: 'ServicePort', origin: port.origin, name, number, targetPort, protocol }] : [];
  });
}

/** The first port that claims a key has it; false after a report. */
function claims<K>(field: 'port' | 'name', report: Report): (key: K, port: Cursor<PortIntent>) => boolean {
  const taken = new Map<K, Cursor<PortIntent>>();
  return (key, port) => {
    const first = taken.get(key);
    taken.set(key, first ?? port);
    if (!first) return true;
    report('FL0313', {
      message: clashMessage(key, field, port.get('name') !== undefined || first.get('name') !== undefined),
      span: port.get(field)?.origin ?? port.origin,
      related: [{ message: 'first here', span: first.get(field)?.origin ?? first.origin }],
      hint: field === 'name' ? 'give each port a name, such as `http-admin`' : undefined,
    });
    return false;
  };
}

function clashMessage(key: unknown, field: 'port' | 'name', isWritten: boolean): string {
  if (field === 'port') return `port ${String(key)} is listed twice`;
  return isWritten
    ? `two ports are called "${String(key)}"`
    : `two ports without a name would both be called "${String(key)}"`;
}

interface DoubtRow {
  readonly code: 'FL0430' | 'FL0463';
  message(written: string, port: number): string;
  /** `write` says to put something where the name stands, `withWord` what it is with this word. */
  hint(write: string, withWord: (word: string) => string): string;
}

const doubts: Readonly<Record<ProtocolDoubt, DoubtRow>> = {
  unknown: {
    code: 'FL0430',
    message: (written, port) => `"${written}" names no known protocol, so port ${port} is plain TCP`,
    hint: (write, withWord) =>
      `${write} ${withWord('http')} if it speaks HTTP/1.1, ${withWord('http2')} if HTTP/2, ${withWord('tcp')} if neither, or set protocol`,
  },
  'grpc-web': {
    code: 'FL0463',
    message: (written) =>
      `"${written}" is gRPC-Web, which Istio translates to gRPC for an application that speaks HTTP/2, and Fairlead does not`,
    hint: (write, withWord) =>
      `${write} ${withWord('grpc')} if the application speaks gRPC, ${withWord('http')} if it takes gRPC-Web itself, by HTTP/1.1`,
  },
  udp: {
    code: 'FL0463',
    message: (written) => `"${written}" is UDP, which proxies do not carry`,
    hint: (write, withWord) =>
      `leave the port out, for UDP goes past the proxies, or ${write} ${withWord('tcp')} if it is TCP`,
  },
};

function reportDoubt(port: Cursor<PortIntent>, doubt: ProtocolDoubt, report: Report): void {
  const application = port.get('appProtocol');
  const source = application ?? port.get('name');
  const written = String(source?.value);
  const { code, message, hint } = doubts[doubt];
  const rest = doubt === 'unknown' ? written : written.slice(doubt.length).replace(/^-/, '');
  report(code, {
    message: message(written, port.value.port),
    span: source?.origin ?? port.origin,
    hint: application
      ? hint('write', (word) => `"${word}"`)
      : hint('name it', (word) => `"${rest === '' ? word : `${word}-${rest}`}"`),
  });
}
