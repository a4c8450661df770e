// Which pods the API server asks about: those decide-injection.ts would give a sidecar. Selectors only know "and", so there is one scope for each "or".
import { namespaceKeys, podKeys } from '../inject/decide-injection.ts';

/** One of `matchExpressions` of a Kubernetes selector. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

export interface PodScope {
  /** First part of the webhook's name. */
  readonly name: string;
  readonly namespace: readonly Requirement[];
  readonly pod: readonly Requirement[];
  /** The webhook is told by its path, for an AdmissionReview does not carry the labels of the namespace. */
  readonly isNamespaceInjected: boolean;
}

const [ourNamespaceKey, istioNamespaceKey] = namespaceKeys;
const [ourPodKey, istioPodKey] = podKeys;

const is = (key: string, value: string): Requirement => ({ key, operator: 'In', values: [value] });
/** Also true where there is no such label. */
const isNot = (key: string, ...values: string[]): Requirement => ({ key, operator: 'NotIn', values });

const podIsSilent = [isNot(ourPodKey, 'true', 'false'), isNot(istioPodKey, 'false')];
const podAsks = [is(ourPodKey, 'true')];
const ourNamespaceIsSilent = isNot(ourNamespaceKey, 'enabled', 'disabled');

export const podScopes: readonly PodScope[] = [
  {
    name: 'namespace',
    namespace: [is(ourNamespaceKey, 'enabled')],
    pod: podIsSilent,
    isNamespaceInjected: true,
  },
  {
    name: 'istio-namespace',
    namespace: [is(istioNamespaceKey, 'enabled'), ourNamespaceIsSilent],
    pod: podIsSilent,
    isNamespaceInjected: true,
  },
  {
    name: 'pod-in-namespace',
    namespace: [is(ourNamespaceKey, 'enabled')],
    pod: podAsks,
    isNamespaceInjected: true,
  },
  {
    name: 'pod',
    namespace: [ourNamespaceIsSilent, isNot(istioNamespaceKey, 'disabled')],
    pod: podAsks,
    isNamespaceInjected: false,
  },
  {
    name: 'istio-pod',
    namespace: [ourNamespaceIsSilent, isNot(istioNamespaceKey, 'enabled', 'disabled')],
    pod: [is(istioPodKey, 'true'), isNot(ourPodKey, 'true', 'false')],
    isNamespaceInjected: false,
  },
];
