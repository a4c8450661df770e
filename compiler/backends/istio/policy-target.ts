// What security policies apply to, as Istio selects it.
import { type Labels, keyOf, type PolicyTarget } from '../../model/index.ts';
import type { EmitContext } from './emitter.ts';

/** The `selector` field; nothing for a whole namespace. */
export function selectorOf({ labels }: PolicyTarget): { readonly selector?: { readonly matchLabels: Labels } } {
  return Object.keys(labels).length > 0 ? { selector: { matchLabels: labels } } : {};
}

/** Labels of the intent object that a policy protects; none for a policy of a whole namespace. */
export function labelsOfTarget(target: PolicyTarget, { mesh, index }: EmitContext): Labels {
  const services = mesh.services.filter((service) => service.namespace === target.namespace);
  const isTarget = (labels: Labels) => sameLabels(labels, target.labels);
  const service = services.find(
    (s) => isTarget(s.selector) || isTarget(index.workloadByKey.get(keyOf(s))?.labels ?? {}),
  );
  return Object.keys(target.labels).length > 0 ? (service?.labels ?? {}) : {};
}

function sameLabels(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
