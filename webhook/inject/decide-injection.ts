// Whether a pod gets a sidecar, and why or why not. Says nothing about how.
import { containerNames, statusAnnotation } from './config.ts';
import type { Pod, PodNamespace } from './pod.ts';

export type InjectionChoice =
  | { readonly inject: boolean; readonly reason: string }
  /** A label or annotation that is neither true nor false. */
  | { readonly malformed: string; readonly path: readonly string[] };

/** Istio never injects here, and neither does anybody who wants the cluster to come up again. */
export const systemNamespaces: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
]);

/** Our own name first, then Istio's. */
export const podKeys = ['fairlead.dev/inject', 'sidecar.istio.io/inject'] as const;
export const namespaceKeys = ['fairlead.dev/injection', 'istio-injection'] as const;

/**
 * What can have no sidecar comes first; then a namespace that opts out, which nobody in it can overrule; then the pod's own label,
 * its annotation, and last the namespace that opts in.
 */
export function decideInjection(pod: Pod, namespace: PodNamespace): InjectionChoice {
  const never = reasonAgainst(pod, namespace);
  if (never !== undefined) return { inject: false, reason: never };
  const byNamespace = namespaceKeys
    .map((key) => namespace.labels[key])
    .find((value) => value === 'enabled' || value === 'disabled');
  if (byNamespace === 'disabled') return { inject: false, reason: `namespace ${namespace.name} opts out` };
  for (const holder of ['labels', 'annotations'] as const) {
    const choice = readChoice(pod, holder);
    if (choice !== undefined) return choice;
  }
  if (byNamespace === 'enabled') return { inject: true, reason: `namespace ${namespace.name} opts in` };
  return { inject: false, reason: 'neither the pod nor its namespace asks for a sidecar' };
}

/** By whom, and how it shows: what each injector leaves behind, and the container without which that is but a claim. */
const sidecars = [
  { whose: 'a sidecar', status: statusAnnotation, container: containerNames.proxy },
  { whose: "Istio's sidecar", status: 'sidecar.istio.io/status', container: 'istio-proxy' },
] as const;

function sidecarOf(pod: Pod): string | undefined {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const found = sidecars.find(
    ({ status, container }) =>
      pod.metadata?.annotations?.[status] !== undefined && containers.some(({ name }) => name === container),
  );
  return found?.whose;
}

function reasonAgainst(pod: Pod, namespace: PodNamespace): string | undefined {
  if (systemNamespaces.has(namespace.name)) return `namespace ${namespace.name} belongs to the system`;
  if (pod.spec?.hostNetwork === true) return "the pod uses its node's network";
  const whose = sidecarOf(pod);
  return whose === undefined ? undefined : `the pod has ${whose} already`;
}

function readChoice(pod: Pod, holder: 'labels' | 'annotations'): InjectionChoice | undefined {
  for (const key of podKeys) {
    // In a manifest without its quotes it may be anything.
    const value: unknown = pod.metadata?.[holder]?.[key];
    if (value === undefined || value === null || value === '') continue;
    const path = ['metadata', holder, key];
    const name = `${holder.slice(0, -1)} ${key}`;
    if (value !== 'true' && value !== 'false') return { malformed: `${name}: ${whyNeither(value)}`, path };
    return { inject: value === 'true', reason: `the pod's ${name} is ${value}` };
  }
  return undefined;
}

/** Istio takes these two words and no other spelling, in selectors neither: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/ */
function whyNeither(value: unknown): string {
  const isText = typeof value === 'string';
  return isText ? `"${value}" is neither true nor false` : `${String(value)} is not a text: put it in quotes`;
}
