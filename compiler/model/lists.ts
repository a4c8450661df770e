import { compareText } from '../diagnostics/index.ts';
import type { EgressHost, EgressScope } from './egress.ts';
import type { Gateway } from './gateway.ts';
import type { MeshIndex } from './lookup.ts';
import { inboundPortsOf } from './inbound-ports.ts';
import type { ListName, Mesh, MeshNodes } from './mesh.ts';
import type { AuthorizationPolicy, AuthorizationRule } from './security.ts';
import { hostOf, type Protocol } from './service.ts';
import { nothingLeft } from './table.ts';
import { keyOf, runsGateway, type Workload } from './workload.ts';
import { addressesOf } from './workloads-behind.ts';

/** Of the nodes that make up some proxy's configuration for a subject: which they are, and what of them can be noticed. */
export interface Concern<N, Subject> {
  /** In a stable order. While they stay the same objects, so does what is made of them. */
  nodes(index: MeshIndex, subject: Subject): readonly N[];
  /** Plain data without what only logs and people see, such as names of routes; equal where no request can tell a difference. */
  content(index: MeshIndex, subject: Subject): unknown;
}

/** `serving`: for what comes in, which callers notice. `calling`: for what it sends, which is nobody else's concern. */
export interface OwnConcern<N> extends Concern<N, Workload> {
  readonly side: 'serving' | 'calling';
}

export interface MeshList<N> {
  /** What the nodes of two meshes that are the same thing have in common. */
  readonly key: (node: N) => string;
  /** The order in which a mesh holds them, whatever the order of documents. */
  readonly compare: (a: N, b: N) => number;
  /** What proxies are given to send what is addressed to a host on its way. */
  readonly ofHost: Concern<N, string> | 'nothing';
  /** What proxies are given to reach a host, addressed or routed to, besides the workloads behind it. */
  readonly ofDestination: Concern<N, string> | 'nothing';
  /** What of a workload shows in the configuration of its callers. */
  readonly ofCallee: Concern<N, Workload> | 'nothing';
  /** What the workload's own proxy is given, besides what it reaches. */
  readonly ofWorkload: OwnConcern<N> | 'nothing';
}

export const meshLists: { readonly [L in ListName]: MeshList<MeshNodes[L]> } = {
  services: {
    key: keyOf,
    compare: byName,
    ofHost: 'nothing',
    ofDestination: {
      nodes: (index, host) => present(index.serviceByHost.get(host)),
      // Labels of the object itself are for people.
      content: (index, host) => present(index.serviceByHost.get(host)).map(({ labels: _labels, ...shown }) => shown),
    },
    ofCallee: {
      nodes: (index, workload) => index.machineServicesOf(workload),
      content: (index, workload) => addressesOf(index, workload),
    },
    ofWorkload: {
      side: 'serving',
      nodes: (index, workload) => [
        ...index.servicesOf(workload),
        ...index.machineServicesOf(workload),
        ...broughtByWildcards(index, workload),
      ],
      content: (index, workload) => portsIn(index, workload),
    },
  },
  workloads: {
    key: keyOf,
    compare: byName,
    ofHost: 'nothing',
    ofDestination: 'nothing',
    ofCallee: {
      nodes: (_index, workload) => [workload],
      content: (_index, { kind: _kind, origin: _origin, ...shown }) => shown,
    },
    ofWorkload: {
      side: 'serving',
      nodes: (index, workload) => present(index.workloadByKey.get(keyOf(workload))),
      content: (_index, workload) => workload,
    },
  },
  routeTables: {
    key: keyOf,
    compare: byName,
    ofHost: {
      nodes: (index, host) => index.routeTablesOf(host),
      content: (index, host) => index.routeTablesOf(host).map(routesIn),
    },
    ofDestination: 'nothing',
    ofCallee: 'nothing',
    ofWorkload: {
      side: 'calling',
      nodes: gatewayTables,
      content: (index, workload) => gatewayTables(index, workload).map(routesIn),
    },
  },
  destinationPolicies: {
    key: keyOf,
    compare: byName,
    ofHost: 'nothing',
    ofDestination: {
      nodes: (index, host) => index.destinationPoliciesOf(host),
      content: (index, host) => index.destinationPoliciesOf(host),
    },
    ofCallee: 'nothing',
    ofWorkload: 'nothing',
  },
  authorizationPolicies: {
    key: keyOf,
    compare: byName,
    ofHost: 'nothing',
    ofDestination: 'nothing',
    ofCallee: 'nothing',
    ofWorkload: {
      side: 'serving',
      nodes: (index, workload) => index.authorizationOf(workload),
      content: (index, workload) => index.authorizationOf(workload).map(rulesIn),
    },
  },
  peerAuthentications: {
    key: keyOf,
    compare: byName,
    ofHost: 'nothing',
    ofDestination: 'nothing',
    ofCallee: { nodes: decidingPeers, content: modesOf },
    ofWorkload: {
      side: 'serving',
      nodes: decidingPeers,
      content: modesOf,
    },
  },
  gateways: {
    key: keyOf,
    compare: byName,
    ofHost: 'nothing',
    ofDestination: 'nothing',
    ofCallee: 'nothing',
    ofWorkload: {
      side: 'calling',
      nodes: gatewaysServed,
      content: (index, workload) => gatewaysServed(index, workload).map(gatewayContent),
    },
  },
  egressScopes: {
    key: ({ workload }) => workload,
    compare: (a, b) => compareText(a.workload, b.workload),
    ofHost: 'nothing',
    ofDestination: 'nothing',
    ofCallee: 'nothing',
    ofWorkload: {
      side: 'calling',
      nodes: (index, workload) => present(index.scopeByWorkload.get(keyOf(workload))),
      content: (index, workload) => [
        ...present(index.scopeByWorkload.get(keyOf(workload))).map(scopeContent),
        ...index.usesOf(workload).map(({ service, port }) => `${hostOf(service)} ${port.number}`),
      ],
    },
  },
  tests: {
    key: keyOf,
    compare: byName,
    ofHost: 'nothing',
    ofDestination: 'nothing',
    ofCallee: 'nothing',
    ofWorkload: 'nothing',
  },
  // Raw objects need have no names to go by: they stay as they were read.
  passthrough: {
    key: placeOf,
    compare: () => 0,
    ofHost: 'nothing',
    ofDestination: 'nothing',
    ofCallee: 'nothing',
    ofWorkload: 'nothing',
  },
};

interface Named {
  readonly namespace: string;
  readonly name: string;
}

function byName(a: Named, b: Named): number {
  return compareText(a.namespace, b.namespace) || compareText(a.name, b.name);
}

function present<T>(node: T | undefined): readonly T[] {
  return node === undefined ? [] : [node];
}

function placeOf({ origin }: Mesh['passthrough'][number]): string {
  return `${origin.file}:${origin.start.line}:${origin.start.column}`;
}

/** Which proxies it is for has been asked before. */
function routesIn({ kind: _kind, origin: _origin, hosts, http, tcp, ...table }: Mesh['routeTables'][number]) {
  const { name: _name, namespace: _namespace, attach: _attach, ...rest } = table;
  nothingLeft(rest);
  return { hosts, http: http.map(withoutName), tcp: tcp.map(withoutName) };
}

/** In whatever order the hosts were written. */
function scopeContent({ kind: _kind, origin: _origin, workload: _workload, mode, hosts, ...rest }: EgressScope) {
  nothingLeft(rest);
  return { mode, hosts: hosts.map(useContent).sort() };
}

function useContent({ kind: _kind, origin: _origin, namespace: _namespace, host, ports, ...rest }: EgressHost): string {
  nothingLeft(rest);
  return `${host} ${ports.join()}`;
}

/** Names and labels of the object are for people, and who runs it is a workload of its own. */
function gatewayContent({ kind: _kind, origin: _origin, listeners, serviceAccount, ...named }: Gateway) {
  const {
    name: _name,
    namespace: _namespace,
    labels: _labels,
    selector: _selector,
    settingPlaces: _places,
    ...rest
  } = named;
  nothingLeft(rest);
  return { listeners, serviceAccount };
}

/** As for tables: whose callers it is about has been asked before. */
function rulesIn({ kind: _kind, origin: _origin, action, rules, ...policy }: AuthorizationPolicy) {
  const { name: _name, namespace: _namespace, target: _target, ...rest } = policy;
  nothingLeft(rest);
  return { action, rules: rules.map(ruleContent) };
}

function ruleContent(rule: AuthorizationRule) {
  return withoutName(rule);
}

/** Names of routes and rules are for logs. */
function withoutName<T extends { readonly name: string }>({ name: _name, ...rest }: T): Omit<T, 'name'> {
  return rest;
}

function portsIn(index: MeshIndex, workload: Workload): readonly (readonly [number, string])[] {
  return inboundPortsOf(index, workload).map(({ targetPort, protocol }) => [targetPort, servedAs[protocol]] as const);
}

/** As what a proxy takes connections in and hands them on: the same where its listeners and clusters are. */
const servedAs: Readonly<Record<Protocol, string>> = {
  HTTP: 'HTTP/1.1',
  HTTP2: 'HTTP/2',
  GRPC: 'HTTP/2',
  HTTPS: 'TLS',
  TLS: 'TLS',
  TCP: 'bytes',
};

function modesOf(index: MeshIndex, workload: Workload): readonly (readonly [number, string])[] {
  return inboundPortsOf(index, workload).map(
    ({ targetPort }) => [targetPort, index.mtlsOf(workload, targetPort).mode] as const,
  );
}

/** What decides for a workload decides for all its ports. */
function decidingPeers(index: MeshIndex, workload: Workload) {
  return present(index.mtlsOf(workload, 0).decidedBy);
}

function gatewaysServed(index: MeshIndex, workload: Workload) {
  return runsGateway(workload) ? index.gatewaysOf(workload) : [];
}

/** The other services of a scope are found by the hosts that it names. */
function broughtByWildcards(index: MeshIndex, workload: Workload) {
  const scope = index.scopeByWorkload.get(keyOf(workload));
  if (!scope?.hosts.some(({ host }) => host.startsWith('*'))) return [];
  return index.usesOf(workload).flatMap(({ service, entry }) => (service.hosts.includes(entry.host) ? [] : [service]));
}

function gatewayTables(index: MeshIndex, workload: Workload) {
  return gatewaysServed(index, workload).flatMap((gateway) => index.tablesOfGateway(keyOf(gateway)));
}
