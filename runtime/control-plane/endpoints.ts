// Instances to ClusterLoadAssignments: the path on which an endpoint change reaches proxies without a compile.
import type { ClusterLoadAssignmentJson, EndpointSelector } from '../../compiler/index.ts';
import { isSelected, keyOf, lbEndpoint, nothingLeft, type WorkloadInstance } from '../../compiler/index.ts';
import type { EncodedResource, ResourceEncoder } from './resources.ts';

interface Assignment {
  readonly selector: EndpointSelector;
  resource: EncodedResource;
}

/** Two selectors with the same key select the same endpoints for the same cluster name. */
export type SelectorKey = string;

const keys = new WeakMap<EndpointSelector, SelectorKey>();

export function selectorKey(selector: EndpointSelector): SelectorKey {
  const known = keys.get(selector);
  if (known !== undefined) return known;
  const key = keyOfSelector(selector);
  keys.set(selector, key);
  return key;
}

function keyOfSelector(selector: EndpointSelector): SelectorKey {
  const labels = Object.entries(selector.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const { cluster, namespace, labels: _labels, portName, targetPort, plain, ...rest } = selector;
  nothingLeft(rest);
  return JSON.stringify([cluster, namespace, labels, portName, targetPort, plain]);
}

export class EndpointTable {
  readonly #encoder: ResourceEncoder;
  #byNamespace: ReadonlyMap<string, readonly WorkloadInstance[]> = new Map();
  readonly #assignments = new Map<SelectorKey, Assignment>();

  constructor(encoder: ResourceEncoder) {
    this.#encoder = encoder;
  }

  resource(selector: EndpointSelector): EncodedResource {
    const key = selectorKey(selector);
    const known = this.#assignments.get(key);
    if (known) return known.resource;
    const resource = this.#encode(selector);
    this.#assignments.set(key, { selector, resource });
    return resource;
  }

  /** Replaces all instances; returns the selectors, among those asked for so far, that now select something else. */
  setInstances(instances: readonly WorkloadInstance[]): ReadonlySet<SelectorKey> {
    const touched = changedInstances([...this.#byNamespace.values()].flat(), instances);
    const touchedByNamespace = Map.groupBy(touched, (instance) => instance.namespace);
    this.#byNamespace = Map.groupBy(instances, (instance) => instance.namespace);
    const changed = new Set<SelectorKey>();
    for (const [key, assignment] of this.#assignments) {
      const { namespace, labels } = assignment.selector;
      if (!touchedByNamespace.get(namespace)?.some((instance) => isSelected(labels, instance.labels))) continue;
      const resource = this.#encode(assignment.selector);
      if (resource.version === assignment.resource.version) continue;
      assignment.resource = resource;
      changed.add(key);
    }
    return changed;
  }

  /** Forgets assignments that no proxy uses any more. */
  retainOnly(used: ReadonlySet<SelectorKey>): void {
    for (const key of this.#assignments.keys()) if (!used.has(key)) this.#assignments.delete(key);
  }

  #encode(selector: EndpointSelector): EncodedResource {
    const instances = this.#byNamespace.get(selector.namespace) ?? [];
    return this.#encoder.encode('endpoints', selector.cluster, loadAssignment(selector, instances));
  }
}

/**
 * Unhealthy instances are left out, not marked: with most of a cluster marked unhealthy Envoy would panic and send to all of it.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold
 */
export function loadAssignment(
  selector: EndpointSelector,
  instances: readonly WorkloadInstance[],
): ClusterLoadAssignmentJson {
  const portOf = (i: WorkloadInstance) => i.ports[selector.portName] ?? selector.targetPort;
  const lbEndpoints = instances
    .filter((i) => i.healthy && i.namespace === selector.namespace && isSelected(selector.labels, i.labels))
    .sort((a, b) => (a.address === b.address ? portOf(a) - portOf(b) : a.address < b.address ? -1 : 1))
    .map((i) => lbEndpoint(selector, i));
  return { clusterName: selector.cluster, ...(lbEndpoints.length > 0 && { endpoints: [{ lbEndpoints }] }) };
}

/** What is in one list and not, or not like this, in the other; both forms of what changed. */
function changedInstances(
  before: readonly WorkloadInstance[],
  after: readonly WorkloadInstance[],
): readonly WorkloadInstance[] {
  const known = new Map(before.map((instance) => [keyOf(instance), instance]));
  const touched: WorkloadInstance[] = [];
  for (const instance of after) {
    const old = known.get(keyOf(instance));
    known.delete(keyOf(instance));
    if (old === instance || (old && JSON.stringify(old) === JSON.stringify(instance))) continue;
    touched.push(instance, ...(old ? [old] : []));
  }
  return [...touched, ...known.values()];
}
