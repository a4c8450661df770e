// What of a mesh the embedded proxy cannot do, found out before anything is started: by what it will itself be asked to take.
import {
  type Diagnostic,
  httpVersion,
  makeDiagnostic,
  type Mesh,
  type Origin,
  type ProxySnapshot,
} from '../../compiler/index.ts';
import { decodeResource, encodeResource, typeUrls } from '../../compiler/xds.ts';
import { Rejection } from '../proxy/rejection.ts';
import { requireSupported } from '../proxy/supported/index.ts';

const hint = 'bring it up with real Envoys: fairlead up --proxy envoy';

export function embeddedLimits(mesh: Mesh, snapshots: Iterable<ProxySnapshot | undefined>): readonly Diagnostic[] {
  const found = new Map<string, { readonly message: string; readonly origin: Origin }>();
  for (const snapshot of snapshots) {
    if (snapshot) for (const one of refusedOf(snapshot)) found.set(`${one.message} ${JSON.stringify(one.origin)}`, one);
  }
  const groups = Map.groupBy(found.values(), isAboutHttp2);
  const [http2, others] = [groups.get(true) ?? [], groups.get(false) ?? []];
  const ports = http2.length === 0 ? [] : http2Ports(mesh);
  const told = [...(ports.length === 0 ? http2 : ports), ...others];
  return told.map(({ message, origin }) => makeDiagnostic('FL0823', { message, span: origin, hint }));
}

function isAboutHttp2({ message }: { readonly message: string }): boolean {
  return message.includes('http2ProtocolOptions');
}

function http2Ports({ services }: Mesh) {
  return services.flatMap(({ namespace, name, ports }) =>
    ports
      // Between proxies and applications it speaks HTTP/1.1 only.
      .filter(({ protocol }) => httpVersion(protocol) === 'HTTP/2')
      .map(({ number, protocol, origin }) => ({
        message: `port ${number} of ${namespace}/${name} speaks ${protocol}, that is HTTP/2, which the embedded proxy does not`,
        origin,
      })),
  );
}

function* refusedOf({ listeners, clusters, routes, origins }: ProxySnapshot) {
  const resources = [
    ...clusters.map((json) => ({ type: 'cluster', name: json.name, json }) as const),
    ...listeners.map((json) => ({ type: 'listener', name: json.name, json }) as const),
    ...routes.map((json) => ({ type: 'route', name: json.name, json }) as const),
  ];
  for (const { type, name = '', json } of resources) {
    const message = refusalOf(type, name, json);
    const origin = origins.get(name);
    if (message !== undefined && origin) yield { message, origin };
  }
}

/** Proxies share what they have in common, and a commit keeps what it does not change. */
const asked = new WeakMap<object, string | undefined>();

function refusalOf(type: 'cluster' | 'listener' | 'route', name: string, json: object): string | undefined {
  if (asked.has(json)) return asked.get(json);
  let message: string | undefined;
  try {
    // As it is after the wire: without defaults.
    requireSupported(type, name, decodeResource(typeUrls[type], encodeResource(typeUrls[type], json)));
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    message = error.message;
  }
  asked.set(json, message);
  return message;
}
