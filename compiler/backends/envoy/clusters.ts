// Clusters of services: where a proxy sends requests, how it gets there and how it proves who is who.
import {
  type DestinationPolicy,
  hostOf,
  type Labels,
  nothingLeft,
  plainAddresses,
  type Service,
  type ServicePort,
  type Workload,
} from '../../model/index.ts';
import { any } from './any.ts';
import { discoveryOf, placementKey } from './cluster-discovery.ts';
import { httpProtocolOptions, withoutLimits } from './cluster-options.ts';
import { type ClusterReference, clusterName } from './cluster-reference.ts';
import { featureParts } from './destination-features.ts';
import { subsetOf } from './endpoints.ts';
import type { BuiltCluster } from './built.ts';
import { type EnvoyPlan, partsOf, remember } from './plan.ts';
import { protocols } from './protocols.ts';
import type { ClusterJson, EndpointSelector, Placement } from './proxy-snapshot.ts';

/** The cluster that a reference means to a client, or undefined if the mesh has no such service port. */
export function outboundCluster(
  plan: EnvoyPlan,
  client: Workload,
  reference: ClusterReference,
  placement: Placement,
): BuiltCluster | undefined {
  const service = plan.index.serviceByHost.get(reference.host);
  const port = service?.ports.find((p) => p.number === reference.port);
  if (!service || !port) return undefined;
  const host = hostOf(service);
  const policy = plan.index.destinationPolicyFor(client, host);
  const { subset } = reference;
  const known = remember(partsOf(plan, host).clusters, policy, () => new Map<string, BuiltCluster>());
  const key = `${port.number}|${subset}${placementKey(service, port, placement)}`;
  return remember(known, key, () =>
    build({ plan, client, service, port, subset, placement, ...(policy && { policy }) }),
  );
}

interface Wanted {
  readonly plan: EnvoyPlan;
  readonly client: Workload;
  readonly service: Service;
  readonly port: ServicePort;
  readonly subset: string;
  readonly placement: Placement;
  readonly policy?: DestinationPolicy;
}

function build({ plan, placement, ...wanted }: Wanted): BuiltCluster {
  const { service, port, subset, policy } = wanted;
  const name = clusterName({ host: hostOf(service), port: port.number, subset });
  const found = subsetOf(service, policy, subset);
  const { json, endpoints } = discoveryOf({ name, service, port, placement, isDefined: found !== undefined });
  const labels = found?.labels ?? {};
  const target = { ...wanted, index: plan.index, labels, isOriginalDst: endpoints === 'dialled' };
  const { json: featured, isMeshTls = false } = featureParts(target);
  const { transportSocket, transportSocketMatches, ...fields } = featured;
  const plain = transportSocketMatches && { plain: plainAddresses(plan.index, service, labels) };
  return {
    cluster: {
      name,
      ...json,
      ...fields,
      circuitBreakers: withoutLimits,
      ...http2Options(port),
      ...(transportSocketMatches && { transportSocketMatches }),
      ...(transportSocket && { transportSocket }),
    },
    ...(endpoints === 'discovered' && { selector: { ...selectorOf(name, service, port, labels), ...plain } }),
    isMeshTls,
    origin: found?.origin ?? service.origin,
  };
}

/** The rest of a service is read by those that find its addresses, secure the way there and name its domains. */
function selectorOf(cluster: string, service: Service, port: ServicePort, labels: Labels): EndpointSelector {
  const { kind: _kind, origin: _origin, name: _name, namespace, hosts: _hosts, ports: _ports, ...found } = service;
  const {
    resolution: _resolution,
    addresses: _addresses,
    selector: _selector,
    identities: _identities,
    ...about
  } = found;
  // Who knows of a service, and where it is, shows in its resolution and its identities; labels and places are for people.
  const { registry: _registry, location: _location, labels: _labels, settingPlaces: _places, ...unread } = about;
  nothingLeft(unread);
  const { kind: _k, origin: _o, name: portName, number: _number, targetPort, protocol: _protocol, ...rest } = port;
  nothingLeft(rest);
  return { cluster, namespace, labels, portName, targetPort };
}

function http2Options({ protocol }: ServicePort): Pick<ClusterJson, 'typedExtensionProtocolOptions'> {
  const { isHttp2, http } = protocols[protocol];
  if (!isHttp2 || !http) return {};
  return {
    typedExtensionProtocolOptions: {
      [httpProtocolOptions]: any(httpProtocolOptions, { explicitHttpConfig: http.config }),
    },
  };
}
