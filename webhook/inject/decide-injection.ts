// Whether a pod gets a sidecar, and why or why not. Says nothing about how.
import { containerNames, statusAnnotation } from './config.ts';
import type { Pod, PodNamespace } from './pod.ts';
import { choiceOf } from './settings.ts';

export type InjectionChoice =
  | { readonly inject: boolean; readonly reason: string }
  /** A label or annotation that is neither yes nor no. */
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

const proxyContainers: readonly string[] = [containerNames.proxy, 'istio-proxy'];

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

export function isInjected(pod: Pod): boolean {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  return (
    pod.metadata?.annotations?.[statusAnnotation] !== undefined ||
    containers.some((c) => proxyContainers.includes(c.name))
  );
}

function reasonAgainst(pod: Pod, namespace: PodNamespace): string | undefined {
  if (systemNamespaces.has(namespace.name)) return `namespace ${namespace.name} belongs to the system`;
  if (pod.spec?.hostNetwork === true) return "the pod uses its node's network";
  if (isInjected(pod)) return 'the pod has a sidecar already';
  return undefined;
}

function readChoice(pod: Pod, holder: 'labels' | 'annotations'): InjectionChoice | undefined {
  for (const key of podKeys) {
    const value = pod.metadata?.[holder]?.[key];
    if (value === undefined || value === '') continue;
    const inject = choiceOf(value);
    const path = ['metadata', holder, key];
    if (inject === undefined)
      return { malformed: `${holder.slice(0, -1)} ${key}: "${value}" is neither true nor false`, path };
    return { inject, reason: `the pod's ${holder.slice(0, -1)} ${key} is ${value}` };
  }
  return undefined;
}
