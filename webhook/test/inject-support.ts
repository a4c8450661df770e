// Pods for the tests of injection, and ways to look into what became of them.
import { type Container, defaultInjectConfig, type Pod, type PodNamespace } from '../index.ts';

export const native = defaultInjectConfig;
export const classic = { ...defaultInjectConfig, nativeSidecar: false };
export const enabled: PodNamespace = { name: 'shop', labels: { 'istio-injection': 'enabled' } };
export const plain: PodNamespace = { name: 'shop', labels: {} };

export function makePod(
  more: { labels?: Record<string, string>; annotations?: Record<string, string>; spec?: object } = {},
): Pod {
  const { labels, annotations, spec } = more;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'shoes-7d9', ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: { containers: [{ name: 'app', image: 'shoes', ports: [{ name: 'web', containerPort: 8080 }] }], ...spec },
  };
}

export const names = (list: readonly Container[] | null | undefined) => (list ?? []).map((c) => c.name);
export const proxyOf = (pod: Pod) =>
  [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find((c) => c.name === 'fairlead-proxy') as
    | (Container & { args: string[]; env: { name: string; value?: string }[]; resources: object; lifecycle: object })
    | undefined;
export const rulesOf = (pod: Pod, family = 'RULES_IPV4') => {
  const init = pod.spec?.initContainers?.find((c) => c.name === 'fairlead-init') as
    | { env?: { name: string; value: string }[] }
    | undefined;
  return init?.env?.find((e) => e.name === family)?.value ?? '';
};
