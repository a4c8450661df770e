// What security policies apply to, as Istio selects it.
import { compareText } from '../../diagnostics/index.ts';
import { keyOf, type Labels, type Mesh, type PolicyTarget, type Service } from '../../model/index.ts';
import type { EmitContext } from './emitter.ts';

/** The `selector` field; nothing for a whole namespace. */
export function selectorOf({ labels }: PolicyTarget): { readonly selector?: { readonly matchLabels: Labels } } {
  return Object.keys(labels).length > 0 ? { selector: { matchLabels: labels } } : {};
}

/** Labels of the intent object that a policy protects; none for a policy of a whole namespace. */
export function labelsOfTarget(target: PolicyTarget, context: EmitContext): Labels {
  return Object.keys(target.labels).length > 0 ? (servicesByTarget(context).get(targetKey(target))?.labels ?? {}) : {};
}

const tables = new WeakMap<Mesh, ReadonlyMap<string, Service>>();

/** The first service by what it selects and by the labels of its workload: a search for each policy would be quadratic. */
function servicesByTarget({ mesh, index }: EmitContext): ReadonlyMap<string, Service> {
  const known = tables.get(mesh);
  if (known) return known;
  const table = new Map<string, Service>();
  for (const service of mesh.services) {
    for (const labels of [service.selector, index.workloadByKey.get(keyOf(service))?.labels]) {
      const key = labels && targetKey({ namespace: service.namespace, labels });
      if (key !== undefined && !table.has(key)) table.set(key, service);
    }
  }
  tables.set(mesh, table);
  return table;
}

function targetKey({ namespace, labels }: PolicyTarget): string {
  return JSON.stringify([namespace, ...Object.entries(labels).toSorted(([a], [b]) => compareText(a, b))]);
}
