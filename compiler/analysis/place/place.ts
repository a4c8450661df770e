// The first half of every decision, in which method, path and headers have no part: who calls, which host and port, in scope or not.
// The concrete evaluator and the symbolic engine both go on from the place found here.
import type {
  GatewayHost,
  GatewayPort,
  HttpRoute,
  MeshIndex,
  Origin,
  RedirectAction,
  Service,
  TestRequest,
  Workload,
} from '../../model/index.ts';
import {
  defaultRoute,
  hostOf,
  keyOf,
  speaksHttp,
  tcpRouteOn,
  isOpenEgress,
  listenerFor,
  placeOfSetting,
  triedRoutes,
} from '../../model/index.ts';
import { asSent, type HeaderSources, receivedSources } from '../fields/header-source.ts';
import type { Extensions } from '../fields/method.ts';
import { type Caller, callerOfWorkload, isUnread, unmeshedCaller, withoutProxy } from './caller.ts';
import {
  egressMode,
  type FoundHost,
  type FoundUse,
  findByDns,
  findHost,
  findPort,
  findUse,
  readsHttp,
} from './find-host.ts';
import { type FoundListener, findListener, portsFor } from './find-gateway.ts';
import { type Destination, destinationOf } from './settle-share.ts';
import { type Call, type DecideOptions, outside, type Share, type Step, unmeshed, type Verdict } from '../verdict.ts';

/** What of a request is known before its method, path and headers. */
export interface Question extends Omit<Call, 'request' | 'version'> {
  readonly request: Pick<TestRequest, 'scheme' | 'host' | 'port'>;
  /** Absent: over HTTP/1.1 alone. */
  readonly extensions?: Extensions;
}

export type Redirection = Pick<RedirectAction, 'path' | 'host' | 'scheme' | 'port'>;

/** `final`: nothing of the request matters any more. `routes`: HTTP routes decide. `forward`: the workloads' gates do. */
export type Place = { readonly steps: readonly Step[] } & (
  | ({
      readonly kind: 'final';
      readonly shares?: readonly Share[];
      /** A proxy reads the request on its way to where no proxy is. */
      readonly isRead?: boolean;
    } & Pick<Verdict, 'outcome' | 'reason' | 'status'>)
  | { readonly kind: 'redirect'; readonly status: number; readonly redirect: Redirection; readonly origin: Origin }
  | { readonly kind: 'routes'; readonly caller: Caller; readonly routes: readonly HttpRoute[]; readonly origin: Origin }
  | {
      readonly kind: 'forward';
      readonly caller: Caller;
      readonly destinations: readonly Destination[];
      readonly isHttp: boolean;
    }
);

/** What a caller dials, the service that the name means to it, and the steps that led there. */
interface Dialled<Found = FoundHost | undefined> {
  readonly request: Question['request'];
  readonly found: Found;
  readonly steps: readonly Step[];
}

/** What the proxy of a caller makes of headers, before it looks for a route. */
export function callerSources({ kind }: Caller, scheme: TestRequest['scheme']): HeaderSources {
  return receivedSources(asSent, { isEdge: kind === 'gateway', scheme });
}

/** Answers whatever is asked: callers and hosts that the mesh does not have are final places. */
export function findPlace(index: MeshIndex, question: Question, options: DecideOptions = {}): Place {
  const { from, request } = question;
  if (from === outside) return atGateway(index, question, options);
  if (from === unmeshed) {
    const steps = [{ text: `a process without a proxy calls ${request.host}:${request.port}` }];
    return direct(index, unmeshedCaller(index), request, steps);
  }
  const workload = index.workloadByKey.get(from);
  if (!workload) return { kind: 'final', outcome: 'unavailable', steps: [{ text: `no workload is called ${from}` }] };
  const steps = [{ text: `${from} calls ${request.host}:${request.port}`, origin: workload.origin }];
  const caller = { ...callerOfWorkload(index, workload), isBlind: options.placement === 'explicit' };
  if (caller.kind === 'gateway') {
    return { kind: 'final', outcome: 'unavailable', steps: [...steps, { text: 'a gateway calls nobody by itself' }] };
  }
  const use = caller.kind === 'sidecar' ? findUse(index, workload, request.host, request.port) : undefined;
  if (use) {
    const inScope = { text: `${from} uses ${hostOf(use.service)}`, origin: use.entry.origin };
    return atSidecar(index, caller, { request, found: use, steps: [...steps, inScope] });
  }
  if (caller.kind === 'plain') return direct(index, caller, request, steps);
  const found = findHost(index, request.host, workload.namespace);
  if (found && !findPort(found.service, request.port) && !passesThrough(index, workload, options)) {
    return noSuchPort(index, workload, { request, found, steps }, options);
  }
  return outOfScope(index, workload, { request, found, steps }, options);
}

function passesThrough(index: MeshIndex, workload: Workload, { placement = 'redirect' }: DecideOptions): boolean {
  return isOpenEgress(egressMode(index, workload)) && placement === 'redirect';
}

/** Answered alike whether the caller uses the service or not: there is nothing to use. */
function noSuchPort(index: MeshIndex, workload: Workload, dialled: Dialled<FoundHost>, options: DecideOptions): Place {
  const { request, found, steps } = dialled;
  const step = { text: `${hostOf(found.service)} has no port ${request.port}`, origin: found.service.origin };
  const refused = refusal(index, workload, request, options);
  return { kind: 'final', outcome: 'unavailable', ...refused.answer, steps: [...steps, step, ...refused.steps] };
}

/**
 * How a proxy refuses what it does not know: it answers where it speaks HTTP. Of a redirected connection only the port is known, and where
 * nothing in scope speaks HTTP on it there is nobody who could read a request, so that it is closed.
 */
function refusal(
  index: MeshIndex,
  workload: Workload,
  { scheme, port }: Question['request'],
  { placement = 'redirect' }: DecideOptions,
): { readonly answer: { readonly status?: number }; readonly steps: readonly Step[] } {
  if (scheme === 'http' && (placement === 'explicit' || readsHttp(index, workload, port))) {
    return { answer: { status: 502 }, steps: [] };
  }
  const text = `${keyOf(workload)} uses nothing that speaks HTTP on port ${port}: the connection is closed`;
  return { answer: {}, steps: scheme === 'http' ? [{ text }] : [] };
}

function outOfScope(index: MeshIndex, workload: Workload, dialled: Dialled, options: DecideOptions): Place {
  const { request, found } = dialled;
  const key = keyOf(workload);
  const name = found ? hostOf(found.service) : request.host.toLowerCase();
  const { origin } = index.scopeByWorkload.get(key) ?? workload;
  const steps = [...dialled.steps, { text: `${key} does not use ${name}:${request.port}`, origin }];
  if (passesThrough(index, workload, options)) {
    const isRead = readsHttp(index, workload, request.port);
    const how = isRead ? '' : ', byte by byte: nothing in scope speaks HTTP on this port';
    const text = `egress mode any: passed through to the dialled address${how}`;
    const passed = { text, origin: placeOfSetting(index.mesh, 'egressDefault') };
    const caller = withoutProxy(callerOfWorkload(index, workload), isRead);
    return direct(index, caller, request, [...steps, passed]);
  }
  const refused = refusal(index, workload, request, options);
  return { kind: 'final', outcome: 'denied', reason: 'egress', ...refused.answer, steps: [...steps, ...refused.steps] };
}

function atSidecar(index: MeshIndex, caller: Caller, { request, found, steps }: Dialled<FoundUse>): Place {
  const { service, host, port } = found;
  const canonical = hostOf(service);
  const table = index.routeTableFor(caller.client, host) ?? index.routeTableFor(caller.client, canonical);
  if (!speaksHttp(index, caller.client, service, port)) {
    const route = tcpRouteOn(table, request.port);
    const taken = route
      ? [...steps, { text: `route ${route.name}`, origin: route.origin, about: 'route' as const }]
      : steps;
    const destinations = route?.destinations.map(destinationOf) ?? [wholeService(service, request.port)];
    return { kind: 'forward', caller, destinations, isHttp: false, steps: taken };
  }
  if (request.scheme !== 'http') {
    const text = `port ${port.number} of ${canonical} speaks ${port.protocol}, not ${request.scheme}`;
    return { kind: 'final', outcome: 'unavailable', steps: [...steps, { text, origin: port.origin }] };
  }
  const { http, origin } = table ?? { http: [defaultRoute(service, index.mesh.settings)], origin: service.origin };
  return { kind: 'routes', caller, routes: http, origin, steps };
}

function wholeService(service: Service, port: number): Destination {
  return { host: hostOf(service), port, subset: '', weight: 100, origin: service.origin };
}

/** Without a proxy on the caller's side: no routes, no identity, any instance of the service. */
function direct(index: MeshIndex, caller: Caller, request: Question['request'], steps: readonly Step[]): Place {
  const found = findByDns(index, request.host, caller.namespace);
  if (!found && isClusterName(request.host)) {
    const step = { text: `no service is called ${request.host}`, origin: caller.origin };
    return { kind: 'final', outcome: 'unavailable', steps: [...steps, step] };
  }
  if (!found) return leavingTheMesh(caller, request, steps);
  const { service } = found;
  const port = findPort(service, request.port);
  const isHttp = port
    ? speaksHttp(index, caller.client, service, port)
    : request.scheme === 'http' && !isUnread(caller);
  const step = { text: `${hostOf(service)} is called without a proxy`, origin: service.origin };
  const destinations = [wholeService(service, request.port)];
  return { kind: 'forward', caller, destinations, isHttp, steps: [...steps, step] };
}

/** Names that only cluster DNS could resolve, and does not when no service has them. */
function isClusterName(host: string): boolean {
  return !host.includes('.') || /\.svc(\.cluster\.local\.?)?$/i.test(host);
}

function leavingTheMesh(caller: Caller, request: Question['request'], steps: readonly Step[]): Place {
  const fate = { outcome: 'allowed' } as const;
  const targets = [{ tls: 'plain', endpoint: { port: request.port }, fate } as const];
  const share: Share = { host: request.host.toLowerCase(), port: request.port, subset: '', weight: 100, targets, fate };
  // Of a caller with a proxy, what lets it out is told before.
  const isPassed = caller.isRead !== undefined;
  const step = { text: `${share.host} is not in the mesh`, ...(!isPassed && { origin: caller.origin }) };
  // What is in TLS of the caller's own, no proxy sees.
  const status = request.scheme === 'http' ? { status: 200 } : {};
  const isRead = request.scheme === 'http' && !isUnread(caller);
  return { kind: 'final', outcome: 'allowed', ...status, shares: [share], isRead, steps: [...steps, step] };
}

function atGateway(index: MeshIndex, { request, gateway: only }: Question, options: DecideOptions): Place {
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
