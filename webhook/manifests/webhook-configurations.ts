// The two objects that tell an API server when to ask the webhook, and whom to trust. A pure function of its options.
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
import { podScopes, type Requirement, type PodScope } from './pod-scopes.ts';
import { systemNamespaces } from '../inject/decide-injection.ts';

export interface ManifestOptions {
  /** PEM: what the API server is to trust. It changes when the webhook's certificate rotates. */
  readonly caBundle: string;
  /** Namespace and name of the Service in front of the webhook. */
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  /** Whole seconds, 1 to 30. The webhook answers before they are over, by refusing if it must. */
  readonly timeoutSeconds: number;
}

type Json = Readonly<Record<string, unknown>>;

export const defaultManifestOptions: Omit<ManifestOptions, 'caBundle'> = {
  namespace: 'fairlead-system',
  service: 'fairlead-webhook',
  port: 443,
  timeoutSeconds: 10,
};

/**
 * A ValidatingWebhookConfiguration and a MutatingWebhookConfiguration.
 *
 * `failurePolicy: Fail`: while the webhook is down, what it guards cannot change. That is why it guards little: our own kinds, Istio's, and
 * the pods that want a sidecar; never the system's namespaces nor its own, from which it must be able to come back.
 */
export function renderWebhookConfigurations(
  options: { readonly caBundle: string } & Partial<ManifestOptions>,
): readonly [validating: Json, mutating: Json] {
  const complete = { ...defaultManifestOptions, ...options };
  const meshRules = [
    rule(['fairlead.dev'], ['*'], ['CREATE', 'UPDATE', 'DELETE']),
    rule(
      ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io'],
      ['*'],
      ['CREATE', 'UPDATE', 'DELETE'],
    ),
  ];
  // A container for debugging comes by an update of its own, and can be as privileged as any.
  const podRules = [rule([''], ['pods'], ['CREATE']), rule([''], ['pods/ephemeralcontainers'], ['UPDATE'])];
  return [
    configuration('ValidatingWebhookConfiguration', [
      webhook({ name: 'mesh.validate', path: '/validate', rules: meshRules }, complete),
      ...podScopes.map((scope) => podWebhook('validate', scope, podRules, complete)),
    ]),
    configuration(
      'MutatingWebhookConfiguration',
      podScopes.map((scope) => ({
        ...podWebhook('mutate', scope, [rule([''], ['pods'], ['CREATE'])], complete),
        // A webhook that runs after us may add a container whose probes are to be seen too.
        reinvocationPolicy: 'IfNeeded',
      })),
    ),
  ];
}

function configuration(kind: string, webhooks: readonly Json[]): Json {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'fairlead', labels: { 'app.kubernetes.io/name': 'fairlead-webhook' } },
    webhooks,
  };
}

function podWebhook(
  phase: 'validate' | 'mutate',
  scope: PodScope,
  rules: readonly Json[],
  options: ManifestOptions,
): Json {
  const path = scope.isNamespaceInjected ? `/${phase}/injected-namespace` : `/${phase}`;
  const guarded = { name: `${scope.name}.${phase}`, path, rules, namespaces: scope.namespace };
  return { ...webhook(guarded, options), objectSelector: { matchExpressions: scope.pod } };
}

interface Guarded {
  /** Without the domain. */
  readonly name: string;
  readonly path: string;
  readonly rules: readonly Json[];
  /** Besides those that are never guarded. */
  readonly namespaces?: readonly Requirement[];
}

function webhook({ name, path, rules, namespaces = [] }: Guarded, options: ManifestOptions): Json {
  const { caBundle, namespace, service, port, timeoutSeconds } = options;
  const excluded = [...systemNamespaces, namespace];
  return {
    name: `${name}.fairlead.dev`,
    admissionReviewVersions: ['v1'],
    clientConfig: {
      service: { namespace, name: service, path, port },
      caBundle: Buffer.from(caBundle).toString('base64'),
    },
    rules,
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: excluded }, ...namespaces],
    },
    failurePolicy: 'Fail',
    // An object written by way of an older version of its API is judged all the same.
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    timeoutSeconds,
  };
}

function rule(apiGroups: readonly string[], resources: readonly string[], operations: readonly string[]): Json {
  return { apiGroups, apiVersions: apiGroups.includes('') ? ['v1'] : ['*'], resources, operations, scope: '*' };
}
