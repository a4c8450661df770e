// What security policies apply to, as Istio selects it.
import { compareText, type Report } from '../../diagnostics/index.ts';
import {
  type AuthorizationPolicy,
  keyOf,
  type Labels,
  type Mesh,
  nothingLeft,
  type PeerAuthentication,
  type PolicyTarget,
  type Service,
} from '../../model/index.ts';
import type { EmitContext } from './emitter.ts';

/** The `selector` field; nothing for a whole namespace. The namespace is that of the policy, or `reportForeign` says that it is not. */
export function selectorOf({ namespace: _namespace, labels, ...rest }: PolicyTarget): {
  readonly selector?: { readonly matchLabels: Labels };
} {
  nothingLeft(rest);
  return Object.keys(labels).length > 0 ? { selector: { matchLabels: labels } } : {};
}

export function reportForeign(policy: AuthorizationPolicy | PeerAuthentication, report: Report): void {
  const { name, namespace, target, origin } = policy;
  if (namespace === target.namespace) return;
  report('FL0506', {
    message: `"${name}" is in namespace ${namespace} but speaks of workloads in ${target.namespace}`,
    span: origin,
    hint: 'an Istio policy applies to the workloads of its own namespace',
  });
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
