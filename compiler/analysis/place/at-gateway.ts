// Where a request from outside gets to: the listener of a gateway's proxy that takes it, and what is routed there.
import {
  type GatewayHost,
  type GatewayPort,
  keyOf,
  listenerFor,
  type MeshIndex,
  triedRoutes,
} from '../../model/index.ts';
import type { DecideOptions, Step } from '../verdict.ts';
import { callerOfWorkload } from './caller.ts';
import { type FoundListener, findListener, portsFor } from './find-gateway.ts';
import type { Place, Question } from './question.ts';

export function atGateway(index: MeshIndex, { request, gateway: only }: Question, options: DecideOptions): Place {
  const ports = portsFor(index, request.scheme, request.port, only);
  const [first] = ports;
  const address = `${request.scheme}://${request.host}:${request.port}`;
  if (!first) return { kind: 'final', outcome: 'unavailable', steps: [{ text: `no gateway listens for ${address}` }] };
  const found = findListener(ports, request.host);
  if (!found) return atNoListener(first, ports, request);
  const { port, gateway, listener, entry } = found;
  const { origin } = listener;
  const isShared = keyOf(gateway) !== keyOf(port.workload);
  const shared = isShared ? `, which the proxy ${keyOf(port.workload)} serves` : '';
  const steps = [{ text: `${address} reaches gateway ${keyOf(gateway)}${shared}`, origin }];
  if (entry?.redirects) return redirectToHttps(found, entry, steps);
  const caller = { ...callerOfWorkload(index, port.workload), isBlind: options.placement === 'explicit' };
  const tables = entry?.tables ?? [];
  return {
    kind: 'routes',
    caller,
    routes: triedRoutes(tables),
    origin: tables[0]?.origin ?? origin,
    steps,
  };
}

/** A wider listener may be what redirects, where the one that names the host has nothing for it. */
function redirectToHttps({ port, listener }: FoundListener, { host }: GatewayHost, steps: readonly Step[]): Place {
  const redirecting = listenerFor(host, port.listeners) ?? listener;
  const { origin } = redirecting;
  const widened = { text: `nothing is routed for it there: listener ${redirecting.name} takes it`, origin };
  const told = redirecting === listener ? steps : [...steps, widened];
  return { kind: 'redirect', status: 301, redirect: { scheme: 'https' }, origin, steps: told };
}

/** Without a certificate for the host there is no TLS connection on which anything could be answered. */
function atNoListener(first: GatewayPort, all: readonly GatewayPort[], request: Question['request']): Place {
  // The server name of TLS has no dot at the end. https://www.rfc-editor.org/rfc/rfc6066#section-3
  const name = request.host.toLowerCase().replace(/\.$/, '');
  // The end of a wildcard alone is a server name of it to Envoy, but no host.
  const isNamed = ({ listeners: own }: GatewayPort) =>
    listenerFor(name, own) !== undefined || own.some(({ hosts }) => hosts.includes(`*${name}`));
  const answering = request.scheme === 'https' ? all.find(isNamed) : first;
  const { gateways, listeners, port } = answering ?? first;
  const [gateway] = gateways;
  const isClosed = answering === undefined;
  const close = isClosed ? ', and closes the connection' : '';
  const text = `gateway ${gateway ? keyOf(gateway) : ''} serves no host ${request.host} on port ${port}${close}`;
  const steps = [{ text, ...(listeners[0] && { origin: listeners[0].origin }) }];
  return { kind: 'final', outcome: 'denied', reason: 'route', ...(!isClosed && { status: 404 }), steps };
}
