// The one listener for all that iptables redirects to a sidecar: a filter chain per workload port, told apart by the port dialled.
// Never handed over to other listeners by address: one for the same port may stand on the outbound side, and open the mesh to a caller from outside.
import { proxyPorts, type Workload } from '../../model/index.ts';
import { any } from './any.ts';
import { type BuiltInbound, tlsInspector, waitsForClient } from './inbound.ts';
import { socketAddress } from './json-values.ts';
import { mtlsModes } from './mtls-modes.ts';
import type { BuiltListener } from './outbound.ts';
import type {
  FilterChainJson,
  ListenerFilterChainMatchPredicateJson,
  ListenerFilterJson,
} from './proto/types/envoy/config/listener/v3/listener_components_pb.js';
import { closed } from './redirected.ts';

/** Restores the address dialled; without `use_original_dst` on the listener the connection stays with it. */
const originalDestination: ListenerFilterJson = {
  name: 'envoy.filters.listener.original_dst',
  typedConfig: any('envoy.extensions.filters.listener.original_dst.v3.OriginalDst', {}),
};

/** Connections to ports that no service names are closed: nothing guards what is behind them. */
export function virtualInbound(workload: Workload, inbound: readonly BuiltInbound[]): BuiltListener {
  const name = 'virtualInbound';
  const inspected = inbound.filter(({ mode }) => mtlsModes[mode].needsInspector).map(({ targetPort }) => targetPort);
  return {
    listener: {
      name,
      address: socketAddress({ address: '0.0.0.0', port: proxyPorts.inbound }),
      listenerFilters: [originalDestination, ...(inspected.length > 0 ? [inspectorFor(inspected)] : [])],
      ...waitsForClient,
      filterChains: inbound.flatMap(({ targetPort, chains }) => chains.map((chain) => forPort(targetPort, chain))),
      defaultFilterChain: { filters: [closed(workload, name, 'inbound')] },
      trafficDirection: 'INBOUND',
    },
    origin: workload.origin,
  };
}

function forPort(targetPort: number, chain: FilterChainJson): FilterChainJson {
  return {
    ...chain,
    name: `inbound_${targetPort}_${chain.name}`,
    filterChainMatch: { destinationPort: targetPort, ...chain.filterChainMatch },
  };
}

/** Only where it is needed: it would wait for the first bytes of a protocol in which the server speaks first. */
function inspectorFor(ports: readonly number[]): ListenerFilterJson {
  const rules: ListenerFilterChainMatchPredicateJson[] = ports.map((port) => ({
    destinationPortRange: { start: port, end: port + 1 },
  }));
  const [only] = rules;
  return { ...tlsInspector, filterDisabled: { notMatch: rules.length === 1 && only ? only : { orMatch: { rules } } } };
}
