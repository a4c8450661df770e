// What is asked here beside the conformance test's requests: where the dialled port is known, and what applications say of proxies.
import {
  hostAliases,
  hostOf,
  type Mesh,
  type MeshIndex,
  speaksHttp,
  type Workload,
  indexMesh,
  isOfCluster,
  isOpenEgress,
  keyOf,
  outside,
  schemeOf,
  type Protocol,
} from '../../compiler/index.ts';
import { delayHeader } from '../conformance/applications.ts';
import type { PlannedRequest } from '../conformance/ask.ts';
import { httpCall, requestsFor } from '../conformance/requests.ts';

export function requestsHere(mesh: Mesh, limit: number): readonly PlannedRequest[] {
  const index = indexMesh(mesh);
  const callers = mesh.workloads.filter(({ proxy }) => proxy === 'sidecar');
  return [
    ...requestsFor(mesh, limit),
    ...onOtherConnections(index),
    ...callers.flatMap((caller) => [...someService(index, caller), ...someBytes(index, caller)]),
  ];
}

/** At each HTTPS port of a gateway, every host on connections that a client made for another. */
function onOtherConnections(index: MeshIndex): readonly PlannedRequest[] {
  return index.gatewayPorts().flatMap(({ workload, listeners, port }) => {
    if (listeners.some((listener) => schemeOf(listener) !== 'https')) return [];
    const named = [...new Set(listeners.flatMap(({ hosts }) => hosts))].slice(0, connectionsAtMost);
    const hosts = named.map((host) => (host === '*' ? 'any.example' : host.replace('*', 'any')));
    return hosts.flatMap((host) =>
      hosts
        .filter((serverName) => serverName !== host)
        .map((serverName) => ({
          call: {
            from: outside,
            gateway: keyOf(workload),
            request: { method: 'GET', scheme: 'https' as const, host, port, path: '/', headers: {} },
          },
          serverName,
          why: 'a connection made for another host',
        })),
    );
  });
}

const connectionsAtMost = 4;

/** Where a cluster address tells what our control plane does not know: bytes to a port of TLS, and another address on a port of TCP. */
function someBytes(index: MeshIndex, caller: Workload): readonly PlannedRequest[] {
  // Passed through, such connections end nowhere in this test.
  if (isOpenEgress(index.scopeByWorkload.get(keyOf(caller))?.mode ?? index.mesh.settings.egressDefault)) return [];
  const used = index.usesOf(caller).filter(({ service }) => isOfCluster(service));
  const byProtocol = (...wanted: readonly Protocol[]) => used.find(({ port }) => wanted.includes(port.protocol));
  const [tls, tcp] = [byProtocol('HTTPS', 'TLS'), byProtocol('TCP')];
  const to = (host: string, port: number, why: string): PlannedRequest => ({
    call: { from: keyOf(caller), request: { method: '', scheme: 'tcp', host, port, path: '/', headers: {} } },
    why,
  });
  return [
    ...(tls ? [to(hostOf(tls.service), tls.port.number, 'bytes that are no TLS to a port of TLS')] : []),
    ...(tcp ? [to('unknown.example', tcp.port.number, 'another address on a port of TCP')] : []),
  ];
}

/** For one service in scope. */
function someService(index: MeshIndex, caller: Workload): readonly PlannedRequest[] {
  const used = index.usesOf(caller).find(({ service, port }) => speaksHttp(index, caller, service, port));
  if (!used) return [];
  const host = hostOf(used.service).replace('*', 'any');
  const number = used.port.number;
  const named = hostAliases(host, caller.namespace).map((name) => ({
    call: httpCall(keyOf(caller), name, number),
    authority: `${name}:9999`,
    why: 'a name with another port',
  }));
  const said = forgeries.map((headers) => ({
    call: httpCall(keyOf(caller), host, number, { headers }),
    why: 'what proxies say to each other',
  }));
  return [...named, ...said];
}

const forgeries: readonly Readonly<Record<string, string>>[] = [
  { 'x-envoy-attempt-count': '7', 'x-envoy-decorator-operation': 'mine' },
  { 'x-envoy-original-path': '/mine', 'x-envoy-original-host': 'mine', 'x-envoy-internal': 'true', via: 'me' },
  { 'x-envoy-peer-metadata': 'mine', 'x-envoy-peer-metadata-id': 'mine', 'x-forwarded-host': 'mine' },
  { 'grpc-timeout': '100m', [delayHeader]: '1000' },
];
