// What a mesh may say but Envoy cannot do: reported here, once a mesh, so that builders need only pick one side.
import { type Diagnostic, DiagnosticSink, type Report } from '../../diagnostics/index.ts';
import {
  addressesOf,
  featureApplies,
  featureOf,
  formatSocket,
  type GatewayListener,
  hostOf,
  httpVersion,
  isOfCluster,
  isOwnTls,
  keyOf,
  type ListName,
  listNames,
  type MeshIndex,
  type MeshNodes,
  portsServedBy,
  type SharedAddress,
  sharedAddresses,
  servedFirst,
  sharedPorts,
  speaksHttp,
  type RouteTable,
  type Service,
  type Workload,
  workloadsBehind,
  hasProxy,
} from '../../model/index.ts';
import { gatewayProtocols } from './gateway-listeners.ts';
import { checkRoutes, checkRules } from './inexpressible.ts';
import type { EnvoyPlan } from './plan.ts';
import { type ReachablePort, reachOf } from './scope.ts';

/**
 * FL0552 to FL0557 for a whole mesh, sorted. Sidecars are judged as in a redirect placement, the real one. Unless it `isTarget`
 * what Istio can do, and only we cannot, is the warning FL0455.
 */
export function checkEnvoy(plan: EnvoyPlan, isTarget = true): readonly Diagnostic[] {
  const { index } = plan;
  const sink = new DiagnosticSink();
  const report: Report = (code, detail) => sink.report(isTarget && code === 'FL0455' ? 'FL0552' : code, detail);
  for (const list of listNames) {
    for (const check of checks[list] as readonly Check<MeshNodes[ListName]>[]) {
      for (const node of index.mesh[list]) check(index, node, report);
    }
  }
  return sink.toSorted();
}

type Check<N> = (index: MeshIndex, node: N, report: Report) => void;

/** Of each list: what its nodes may say that Envoy cannot do. */
const checks: { readonly [L in ListName]: readonly Check<MeshNodes[L]>[] } = {
  services: [checkProxies],
  workloads: [
    (index, workload, report) => checksByProxy[workload.proxy].map((check) => check(index, workload, report)),
  ],
  routeTables: [checkRedirects, checkRoutes],
  destinationPolicies: [],
  authorizationPolicies: [checkRules],
  peerAuthentications: [],
  // Of those that one proxy serves, whichever they are: see the workloads.
  gateways: [],
  // With the workload that reaches what it says.
  egressScopes: [],
  // No proxy is told of these.
  tests: [],
  passthrough: [],
};

const checksByProxy: Readonly<Record<Workload['proxy'], readonly Check<Workload>[]>> = {
  sidecar: [checkDialledPorts, checkWorkloadPorts],
  gateway: [checkGatewayPorts],
  none: [],
};

function checkRedirects(_index: MeshIndex, table: RouteTable, report: Report): void {
  for (const route of table.http) {
    const { name, action } = route;
    const cors = featureOf(route, 'CorsPolicy');
    if (!cors || featureApplies[action.kind].CorsPolicy) continue;
    report('FL0556', {
      message: `route "${name}" redirects, and Envoy does not apply a CORS policy to a redirect`,
      span: cors.origin,
      related: [{ message: 'the redirect', span: action.origin }],
      hint: 'remove cors here, and set it on the route that the redirect leads to',
    });
  }
}

function checkDialledPorts(index: MeshIndex, workload: Workload, report: Report): void {
  for (const sharing of sharedPorts(index, workload, reachOf(index, workload).ports)) {
    for (const shared of sharedAddresses(sharing)) {
      reportSharedAddress(index, workload, shared, report);
    }
    const [served, ...hidden] = servedFirst(sharing);
    // Istio has a listener for each cluster address, which every service of the cluster has.
    const [, ...hiddenInIstio] = servedFirst({
      ...sharing,
      tcp: sharing.tcp.filter(({ service }) => !isOfCluster(service)),
    });
    for (const { service, port } of served ? hidden : []) {
      const isHiddenInIstio = hiddenInIstio.some((other) => other.port === port);
      report(isHiddenInIstio ? 'FL0552' : 'FL0455', {
        message: `${keyOf(workload)} uses ${hostOf(served?.service ?? service)} and ${hostOf(service)}, both on port ${sharing.number}, and a TCP connection does not say which it is for`,
        span: port.origin,
        related: served && [{ message: 'also on this port', span: served.port.origin }],
        hint: isHiddenInIstio
          ? 'give one of them another port, or fixed addresses'
          : 'give one of them another port; under Istio their cluster addresses tell them apart',
      });
    }
  }
}

/** Under Istio it is so as well: listeners are found by address, and only then is anything read. */
function reportSharedAddress(
  index: MeshIndex,
  workload: Workload,
  shared: SharedAddress<ReachablePort>,
  report: Report,
): void {
  const { address, taker, hidden } = shared;
  const { number, protocol } = hidden.port;
  const read = speaksHttp(index, workload, hidden.service, hidden.port) ? 'HTTP' : isOwnTls(protocol) && 'TLS';
  report('FL0552', {
    message: `${keyOf(workload)} uses ${hostOf(taker.service)} and ${hostOf(hidden.service)}, both at ${formatSocket(address, number)}, and what is sent there all goes to the first: its port is TCP`,
    span: hidden.port.origin,
    related: [{ message: 'takes what is sent to this address', span: taker.port.origin }],
    hint: read
      ? `write that port ${number} of ${hostOf(taker.service)} speaks ${read} too, so that names tell them apart, or give one of them another port`
      : 'give one of them another port or address',
  });
}

function checkWorkloadPorts(index: MeshIndex, workload: Workload, report: Report): void {
  const ports = portsServedBy(index, workload);
  for (const { service, port } of ports) {
    const { targetPort } = port;
    const first = ports.find((p) => p.port.targetPort === targetPort);
    if (!first || httpVersion(first.port.protocol) === httpVersion(port.protocol)) continue;
    report('FL0553', {
      message: `port ${targetPort} of ${keyOf(workload)} is ${first.port.protocol} for port ${first.port.number} of ${hostOf(first.service)} and ${port.protocol} for port ${port.number} of ${hostOf(service)}`,
      span: port.origin,
      related: [{ message: 'the protocol that is served', span: first.port.origin }],
      hint: 'give both ports the same protocol, or another targetPort',
    });
  }
}

/** Between gateways that one proxy serves; within a gateway it is the mesh check FL0436 that tells. */
function checkGatewayPorts(index: MeshIndex, workload: Workload, report: Report): void {
  const all = index
    .gatewaysOf(workload)
    .flatMap((gateway) => gateway.listeners.map((listener) => ({ gateway, listener })));
  for (const [i, { gateway, listener }] of all.entries()) {
    const conflict = all
      .slice(0, i)
      .find((other) => other.gateway !== gateway && isExcludedBy(other.listener, listener));
    if (!conflict) continue;
    report('FL0554', {
      message: `listener "${listener.name}" of gateway ${keyOf(gateway)} and "${conflict.listener.name}" of ${keyOf(conflict.gateway)} exclude each other on port ${listener.port} of the proxy ${keyOf(workload)}`,
      span: listener.origin,
      related: [{ message: 'the listener that keeps the port', span: conflict.listener.origin }],
      hint: 'move one of them to another port, or let another proxy serve it',
    });
  }
}

function isExcludedBy(first: GatewayListener, later: GatewayListener): boolean {
  if (first.port !== later.port) return false;
  if (first.protocol !== later.protocol) return true;
  return gatewayProtocols[later.protocol].needsSni && later.hosts.some((host) => first.hosts.includes(host));
}

function checkProxies(index: MeshIndex, service: Service, report: Report): void {
  if (service.identities.length === 0) return;
  const behind = workloadsBehind(index, service, {});
  const without = behind.filter((w) => !hasProxy(w));
  const withProxy = behind.filter((w) => hasProxy(w));
  const [first] = without;
  if (!first || withProxy.length === 0) return;
  const isKnown = addressesOf(index, first).length > 0;
  const consequence = isKnown
    ? 'callers speak plain text to the latter, and nobody checks access there'
    : 'callers use mutual TLS, which the latter cannot answer';
  report('FL0555', {
    message: `${hostOf(service)} has workloads with a proxy and, in ${keyOf(first)}, without; ${consequence}`,
    span: service.origin,
    related: [{ message: 'has no proxy', span: first.origin }],
    hint: isKnown
      ? `give ${first.name} labels that the service does not select, and route to it by its own name`
      : 'give all workloads of a service a proxy, or make two services of it',
  });
}
