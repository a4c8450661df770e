// Ports as written to ports of the model.
import type { Report } from '../../diagnostics/index.ts';
import type { ServicePort } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { PortIntent } from '../kinds.ts';
import type { NamedPort } from '../protocol.ts';

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
    if (settled.isGuess) warnOfGuess(port, report);
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

function warnOfGuess(port: Cursor<PortIntent>, report: Report): void {
  const application = port.get('appProtocol');
  const source = application ?? port.get('name');
  report('FL0430', {
    message: `"${source?.value}" names no known protocol, so port ${port.value.port} is plain TCP`,
    span: source?.origin ?? port.origin,
    hint: application
      ? 'set protocol: it decides whatever appProtocol says'
      : `name it "http-${source?.value}" if it speaks HTTP, "tcp-${source?.value}" if it does not, or set protocol`,
  });
}
