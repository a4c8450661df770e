// A Listener resource, compiled: its address, its filter chains, and what they need before they can serve.
import { compileRbac, type RbacEngine } from '../filters/rbac-engine.ts';
import { compileConnectionManager, type ConnectionManager } from '../http/connection-manager.ts';
import type { StreamInfo } from '../http/stream-info.ts';
import { chooseWeighted, type Weighted } from '../http/weighted-choice.ts';
import { compileAccessLogs } from '../access-log.ts';
import { invalid, Rejection } from '../rejection.ts';
import { compileServerTls, secretNames, type ServerTls } from '../tls/tls-settings.ts';
import {
  durationMs,
  type FilterChainJson,
  type HttpConnectionManagerJson,
  type ListenerJson,
  type NetworkRbacJson,
  type TcpProxyJson,
  typeOf,
  unpack,
} from '../types.ts';
import type { FilterChainMatch } from './filter-chain-match.ts';

export interface ListenerSettings {
  readonly name: string;
  /** Its own address first, then additional ones. */
  readonly addresses: readonly { readonly address: string; readonly port: number }[];
  readonly chains: readonly FilterChain[];
  readonly defaultChain?: FilterChain | undefined;
  /** The first bytes decide between the chains. */
  readonly isInspecting: boolean;
  readonly inspectionTimeoutMs: number;
}

export interface FilterChain {
  readonly name: string;
  readonly match: FilterChainMatch;
  /** Connections of a chain with this key go on under the chain's next version. */
  readonly key: string;
  readonly tls?: ServerTls | undefined;
  readonly connectionRules: readonly RbacEngine[];
  readonly terminal:
    | { readonly kind: 'http'; readonly manager: ConnectionManager }
    | { readonly kind: 'tcp'; readonly proxy: TcpProxy };
}

export interface TcpProxy {
  choose(random: number): string | undefined;
  readonly clusters: readonly string[];
  /** 0: none. */
  readonly idleTimeoutMs: number;
  readonly connectAttempts: number;
  readonly accessLogs: readonly ((info: StreamInfo) => void)[];
}

type Log = (line: object) => void;

export function compileListener(json: ListenerJson, log: Log): ListenerSettings {
  const name = json.name ?? '';
  const socket = json.address?.socketAddress;
  if (!socket?.address) throw invalid(`listener ${name} has no address`);
  const chains = (json.filterChains ?? []).map((chain) => compileChain(chain, log));
  const keys = new Set(chains.map((chain) => JSON.stringify(chain.match)));
  if (keys.size < chains.length) throw invalid(`listener ${name}: several filter chains have the same match`);
  return {
    name,
    addresses: [json.address, ...(json.additionalAddresses ?? []).map((extra) => extra.address)].map((at) => ({
      address: at?.socketAddress?.address ?? '',
      port: at?.socketAddress?.portValue ?? 0,
    })),
    chains,
    defaultChain: json.defaultFilterChain && compileChain(json.defaultFilterChain, log),
    isInspecting: chains.some(({ match }) => isNarrow(match)),
    inspectionTimeoutMs: durationMs(json.listenerFiltersTimeout, 15_000) || 3_600_000,
  };
}

function isNarrow({ serverNames, transportProtocol, applicationProtocols }: FilterChainMatch): boolean {
  return serverNames.length > 0 || transportProtocol !== '' || applicationProtocols.length > 0;
}

function compileChain(json: FilterChainJson, log: Log): FilterChain {
  const match: FilterChainMatch = {
    serverNames: json.filterChainMatch?.serverNames ?? [],
    transportProtocol: json.filterChainMatch?.transportProtocol ?? '',
    applicationProtocols: json.filterChainMatch?.applicationProtocols ?? [],
  };
  const context = json.transportSocket?.typedConfig;
  const isTls = typeOf(context) === 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext';
  const terminal = compileTerminal(json, log);
  return {
    name: json.name ?? '',
    match,
    key: JSON.stringify([match, json.transportSocket ?? null, terminal.kind]),
    tls: isTls ? compileServerTls(unpack(context)) : undefined,
    connectionRules: compileConnectionRules(json),
    terminal,
  };
}

const managerType = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const tcpProxyType = 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
const rbacType = 'envoy.extensions.filters.network.rbac.v3.RBAC';

function compileTerminal(json: FilterChainJson, log: Log): FilterChain['terminal'] {
  const last = json.filters?.at(-1)?.typedConfig;
  switch (typeOf(last)) {
    case managerType:
      return { kind: 'http', manager: compileConnectionManager(unpack<HttpConnectionManagerJson>(last), log) };
    case tcpProxyType:
      return { kind: 'tcp', proxy: compileTcpProxy(unpack<TcpProxyJson>(last), log) };
    default:
      throw new Rejection(
        'FL0820',
        `the embedded proxy does not support ${typeOf(last) || 'nothing'} as the last filter of a chain`,
      );
  }
}

function compileConnectionRules(json: FilterChainJson): readonly RbacEngine[] {
  return (json.filters ?? []).slice(0, -1).flatMap(({ typedConfig }) => {
    if (typeOf(typedConfig) !== rbacType) {
      throw new Rejection('FL0820', `the embedded proxy does not support the network filter ${typeOf(typedConfig)}`);
    }
    return compileRbac(unpack<NetworkRbacJson>(typedConfig).rules) ?? [];
  });
}

function compileTcpProxy(json: TcpProxyJson, log: Log): TcpProxy {
  const destinations: readonly (Weighted & { readonly cluster: string })[] = json.cluster
    ? [{ cluster: json.cluster, weight: 1 }]
    : (json.weightedClusters?.clusters ?? []).map((c) => ({ cluster: c.name ?? '', weight: c.weight ?? 0 }));
  return {
    choose: (random) => chooseWeighted(destinations, random)?.cluster,
    clusters: destinations.map((destination) => destination.cluster),
    idleTimeoutMs: durationMs(json.idleTimeout, 3_600_000),
    connectAttempts: json.maxConnectAttempts ?? 1,
    accessLogs: compileAccessLogs(json.accessLog, log),
  };
}

/** Everything of other types that a listener cannot serve without. */
export interface Needs {
  readonly routes: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  readonly clusters: ReadonlySet<string>;
}

export function listenerNeeds(settings: ListenerSettings): Needs {
  const needs = { routes: new Set<string>(), secrets: new Set<string>(), clusters: new Set<string>() };
  for (const { tls, terminal } of [...settings.chains, ...(settings.defaultChain ? [settings.defaultChain] : [])]) {
    for (const name of secretNames(tls)) needs.secrets.add(name);
    if (terminal.kind === 'tcp') for (const name of terminal.proxy.clusters) needs.clusters.add(name);
    else if (typeof terminal.manager.routes === 'string') needs.routes.add(terminal.manager.routes);
    else for (const name of terminal.manager.routes.table?.clusters ?? []) needs.clusters.add(name);
  }
  return needs;
}
