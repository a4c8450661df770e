// The first half of every decision, in which method, path and headers have no part: who calls, which host and port, in scope or not.
// The concrete evaluator and the symbolic engine both go on from the place found here.
import type { MeshIndex, TestRequest, Workload } from '../../model/index.ts';
import {
  defaultRoute,
  hostOf,
  isOwnTls,
  keyOf,
  speaksHttp,
  tcpRouteOn,
  isOpenEgress,
  placeOfSetting,
  proxyPortOf,
} from '../../model/index.ts';
import { asSent, type HeaderSources, receivedSources } from '../fields/header-source.ts';
import { type Caller, callerOfWorkload, unmeshedCaller, withoutProxy } from './caller.ts';
import {
  egressMode,
  type FoundHost,
  type FoundUse,
  findHost,
  findPort,
  findUse,
  type ReadPort,
  readPort,
  servedInPlaceOf,
  takerAt,
  takerOf,
} from './find-host.ts';
import { atGateway } from './at-gateway.ts';
import { atItself, direct, misspokenStep, wholeService } from './direct.ts';
import { isLoopback } from './loopback.ts';
import type { Place, Question } from './question.ts';
import { destinationOf } from './settle-share.ts';
import { type DecideOptions, outside, type Step, unmeshed } from '../verdict.ts';

export type { Place, Question, Redirection } from './question.ts';

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
    const caller = unmeshedCaller(index);
    return isLoopback(request.host) ? atItself(caller, request, steps) : direct(index, caller, request, steps);
  }
  const workload = index.workloadByKey.get(from);
  if (!workload) {
    const steps = [{ text: `no workload is called ${from}` }];
    return { kind: 'final', outcome: 'unavailable', isWithoutCaller: true, steps };
  }
  const steps = [{ text: `${from} calls ${request.host}:${request.port}`, origin: workload.origin }];
  const caller = { ...callerOfWorkload(index, workload), isBlind: options.placement === 'explicit' };
  if (caller.kind === 'gateway') {
    return { kind: 'final', outcome: 'unavailable', steps: [...steps, { text: 'a gateway calls nobody by itself' }] };
  }
  if (isLoopback(request.host) && !(caller.isBlind && caller.kind === 'sidecar')) {
    return atItself(caller, request, steps);
  }
  if (caller.kind === 'plain') return direct(index, caller, request, steps);
  return fromSidecar(index, { workload, caller, request, steps }, options);
}

interface Sent {
  readonly workload: Workload;
  readonly caller: Caller;
  readonly request: Question['request'];
  readonly steps: readonly Step[];
}

/** Of what is redirected by its address to what has that; by its name to what is used; else, of what is redirected, to what takes the port. */
function fromSidecar(index: MeshIndex, sent: Sent, options: DecideOptions): Place {
  const { workload, caller, request } = sent;
  const key = keyOf(workload);
  const owner = caller.isBlind ? undefined : takerAt(index, workload, request.host, request.port);
  if (owner) {
    const text = `${key} uses ${hostOf(owner.service)}, which takes what goes to ${request.host}:${request.port}`;
    const taken = { text, origin: owner.entry.origin };
    return atSidecar(index, caller, { request, found: owner, steps: [...sent.steps, taken] });
  }
  const use = findUse(index, workload, request.host, request.port);
  const steps = use
    ? [...sent.steps, { text: `${key} uses ${hostOf(use.service)}`, origin: use.entry.origin }]
    : sent.steps;
  if (use && isTakenByName(index, caller, request, use)) {
    const told = caller.isBlind ? steps : [...steps, ...hiddenSteps(index, workload, use)];
    return atSidecar(index, caller, { request, found: use, steps: told });
  }
  const misspoken = use ? [...steps, misspokenStep(use, request)] : steps;
  const taker = caller.isBlind ? undefined : takerOf(index, workload, request.port);
  if (taker) {
    const text = `${key} uses ${hostOf(taker.service)}, which takes every address and name on port ${request.port} that nothing else takes`;
    const taken = { text, origin: taker.port.origin };
    return atSidecar(index, caller, { request, found: taker, steps: [...misspoken, taken] });
  }
  if (use) {
    if (passesThrough(index, workload, options)) return passedThrough(index, workload, request, misspoken);
    return unanswered(index, workload, { request, steps: misspoken }, options);
  }
  const found = findHost(index, request.host, workload.namespace);
  if (found && !findPort(found.service, request.port) && !passesThrough(index, workload, options)) {
    // Answered alike whether the caller uses the service or not: there is nothing to use.
    const step = { text: `${hostOf(found.service)} has no port ${request.port}`, origin: found.service.origin };
    return unanswered(index, workload, { request, steps: [...steps, step] }, options);
  }
  return outOfScope(index, workload, { request, found, steps }, options);
}

/** A verdict is as under Istio, by the cluster addresses. */
function hiddenSteps(index: MeshIndex, workload: Workload, use: FoundUse): readonly Step[] {
  const other = servedInPlaceOf(index, workload, use);
  if (!other) return [];
  const [name, served] = [hostOf(use.service), hostOf(other.service)];
  const text = `under Istio, by its cluster address; a control plane of Fairlead has ${served} take all of port ${use.port.number}, what is for ${name} too (FL0455)`;
  return [{ text, origin: other.port.origin }];
}

/** What is redirected goes to a port of TLS by the server name alone, which plain text has not. */
function isTakenByName(index: MeshIndex, caller: Caller, { scheme }: Question['request'], use: FoundUse): boolean {
  const isPlain = scheme === 'http' && !speaksHttp(index, caller.client, use.service, use.port);
  return caller.isBlind === true || !isPlain || !isOwnTls(use.port.protocol);
}

function passesThrough(index: MeshIndex, workload: Workload, { placement = 'redirect' }: DecideOptions): boolean {
  return isOpenEgress(egressMode(index, workload)) && placement === 'redirect';
}

function unanswered(
  index: MeshIndex,
  workload: Workload,
  { request, steps }: Pick<Sent, 'request' | 'steps'>,
  options: DecideOptions,
): Place {
  const refused = refusal(index, workload, request, options);
  return { kind: 'final', outcome: 'unavailable', ...refused.answer, steps: [...steps, ...refused.steps] };
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
  if (scheme === 'http' && (placement === 'explicit' || readPort(index, workload, port))) {
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
  if (passesThrough(index, workload, options)) return passedThrough(index, workload, request, steps);
  const refused = refusal(index, workload, request, options);
  return { kind: 'final', outcome: 'denied', reason: 'egress', ...refused.answer, steps: [...steps, ...refused.steps] };
}

function passedThrough(
  index: MeshIndex,
  workload: Workload,
  request: Question['request'],
  steps: readonly Step[],
): Place {
  const { scheme, port } = request;
  const own = proxyPortOf(port);
  if (own?.takesCalls) {
    const text = `the proxy of ${keyOf(workload)} keeps port ${port} for itself (${own.job}): what is dialled on it goes no further`;
    return { kind: 'final', outcome: 'unavailable', steps: [...steps, { text }] };
  }
  const read = readPort(index, workload, port);
  const isByteByByte = !read || (scheme === 'https' && read.isTlsApart);
  if (!isByteByByte && scheme !== 'http') {
    return { kind: 'final', outcome: 'unavailable', steps: [...steps, unreadStep(workload, read, scheme)] };
  }
  const why = read ? 'TLS to others is told by its server name' : 'nothing in scope speaks HTTP on this port';
  const how = isByteByByte ? `, byte by byte: ${why}` : '';
  const text = `egress mode any: passed through to the dialled address${how}`;
  const passed = { text, origin: placeOfSetting(index.mesh, 'egressDefault') };
  const caller = withoutProxy(callerOfWorkload(index, workload), !isByteByByte);
  return direct(index, caller, request, [...steps, passed]);
}

/** Whoever it is for: the listener of the port has nothing but HTTP to make of it. */
function unreadStep(workload: Workload, { use }: ReadPort, scheme: string): Step {
  const text = `${keyOf(workload)} uses ${hostOf(use.service)}, so that its proxy reads port ${use.port.number} as HTTP and refuses ${scheme} to any host`;
  return { text, origin: use.entry.origin };
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
    return { kind: 'final', outcome: 'unavailable', steps: [...steps, misspokenStep(found, request)] };
  }
  const { http, origin } = table ?? { http: [defaultRoute(service, index.mesh.settings)], origin: service.origin };
  return { kind: 'routes', caller, routes: http, origin, steps };
}
