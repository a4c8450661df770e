// Endpoints: which running instances a cluster means. Kept apart from the rest, since instances change without a compile.
import { compareText } from '../../diagnostics/index.ts';
import {
  type DestinationPolicy,
  isSelected,
  type Labels,
  nothingLeft,
  type Origin,
  type Service,
  type Subset,
  type WorkloadInstance,
} from '../../model/index.ts';
import { socketAddress } from './json-values.ts';
import type { ClusterLoadAssignmentJson, EndpointSelector } from './proxy-snapshot.ts';
import { plainEndpoint } from './tls.ts';

/** Instances by namespace: makes building the assignments of many selectors cheap. */
export type InstanceIndex = ReadonlyMap<string, readonly WorkloadInstance[]>;

/** What is common to the instances of a version. */
export interface FoundSubset {
  readonly labels: Labels;
  /** Of the version; all versions together have none. */
  readonly origin?: Origin;
}

/** A version of a service, "" for all; undefined for a version nobody defined. */
export function subsetOf(
  service: Service,
  policy: DestinationPolicy | undefined,
  subset: string,
): FoundSubset | undefined {
  if (subset === '') return { labels: service.selector };
  const found = policy && subsetsOf(policy).find(({ name }) => name === subset);
  if (!found) return undefined;
  const { kind: _kind, origin, name: _name, labels, ...rest } = found;
  nothingLeft(rest);
  return { labels: { ...service.selector, ...labels }, origin };
}

/** The features are read where clusters are made. */
function subsetsOf(policy: DestinationPolicy): readonly Subset[] {
  const { kind: _kind, origin: _origin, name: _name, namespace: _namespace, host: _host, ...applied } = policy;
  const { subsets, features: _features, ...rest } = applied;
  nothingLeft(rest);
  return subsets;
}

/** Sorted by name within a namespace, unhealthy ones left out: a host that must not be picked need not be known. */
export function indexInstances(instances: readonly WorkloadInstance[]): InstanceIndex {
  const byNamespace = Map.groupBy(
    instances.filter((instance) => instance.healthy),
    (instance) => instance.namespace,
  );
  for (const list of byNamespace.values()) list.sort((a, b) => compareText(a.name, b.name));
  return byNamespace;
}

/** An instance as one of the endpoints that the selector means. */
export function lbEndpoint(selector: EndpointSelector, instance: WorkloadInstance): LbEndpointJson {
  const { address, ports } = instance;
  return {
    endpoint: { address: socketAddress({ address, port: ports[selector.portName] ?? selector.targetPort }) },
    ...(selector.plain?.includes(address) && { metadata: plainEndpoint }),
  };
}

type LbEndpointJson = NonNullable<NonNullable<ClusterLoadAssignmentJson['endpoints']>[number]['lbEndpoints']>[number];

/** As `buildClusterLoadAssignment`, for many selectors over the same instances. */
export function assignmentFrom(index: InstanceIndex, selector: EndpointSelector): ClusterLoadAssignmentJson {
  const lbEndpoints = (index.get(selector.namespace) ?? [])
    .filter((instance) => isSelected(selector.labels, instance.labels))
    .map((instance) => lbEndpoint(selector, instance));
  return { clusterName: selector.cluster, ...(lbEndpoints.length > 0 && { endpoints: [{ lbEndpoints }] }) };
}

/** The healthy instances a selector means, in the order of their names whatever the order given. Empty if there are none. */
export function buildClusterLoadAssignment(
  selector: EndpointSelector,
  instances: readonly WorkloadInstance[],
): ClusterLoadAssignmentJson {
  return assignmentFrom(indexInstances(instances), selector);
}
