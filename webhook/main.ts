// Puts the webhook together: policies, the mesh from Git, the injector's settings, HTTPS.
import { openPolicies, PolicyBundleError, type PolicyEngine } from '../policies/index.ts';
import { defaultInjectConfig, type InjectConfig } from './inject/config.ts';
import { systemNamespaces } from './inject/decide-injection.ts';
import type { AppLimits } from './limits.ts';
import type { LogEntry } from './log.ts';
import { startServer, type WebhookServer, WebhookStartError } from './server.ts';
import { type MeshSource, meshFrom } from './validate/mesh-source.ts';

export interface WebhookOptions {
  readonly host?: string;
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  /** Intent tree of which the objects judged become part. Without one, references are not checked. */
  readonly mesh?: MeshSource;
  /** A folder of policies of the user's own, to be compiled with the shipped ones. */
  readonly policies?: string;
  readonly inject?: Partial<InjectConfig>;
  /** What is known of namespaces; AdmissionReviews do not say. */
  readonly namespaceLabels?: (namespace: string) => Readonly<Record<string, string>>;
  /** User name under which Fairlead deploys. */
  readonly deployIdentity?: string;
  /** Where the webhook itself runs: never judged, so that it can always be repaired. */
  readonly ownNamespace?: string;
  readonly clock?: { now(): number };
  readonly log?: (entry: LogEntry) => void;
  readonly limits?: Partial<AppLimits>;
  readonly dnsNames?: readonly string[];
  readonly certificateFolder?: string;
  readonly certificateLifetimeMs?: number;
  readonly caFile?: string;
}

export const defaultDeployIdentity = 'system:serviceaccount:fairlead-system:fairlead-deploy';
export const defaultOwnNamespace = 'fairlead-system';

const ninetyDaysMs = 90 * 24 * 60 * 60_000;

/** Rejects with WebhookStartError: a busy port, policies that do not compile. */
export async function startWebhook(options: WebhookOptions = {}): Promise<WebhookServer> {
  const log = options.log ?? (() => {});
  const policies = await policiesOf(options.policies);
  const mesh = meshFrom(options.mesh, () => options.clock?.now() ?? Date.now());
  const inject = { ...defaultInjectConfig, ...options.inject };
  const ownNamespace = options.ownNamespace ?? defaultOwnNamespace;
  const exemptNamespaces = new Set([...systemNamespaces, ownNamespace]);
  return startServer({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    now: () => options.clock?.now() ?? Date.now(),
    log,
    ...(options.limits && { limits: options.limits }),
    dnsNames: options.dnsNames ?? [`fairlead-webhook.${ownNamespace}.svc`],
    certificateLifetimeMs: options.certificateLifetimeMs ?? ninetyDaysMs,
    ...(options.certificateFolder !== undefined && { certificateFolder: options.certificateFolder }),
    ...(options.caFile !== undefined && { caFile: options.caFile }),
    context: async (request) => ({
      policies,
      inject,
      exemptNamespaces,
      deployIdentity: options.deployIdentity ?? defaultDeployIdentity,
      namespaceLabels: options.namespaceLabels ?? (() => ({})),
      ...(request.group === 'fairlead.dev' && { mesh: mesh() }),
    }),
  });
}

async function policiesOf(folder: string | undefined): Promise<PolicyEngine> {
  try {
    return await openPolicies(folder);
  } catch (error) {
    throw error instanceof PolicyBundleError ? new WebhookStartError(error.diagnostics) : error;
  }
}
