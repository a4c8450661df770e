// Listeners for traffic that iptables redirects: the two that are really bound, and per dialled port one that is not.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/original_dst_filter
import {
  hostAliases,
  hostOf,
  keyOf,
  type MeshIndex,
  type PortSharing,
  proxyPorts,
  sharedPorts,
  takersByAddress,
  type Workload,
} from '../../model/index.ts';
import type { Direction } from './access-log.ts';
import { tlsInspector, waitsForClient } from './inbound.ts';
import { socketAddress } from './json-values.ts';
import { tcpProxy } from './network-filters.ts';
import {
  type BuiltListener,
  type BuiltOutbound,
  httpFilter,
  tcpFilter,
  tcpListenerName,
  tcpReferences,
} from './outbound.ts';
import { blackHoleCluster, passthroughCluster } from './own-clusters.ts';
import type { FilterChainJson } from './proto/types/envoy/config/listener/v3/listener_components_pb.js';
import type { Reach, ReachablePort } from './scope.ts';

const anyAddress = '0.0.0.0';

export function redirectedOutbound(index: MeshIndex, workload: Workload, reach: Reach): BuiltOutbound {
  const ports = sharedPorts(index, workload, reach.ports);
  return {
    listeners: [
      virtualOutbound(workload, reach),
      ...ports.flatMap((sharing) => listeners(index, workload, reach, sharing)),
    ],
    httpPorts: ports.filter(servesHttp).map(({ number }) => number),
    references: ports.flatMap(({ tls, addressed, tcp }) =>
      [...tls, ...addressed, ...tcp.slice(0, 1)].flatMap((p) => tcpReferences(index, workload, p)),
    ),
  };
}

function virtualOutbound(workload: Workload, reach: Reach): BuiltListener {
  const listener = 'virtualOutbound';
  return {
    listener: {
      name: listener,
      address: socketAddress({ address: anyAddress, port: proxyPorts.outbound }),
      filterChains: [
        // Passing a connection on to this very listener would never end.
        {
          filterChainMatch: { destinationPort: proxyPorts.outbound },
          filters: [closed(workload, listener, 'outbound')],
        },
        { filters: [rest(workload, reach, listener)] },
      ],
      useOriginalDst: true,
      trafficDirection: 'OUTBOUND',
    },
    origin: reach.origin,
  };
}

function listeners(index: MeshIndex, workload: Workload, reach: Reach, sharing: PortSharing): readonly BuiltListener[] {
  const takers = [...takersByAddress(sharing)];
  const byAddress = sharing.addressed.flatMap((p) => {
    const own = takers.flatMap(([address, taker]) => (taker === p ? [address] : []));
    return addressedListeners(index, workload, p, own);
  });
  const chains = [...tlsChains(index, workload, sharing), ...plainChain(index, workload, sharing)];
  const [first] = chains;
  if (!first) return byAddress;
  const [tcp] = sharing.tcp;
  const isLoneTcp = chains.length === 1 && tcp !== undefined && !servesHttp(sharing);
  const name = isLoneTcp && sharing.tls.length === 0 ? tcpListenerName(tcp) : portListener(sharing.number);
  const shared: BuiltListener = {
    listener: {
      name,
      address: socketAddress({ address: anyAddress, port: sharing.number }),
      ...(sharing.tls.length > 0 && { listenerFilters: [tlsInspector], ...waitsForClient }),
      filterChains: chains,
      ...(sharing.tls.length > 0 && reach.isOpen && { defaultFilterChain: { filters: [rest(workload, reach, name)] } }),
      bindToPort: false,
      trafficDirection: 'OUTBOUND',
    },
    origin: isLoneTcp ? tcp.port.origin : reach.origin,
  };
  return [...byAddress, shared];
}

function portListener(number: number): string {
  return `outbound_${number}`;
}

/** On a port without any HTTP in scope nobody reads requests, as under istiod: hosts out of scope are then cut off. */
function servesHttp({ http }: PortSharing): boolean {
  return http.length > 0;
}

function tlsChains(index: MeshIndex, workload: Workload, { number, tls }: PortSharing): FilterChainJson[] {
  const taken = new Set<string>();
  return tls.flatMap((reachable) => {
    const names = reachable.service.hosts.flatMap((host) => hostAliases(host, workload.namespace));
    // In a server name there is no dot at the end (RFC 6066, 3).
    const serverNames = names.filter((name) => !taken.has(name) && !name.endsWith('.'));
    for (const name of serverNames) taken.add(name);
    if (serverNames.length === 0) return [];
    return [
      {
        name: hostOf(reachable.service),
        filterChainMatch: { transportProtocol: 'tls', serverNames },
        filters: [tcpFilter(index, workload, portListener(number), reachable)],
      },
    ];
  });
}

function plainChain(index: MeshIndex, workload: Workload, sharing: PortSharing): FilterChainJson[] {
  if (servesHttp(sharing)) {
    const match = sharing.tls.length > 0 ? { filterChainMatch: { transportProtocol: 'raw_buffer' } } : {};
    return [{ ...match, filters: [httpFilter(workload, portListener(sharing.number), sharing.number)] }];
  }
  const [tcp] = sharing.tcp;
  // It takes whatever names nobody, TLS too, as under istiod.
  return tcp ? [{ filters: [tcpFilter(index, workload, tcpListenerName(tcp), tcp)] }] : [];
}

function addressedListeners(
  index: MeshIndex,
  workload: Workload,
  reachable: ReachablePort,
  addresses: readonly string[],
): readonly BuiltListener[] {
  const name = tcpListenerName(reachable);
  return addresses.map((address, i) => ({
    listener: {
      name: i === 0 ? name : `${name}_${address}`,
      address: socketAddress({ address, port: reachable.port.number }),
      filterChains: [{ filters: [tcpFilter(index, workload, name, reachable)] }],
      bindToPort: false,
      trafficDirection: 'OUTBOUND',
    },
    origin: reachable.port.origin,
  }));
}

function rest(workload: Workload, reach: Reach, listener: string) {
  const shares = [{ to: reach.isOpen ? passthroughCluster : blackHoleCluster, weight: 100 }];
  return tcpProxy({ direction: 'outbound', listener, workload: keyOf(workload), shares });
}

export function closed(workload: Workload, listener: string, direction: Direction) {
  const shares = [{ to: blackHoleCluster, weight: 100 }];
  return tcpProxy({ direction, listener, workload: keyOf(workload), shares });
}
