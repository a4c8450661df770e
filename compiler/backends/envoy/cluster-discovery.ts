// How a cluster finds its endpoints: from discovery, from addresses known now, or from the address that was dialled.
import { isIP } from 'node:net';
import type { Resolution, Service, ServicePort } from '../../model/index.ts';
import { assignment } from './cluster-options.ts';
import { overAds } from './json-values.ts';
import type { ClusterJson, Placement, SocketAddress } from './proxy-snapshot.ts';

export interface Discovery {
  readonly json: Pick<
    ClusterJson,
    'type' | 'edsClusterConfig' | 'lbPolicy' | 'loadAssignment' | 'dnsLookupFamily' | 'originalDstLbConfig'
  >;
  /** By discovery, ahead of time, or by the application that dials: then load balancing has nothing to choose from. */
  readonly endpoints: 'discovered' | 'known' | 'dialled';
}

/** Of a service port, as one placement sees it. */
interface Place {
  readonly name: string;
  readonly service: Service;
  readonly port: ServicePort;
  readonly placement: Placement;
  /** False for a version that nobody defined: it has no endpoints, so 503. */
  readonly isDefined: boolean;
}

interface ResolutionRow {
  readonly discovery: (place: Place) => Discovery;
  readonly addresses: (service: Service, port: ServicePort, placement: Placement) => readonly SocketAddress[];
  /** What of a placement shapes the cluster. */
  readonly key: (service: Service, port: ServicePort, placement: Placement) => string;
}

const overEds: Discovery = {
  json: { type: 'EDS', edsClusterConfig: { edsConfig: overAds } },
  endpoints: 'discovered',
};

const byOriginalDst: Discovery = {
  json: { type: 'ORIGINAL_DST', lbPolicy: 'CLUSTER_PROVIDED' },
  endpoints: 'dialled',
};

/** At the address that was dialled, on the port that is meant. */
function dialled({ port: { number, targetPort } }: Place): Discovery {
  if (number === targetPort) return byOriginalDst;
  return {
    ...byOriginalDst,
    json: { ...byOriginalDst.json, originalDstLbConfig: { upstreamPortOverride: targetPort } },
  };
}

const byAddress: ResolutionRow = {
  discovery: addressed,
  addresses: placedAddresses,
  key: (service, port, placement) => `\n${JSON.stringify(placedAddresses(service, port, placement))}`,
};

const resolutions: Readonly<Record<Resolution, ResolutionRow>> = {
  workloads: {
    discovery: (place) => (place.isDefined ? overEds : addressed(place)),
    addresses: () => [],
    key: () => '',
  },
  static: byAddress,
  dns: byAddress,
  none: {
    discovery: (place) => (place.placement.mode === 'redirect' ? dialled(place) : addressed(place)),
    // Only the caller knows where it is: where nothing is redirected it is nowhere, unless the placement says where.
    addresses: movedAddresses,
    key: (service, port, placement) =>
      placement.mode === 'redirect' ? '\nredirect' : `\n${JSON.stringify(movedAddresses(service, port, placement))}`,
  },
};

export function discoveryOf(place: Place): Discovery {
  return resolutions[place.service.resolution].discovery(place);
}

/** Equal where the placement makes no difference to the cluster, and "" where it never does. */
export function placementKey(service: Service, port: ServicePort, placement: Placement): string {
  return resolutions[service.resolution].key(service, port, placement);
}

function addressed({ name, service, port, placement }: Place): Discovery {
  const endpoints = resolutions[service.resolution].addresses(service, port, placement);
  const isStatic = endpoints.every(({ address }) => isIP(address) !== 0);
  return {
    json: {
      type: isStatic ? 'STATIC' : 'STRICT_DNS',
      ...(!isStatic && { dnsLookupFamily: 'V4_PREFERRED' }),
      loadAssignment: assignment(name, endpoints),
    },
    endpoints: 'known',
  };
}

/** Where the placement says that the hosts of a service are: for all of them what it says of the first. */
function movedAddresses({ hosts }: Service, { number }: ServicePort, placement: Placement): readonly SocketAddress[] {
  const external = placement.mode === 'explicit' ? placement.external : {};
  return hosts.flatMap((host) => external[`${host}:${number}`] ?? []).slice(0, 1);
}

function placedAddresses(service: Service, port: ServicePort, placement: Placement): readonly SocketAddress[] {
  const external = placement.mode === 'explicit' ? placement.external : {};
  const moved = movedAddresses(service, port, placement);
  if (moved.length > 0) return moved;
  const addresses = service.addresses.length > 0 ? service.addresses : service.hosts.slice(0, 1);
  return addresses.map(
    (address) =>
      external[`${address}:${port.targetPort}`] ??
      external[`${address}:${port.number}`] ?? { address, port: port.targetPort },
  );
}
