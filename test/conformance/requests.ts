// Every request that a mesh gives reason to ask: derived from its hosts, routes, rules and listeners, always the same.
import {
  type Call,
  hostAliases,
  headerPairs,
  hostOf,
  indexMesh,
  isHttp,
  keyOf,
  type Mesh,
  type MeshIndex,
  type Service,
  speaksHttp,
  type TestRequest,
  unmeshed,
  type Workload,
} from '../../compiler/index.ts';
import type { PlannedRequest } from './ask.ts';
import { type RequestSample, ruleSamples } from './clause-samples.ts';
import { framing } from './edge-values.ts';
import { gatewayRequests } from './gateway-requests.ts';
import { type RouteSample, routeSamples } from './route-samples.ts';

/** Distinct, in an order that depends on the mesh alone; thinned out evenly if there are more than `limit`. */
export function requestsFor(mesh: Mesh, limit: number): readonly PlannedRequest[] {
  const index = indexMesh(mesh);
  const callers = mesh.workloads.filter((workload) => workload.proxy === 'sidecar');
  const all = [
    ...callers.flatMap((caller) => [...hostRequests(index, caller), ...strangeHosts(index, caller)]),
    ...mesh.services.flatMap((service) => routeRequests(index, callersOf(index, callers, service), service)),
    ...callers.flatMap((caller) => accessRequests(index, caller)),
    ...plainRequests(mesh),
    ...gatewayRequests(index),
  ];
  const asked = all.filter(isHttp11);
  const byGrpc = asked.filter((_, i) => i % 4 === 0).flatMap(asGrpc);
  const distinct = [...new Map([...asked, ...byGrpc].map((planned) => [keyOfRequest(planned), planned])).values()];
  const step = Math.max(1, distinct.length / limit);
  return distinct.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

/** Whoever refuses it answers in gRPC. */
function asGrpc({ call, ...planned }: PlannedRequest): readonly PlannedRequest[] {
  const { request } = call;
  if (request.scheme === 'tcp' || request.headers['content-type'] !== undefined) return [];
  const headers = { ...request.headers, 'content-type': 'application/grpc' };
  return [{ ...planned, call: { ...call, request: { ...request, headers } }, why: `${planned.why}, by gRPC` }];
}

/** Without headers that frame the message, and without bytes that no header value may have (RFC 9110, 5.5): a route may ask for either. */
function isHttp11({ call }: PlannedRequest): boolean {
  return headerPairs(call.request.headers).every(
    ([name, value]) => !framing.has(name) && !/[\x00-\x08\x0a-\x1f\x7f]/.test(value),
  );
}

function keyOfRequest({ call, authority }: PlannedRequest): string {
  return JSON.stringify([call.from, call.gateway, call.request, authority]);
}

export function httpCall(from: string, host: string, port: number, sample: Partial<RequestSample> = {}): Call {
  const { method = 'GET', path = '/', headers = {} } = sample;
  return { from, request: { method, scheme: 'http', host, port, path, headers } };
}

function tcpRequest(host: string, port: number): TestRequest {
  return { method: '', scheme: 'tcp', host, port, path: '/', headers: {} };
}

/** Callers with the service in scope; if there are none, anyone. */
function callersOf(index: MeshIndex, callers: readonly Workload[], service: Service): readonly Workload[] {
  const using = callers.filter((caller) => isInScope(index, caller, service));
  return using.length > 0 ? using : callers.slice(0, 1);
}

function isInScope(index: MeshIndex, caller: Workload, service: Service): boolean {
  const scope = index.scopeByWorkload.get(keyOf(caller));
  return scope?.hosts.some(({ host }) => host === hostOf(service)) ?? false;
}

/** Every host of the mesh once, in scope or not, HTTP or not. */
function hostRequests(index: MeshIndex, caller: Workload): readonly PlannedRequest[] {
  const from = keyOf(caller);
  return index.mesh.services.flatMap((service) =>
    service.ports.flatMap((port): PlannedRequest[] => {
      const why = `${isInScope(index, caller, service) ? 'a host in scope' : 'a host out of scope'}`;
      const host = hostOf(service).replace('*', 'any');
      if (!speaksHttp(index, caller, service, port))
        return [{ call: { from, request: tcpRequest(host, port.number) }, why }];
      return ['GET', 'POST'].map((method) => ({ call: httpCall(from, host, port.number, { method }), why }));
    }),
  );
}

/** Names as people write them, and names nobody has. */
function strangeHosts(index: MeshIndex, caller: Workload): readonly PlannedRequest[] {
  const from = keyOf(caller);
  const used = index.mesh.services.filter(
    (s) => isInScope(index, caller, s) && s.ports.some((p) => isHttp(p.protocol)),
  );
  const aliases = used.slice(0, 2).flatMap((service) => {
    const port = service.ports.find((p) => isHttp(p.protocol))?.number ?? 80;
    return [
      ...hostAliases(hostOf(service), caller.namespace).flatMap((host) => [
        { call: httpCall(from, host, port), why: 'a name of a service' },
        { call: httpCall(from, host, port), authority: `${host}:${port}`, why: 'a name with its port' },
        { call: httpCall(from, host.toUpperCase(), port), why: 'a name in capitals' },
      ]),
      { call: httpCall(from, service.name, port), why: 'a bare name' },
      { call: httpCall(from, hostOf(service), 81), why: 'a port that the service has not' },
    ];
  });
  const unknown = ['nowhere.example', 'nowhere', '10.1.2.3', 'localhost'].map((host) => ({
    call: httpCall(from, host, 80),
    why: 'a host nobody has',
  }));
  return [...aliases, ...unknown];
}

/** All about every route for one caller, and a request for each route for the others. */
function routeRequests(index: MeshIndex, callers: readonly Workload[], service: Service): readonly PlannedRequest[] {
  const host = hostOf(service);
  return callers.flatMap((caller, c) => {
    const routes = index.routeTableFor(caller, host)?.http ?? [];
    const all = routes.flatMap(routeSamples);
    return service.ports
      .filter((port) => speaksHttp(index, caller, service, port))
      .flatMap((port, p) => {
        const some = c === 0 && p === 0 ? [...all, ...pathPitfalls] : all.filter(({ isFirst }) => isFirst);
        return some.map(({ why, isFirst: _, ...sample }) => ({
          call: httpCall(keyOf(caller), host, port.number, sample),
          why,
        }));
      });
  });
}

/** Paths that proxies are known to read differently. */
const pathPitfalls: readonly RouteSample[] = [
  '/.',
  '/..',
  '/../..',
  '/a/./b/',
  '/a/../../b',
  '//double//slash',
  '/%2e%2e/a',
  '/a/%2e%2e;/b',
  '/x/%2e.;y/a',
  '/%2e%2e;/a',
  '/a/%2E%2E/b',
  '/a/.%2e/b',
  '/a%2Fb',
  '/a%5Cb',
  '/a\\..\\b',
  '/%41%7e~',
  '/%2',
  '/%zz',
  '/a%20b',
  '/a;p=1',
  '/?',
  '/?a=/../b&c=%2e',
  '/a?b?c',
  '/a/...',
  '/..a/b',
].map((path) => ({ method: 'GET', path, headers: {}, why: 'a path that is easily misread', isFirst: false }));

/** Every access rule of every service in scope, hit and missed. */
function accessRequests(index: MeshIndex, caller: Workload): readonly PlannedRequest[] {
  const from = keyOf(caller);
  return index.mesh.services
    .filter((service) => isInScope(index, caller, service))
    .flatMap((service) => {
      const rules = index
        .workloadsOf(service)
        .flatMap((w) => index.authorizationOf(w))
        .flatMap((policy) => policy.rules);
      const samples = rules.flatMap(ruleSamples);
      return service.ports
        .filter((port) => isHttp(port.protocol))
        .flatMap((port) =>
          samples.map(({ why, ...sample }) => ({ call: httpCall(from, hostOf(service), port.number, sample), why })),
        );
    });
}

/** From a process without a proxy, and from workloads without one, straight to the instances. */
function plainRequests(mesh: Mesh): readonly PlannedRequest[] {
  const callers = [unmeshed, ...mesh.workloads.filter(({ proxy }) => proxy === 'none').map(keyOf)];
  const why = 'a caller without a proxy';
  return mesh.services
    .filter((service) => service.resolution === 'workloads')
    .flatMap((service) =>
      service.ports.flatMap((port) =>
        callers.map((from) => {
          const host = hostOf(service);
          if (isHttp(port.protocol)) return { call: httpCall(from, host, port.number), why };
          return { call: { from, request: tcpRequest(host, port.number) }, why };
        }),
      ),
    );
}
