// Decides one request: walks docs/semantics.md step by step and keeps the path it took. Pure; knows nothing of sets of requests.
import type { MeshIndex, TestRequest, Workload } from '../model/index.ts';
import { hostOf, isHttp, keyOf } from '../model/index.ts';
import { type Caller, callerOfWorkload, withoutProxy } from './caller.ts';
import { decideForward } from './decide-forward.ts';
import { decideRoutes } from './decide-routes.ts';
import { egressMode, type FoundHost, findHost, findPort, scopeEntry } from './find-host.ts';
import { gatewayRoutes, listenerFor, listenersOn } from './find-gateway.ts';
import { normalizePath, splitQuery } from './normalize-path.ts';
import { redirectLocation } from './redirect.ts';
import { type Call, type DecideOptions, type DenialReason, outside, type Step, type Verdict } from './verdict.ts';

/** What becomes of one request. Never throws: an unknown caller or host is a verdict as well. */
export function decide(index: MeshIndex, call: Call, options: DecideOptions = {}): Verdict {
  if (call.from === outside) return decideAtGateway(index, call);
  const workload = index.workloadByKey.get(call.from);
  if (!workload) return unavailable([{ text: `no workload is called ${call.from}` }], undefined);
  const caller = callerOfWorkload(index, workload);
  const steps = [{ text: `${caller.key} calls ${call.request.host}:${call.request.port}`, origin: workload.origin }];
  const found = findHost(index, call.request.host, workload.namespace);
  if (caller.kind === 'gateway')
    return unavailable([...steps, { text: 'a gateway calls nobody by itself' }], undefined);
  if (caller.kind === 'plain') return decideDirect(index, caller, found, call.request, steps);
  return decideAtSidecar(index, workload, found, call.request, steps, options);
}

function decideAtSidecar(
  index: MeshIndex,
  workload: Workload,
  found: FoundHost | undefined,
  request: TestRequest,
  before: readonly Step[],
  { placement = 'redirect' }: DecideOptions,
): Verdict {
  const caller = callerOfWorkload(index, workload);
  const entry = found && scopeEntry(index, workload, found.service, request.port);
  if (!found || !entry) {
    const name = found ? hostOf(found.service) : request.host.toLowerCase();
    const scope = index.scopeByWorkload.get(keyOf(workload));
    const step = { text: `${caller.key} does not use ${name}:${request.port}`, origin: (scope ?? workload).origin };
    if (egressMode(index, workload) === 'any' && placement === 'redirect') {
      const passed = { text: 'egress mode any: passed through to the dialled address' };
      return decideDirect(index, withoutProxy(caller), found, request, [...before, step, passed]);
    }
    return denied('egress', [...before, step], 502);
  }
  const steps = [...before, { text: `${caller.key} uses ${hostOf(found.service)}`, origin: entry.origin }];
  const port = findPort(found.service, request.port);
  if (!port) {
    const step = { text: `${hostOf(found.service)} has no port ${request.port}`, origin: found.service.origin };
    return unavailable([...steps, step], 502);
  }
  if (!isHttp(port.protocol)) return decideTcp(index, caller, found, request, steps);
  if (request.scheme !== 'http') {
    const text = `port ${port.number} of ${hostOf(found.service)} speaks ${port.protocol}, not ${request.scheme}`;
    return unavailable([...steps, { text, origin: port.origin }], undefined);
  }
  const table = index.tableByHost.get(found.host) ?? index.tableByHost.get(hostOf(found.service));
  return decideRoutes(index, {
    caller,
    request: normalized(request),
    steps,
    defaultTo: found.service,
    ...(table && { routes: table.http, origin: table.origin }),
  });
}

/** A TCP port: no HTTP routes, and what is inside the connection is not looked at. */
function decideTcp(
  index: MeshIndex,
  caller: Caller,
  { service, host }: FoundHost,
  request: TestRequest,
  steps: readonly Step[],
): Verdict {
  const table = index.tableByHost.get(host) ?? index.tableByHost.get(hostOf(service));
  const route = table?.tcp.find((r) => r.port === request.port);
  const whole = [{ host: hostOf(service), port: request.port, subset: '', weight: 100, origin: service.origin }];
  return decideForward(index, {
    caller,
    request,
    steps: route ? [...steps, { text: `route ${route.name}`, origin: route.origin }] : steps,
    destinations: route?.destinations ?? whole,
    isHttp: false,
  });
}

/** Without a proxy on the caller's side: no routes, no identity, any instance of the service. */
function decideDirect(
  index: MeshIndex,
  caller: Caller,
  found: FoundHost | undefined,
  request: TestRequest,
  steps: readonly Step[],
): Verdict {
  if (!found) {
    const share = { host: request.host.toLowerCase(), port: request.port, subset: '', weight: 100, workloads: [] };
    const left = { text: `${share.host} is not in the mesh`, origin: caller.origin };
    const status = request.scheme === 'tcp' ? {} : { status: 200 };
    return {
      outcome: 'allowed',
      ...status,
      shares: [{ ...share, fate: { outcome: 'allowed' } }],
      steps: [...steps, left],
    };
  }
  const { service } = found;
  const port = findPort(service, request.port);
  const origin = service.origin;
  return decideForward(index, {
    caller,
    request,
    steps: [...steps, { text: `${hostOf(service)} is called without a proxy`, origin }],
    destinations: [{ host: hostOf(service), port: request.port, subset: '', weight: 100, origin }],
    isHttp: port !== undefined && isHttp(port.protocol),
  });
}

function decideAtGateway(index: MeshIndex, { request, gateway: only }: Call): Verdict {
  const listeners = listenersOn(index, request.scheme, request.port, only);
  const [first] = listeners;
  const address = `${request.scheme}://${request.host}:${request.port}`;
  if (!first) return unavailable([{ text: `no gateway listens for ${address}` }], undefined);
  const found = listenerFor(listeners, request.host);
  if (!found) {
    const text = `gateway ${keyOf(first.gateway)} serves no host ${request.host} on port ${request.port}`;
    return denied('route', [{ text, origin: first.listener.origin }], 404);
  }
  const { gateway, listener } = found;
  const steps = [{ text: `${address} reaches gateway ${keyOf(gateway)}`, origin: listener.origin }];
  const target = normalized(request);
  if (listener.redirectToHttps) {
    const location = redirectLocation({ scheme: 'https' }, request, splitQuery(target.path));
    const step = { text: `redirected to ${location}`, origin: listener.origin };
    return { outcome: 'redirect', status: 301, location, shares: [], steps: [...steps, step] };
  }
  const workload = index.workloadByKey.get(keyOf(gateway));
  const identity = workload ?? { ...gateway, kind: 'Workload' as const, proxy: 'gateway' as const };
  const caller: Caller = { ...callerOfWorkload(index, { ...identity, proxy: 'gateway' }), origin: gateway.origin };
  const { tables, http } = gatewayRoutes(index, gateway, request.host);
  const origin = tables[0]?.origin ?? listener.origin;
  return decideRoutes(index, { caller, request: target, steps, routes: http, origin });
}

/** Every proxy normalizes the path before it routes, so the rest of the walk only meets normal paths. */
function normalized(request: TestRequest): TestRequest {
  const { path, query } = splitQuery(request.path);
  return { ...request, path: normalizePath(path) + query };
}

function denied(reason: DenialReason, steps: readonly Step[], status: number): Verdict {
  return { outcome: 'denied', reason, status, shares: [], steps };
}

function unavailable(steps: readonly Step[], status: number | undefined): Verdict {
  return { outcome: 'unavailable', ...(status !== undefined && { status }), shares: [], steps };
}
