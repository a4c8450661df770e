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
  /** The name says nothing that is known, so the port is taken for TCP. */
  readonly isGuess: boolean;
}

const words: Readonly<Record<Protocol, readonly string[]>> = {
  HTTP: ['http', 'grpc-web'],
  HTTP2: ['http2'],
  GRPC: ['grpc'],
  HTTPS: ['https'],
  TLS: ['tls'],
  TCP: ['tcp', 'mongo', 'mysql', 'redis', 'postgres', 'postgresql'],
};

const byWord: Readonly<Record<string, Protocol>> = Object.fromEntries(
  Object.entries(words).flatMap(([protocol, names]) => names.map((name) => [name, protocol as Protocol] as const)),
);

/** Values of appProtocol that Kubernetes defines besides the words above. https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol */
const byAppProtocol: Readonly<Record<string, Protocol>> = {
  ...byWord,
  'kubernetes.io/h2c': 'HTTP2',
  'kubernetes.io/ws': 'HTTP',
  'kubernetes.io/wss': 'HTTPS',
};

/** SMTP, DNS, MySQL, PostgreSQL, MongoDB, Redis: nobody speaks HTTP there. */
const wellKnownTcpPorts = new Set([25, 53, 3306, 5432, 6379, 27017]);

/** Where what is not called anything else speaks TLS: whoever called it plain HTTP would reach nobody. */
const httpsPort = 443;

/** An explicit protocol decides, then appProtocol, then the name, then the number; a port without a name is HTTP, and HTTPS on 443. */
export function nameAndProtocol(port: PortIntent): NamedPort {
  const { protocol, isGuess } = choose(port);
  const isNamed = port.name !== undefined;
  return {
    name: port.name ?? protocol.toLowerCase(),
    isNamed,
    number: port.port,
    targetPort: port.targetPort ?? port.port,
    protocol,
    isGuess,
  };
}

function choose({ protocol, appProtocol, name, port }: PortIntent): { protocol: Protocol; isGuess: boolean } {
  if (protocol !== undefined) return { protocol, isGuess: false };
  if (appProtocol !== undefined) {
    const found = byAppProtocol[appProtocol.toLowerCase()];
    return { protocol: found ?? 'TCP', isGuess: found === undefined };
  }
  const fromName =
    name === undefined ? undefined : name.startsWith('grpc-web') ? 'HTTP' : byWord[name.split('-')[0] ?? ''];
  if (fromName) return { protocol: fromName, isGuess: false };
  if (wellKnownTcpPorts.has(port)) return { protocol: 'TCP', isGuess: false };
  if (name !== undefined) return { protocol: 'TCP', isGuess: true };
  return { protocol: port === httpsPort ? 'HTTPS' : 'HTTP', isGuess: false };
}
