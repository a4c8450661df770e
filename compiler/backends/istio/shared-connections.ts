// Hosts that a client may ask for on one HTTP/2 connection, and that Istio serves apart.
//
// A client uses a connection again for every host that its certificate names (RFC 9113, 9.1.1). Istio picks the server of a Gateway by the
// server name with which the connection began, and looks for the host of each request among the hosts and routes of that server alone.
// https://istio.io/latest/docs/ops/common-problems/network-issues/#404-errors-occur-when-multiple-gateways-configured-with-same-tls-certificate
import type { Report } from '../../diagnostics/index.ts';
import {
  coversHost,
  type GatewayListener,
  type GatewayPort,
  type MeshIndex,
  nearestHost,
  schemeOf,
} from '../../model/index.ts';
import type { GatewayObject, GatewayObjects } from './gateway-objects.ts';

/** What Istio answers a connection from: of one object those hosts that a listener names. */
interface Server {
  readonly object: GatewayObject;
  readonly listener: GatewayListener;
  readonly hosts: ReadonlySet<string>;
}

export function reportSharedConnections({ objects }: GatewayObjects, index: MeshIndex, report: Report): void {
  const objectsOf = Map.groupBy(objects, ({ gateway }) => gateway);
  const told = new Map<GatewayListener, Set<string>>();
  for (const port of index.gatewayPorts()) {
    const servers = serversOf(port, objectsOf);
    for (const [i, server] of servers.entries()) {
      for (const host of server.hosts) {
        if (told.get(server.listener)?.has(host)) continue;
        const found = worstShared(server, host, servers.slice(0, i));
        if (!found) continue;
        told.set(server.listener, (told.get(server.listener) ?? new Set()).add(host));
        reportPair(server, host, found, report);
      }
    }
  }
}

function serversOf(
  { gateways, listeners }: GatewayPort,
  objectsOf: ReadonlyMap<GatewayObject['gateway'], readonly GatewayObject[]>,
): readonly Server[] {
  const encrypted = listeners.filter((listener) => schemeOf(listener) === 'https');
  return gateways
    .flatMap((gateway) => objectsOf.get(gateway) ?? [])
    .flatMap((object) =>
      encrypted.flatMap((listener) => {
        const hosts = object.hosts.filter((one) => one.listener === listener).map(({ host }) => host);
        return hosts.length > 0 ? [{ object, listener, hosts: new Set(hosts) }] : [];
      }),
    );
}

/** A host of another server with which the host may share connections, and what becomes of requests for the one on those of the other. */
interface Shared {
  readonly server: Server;
  readonly host: string;
  readonly outcomes: readonly Outcome[];
}

interface Outcome {
  readonly text: string;
  /** By routes of another host, which is worse than a 404. */
  readonly isServed: boolean;
}

function worstShared(server: Server, host: string, others: readonly Server[]): Shared | undefined {
  const found = others.flatMap((other) =>
    [...other.hosts]
      .filter((beside) => beside !== host)
      .map((beside): Shared => {
        const outcomes = [outcomeOf(host, server, beside, other), outcomeOf(beside, other, host, server)];
        return { server: other, host: beside, outcomes: outcomes.flatMap((outcome) => outcome ?? []) };
      }),
  );
  return (
    found.find(({ outcomes }) => outcomes.some(({ isServed }) => isServed)) ??
    found.find(({ outcomes }) => outcomes.length > 0)
  );
}

/** Of a request for a host on a connection that was made for a host of another server; undefined where it is no other, or never made. */
function outcomeOf(host: string, server: Server, connected: string, at: Server): Outcome | undefined {
  const isNamed = server.listener.tlsSecret === at.listener.tlsSecret || isInCertificateFor(connected, host);
  if (!isNamed) return undefined;
  const request = `a request for "${host}" on one made for "${connected}"`;
  const answering = nearestHost(host, at.hosts);
  if (answering === undefined) return { text: `${request} is 404`, isServed: false };
  // Routes of hosts in one object may mix.
  if (server.object === at.object) return undefined;
  return { text: `${request} meets the routes of "${answering}"`, isServed: true };
}

/** A certificate for `*.example.com` is good for one label in its place: https://www.rfc-editor.org/rfc/rfc9525#section-6.3 */
function isInCertificateFor(wildcard: string, host: string): boolean {
  return wildcard.startsWith('*.') && host === host.split('.')[0] + wildcard.slice(1) && !host.startsWith('*');
}

function reportPair(
  server: Server,
  host: string,
  { server: other, host: beside, outcomes }: Shared,
  report: Report,
): void {
  const isOne = server.listener.tlsSecret === other.listener.tlsSecret;
  const isWide = coversHost(beside, host) || coversHost(host, beside);
  report('FL0519', {
    message: `a client may ask for "${host}" and "${beside}" on one connection, which Istio answers as the host that it was made for: ${outcomes.map(({ text }) => text).join(', ')}`,
    span: server.listener.origin,
    related: [{ message: isOne ? 'has the same certificate' : 'the other listener', span: other.listener.origin }],
    hint: isWide
      ? 'serve one of the two at an address of its own, or name the hosts in place of the wildcard'
      : server.listener !== other.listener && server.object.gateway === other.object.gateway
        ? 'name both hosts in one listener, or give each a certificate of its own'
        : 'give each a listener and a certificate of its own',
  });
}
