// Public surface of the webhook.
export { type AppOptions, buildApp } from './app.ts';
export { type AppLimits, defaultLimits } from './limits.ts';
export type { LogEntry } from './log.ts';
export { decide, type Phase } from './admission/decide.ts';
export { checks, type WebhookContext } from './checks.ts';
export type { CheckContext } from './admission/context.ts';
export type { AdmissionRequest, Finding, PatchOperation, Verdict } from './admission/request.ts';
export { defaultInjectConfig, type InjectConfig } from './inject/config.ts';
export {
  defaultManifestOptions,
  type ManifestOptions,
  renderWebhookConfigurations,
} from './manifests/webhook-configurations.ts';
export { type Injection, injectPod } from './inject/inject.ts';
export { type InjectedManifest, injectManifest } from './inject/manifest.ts';
export type { Container, Pod, PodNamespace } from './inject/pod.ts';
export { defaultDeployIdentity, defaultOwnNamespace, startWebhook, type WebhookOptions } from './main.ts';
export { type WebhookServer, WebhookStartError } from './server.ts';
