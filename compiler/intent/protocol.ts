// Which protocol a port speaks, chosen as Istio does. https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
import type { Protocol } from '../model/index.ts';
import type { PortIntent } from './kinds.ts';

export interface NamedPort {
  readonly name: string;
  /** False if the name was made up here. */
  readonly isNamed: boolean;
  readonly number: number;
  readonly targetPort: number;
  readonly protocol: Protocol;
  /** Why the protocol is not what was written. */
  readonly doubt?: ProtocolDoubt;
}

/** `unknown`: what is written names no protocol, so the port is taken for TCP. The others Istio knows, and no proxy here carries. */
export type ProtocolDoubt = 'unknown' | 'grpc-web' | 'udp';

type Choice = Pick<NamedPort, 'protocol' | 'doubt'>;

/** All words that Istio's proxies serve: what it does not know, it guesses from the first bytes. */
const words: Readonly<Record<Protocol, readonly string[]>> = {
  HTTP: ['http'],
  HTTP2: ['http2'],
  GRPC: ['grpc'],
  HTTPS: ['https'],
  TLS: ['tls'],
  TCP: ['tcp', 'mongo', 'mysql', 'redis'],
};

const byWord: ReadonlyMap<string, Protocol> = new Map(
  Object.entries(words).flatMap(([protocol, names]) => names.map((name) => [name, protocol as Protocol] as const)),
);

/** Values of appProtocol that Kubernetes defines besides the words above. https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol */
const ofKubernetes: ReadonlyMap<string, Protocol> = new Map([
  ['kubernetes.io/h2c', 'HTTP2'],
  ['kubernetes.io/ws', 'HTTP'],
  ['kubernetes.io/wss', 'HTTPS'],
]);

/** SMTP, DNS, MySQL, MongoDB: whatever word Istio does not know is TCP there, and it looks at no bytes. */
const serverFirstPorts: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

/** PostgreSQL, Redis: nobody speaks HTTP there either. */
const databasePorts: ReadonlySet<number> = new Set([5432, 6379]);

/** Where what is not called anything else speaks TLS: whoever called it plain HTTP would reach nobody. */
const httpsPort = 443;

/** An explicit protocol decides, then appProtocol, then the name, then the number; a port without a name is HTTP, and HTTPS on 443. */
export function nameAndProtocol(port: PortIntent): NamedPort {
  const choice = choose(port);
  const isNamed = port.name !== undefined;
  return {
    name: port.name ?? choice.protocol.toLowerCase(),
    isNamed,
    number: port.port,
    targetPort: port.targetPort ?? port.port,
    ...choice,
  };
}

function choose({ protocol, appProtocol, name, port }: PortIntent): Choice {
  if (protocol !== undefined) return { protocol };
  const ofApplication = appProtocol === undefined ? undefined : ofKubernetes.get(appProtocol);
  if (ofApplication) return { protocol: ofApplication };
  const written = appProtocol ?? name;
  if (written !== undefined) return chooseBy(written, port);
  if (serverFirstPorts.has(port) || databasePorts.has(port)) return { protocol: 'TCP' };
  return { protocol: port === httpsPort ? 'HTTPS' : 'HTTP' };
}

/** By what stands before the first dash, whatever its case; `grpc-web` is one word, with anything behind it. */
function chooseBy(written: string, port: number): Choice {
  const text = written.toLowerCase();
  if (text.startsWith('grpc-web')) return { protocol: 'HTTP', doubt: 'grpc-web' };
  const word = text.split('-')[0] ?? '';
  if (word === 'udp') return { protocol: 'TCP', doubt: 'udp' };
  const protocol = byWord.get(word);
  if (protocol) return { protocol };
  return serverFirstPorts.has(port) ? { protocol: 'TCP' } : { protocol: 'TCP', doubt: 'unknown' };
}
