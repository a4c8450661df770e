// What the webhook's tests share: a context, an app without a socket, and recorded requests.
import { join } from 'node:path';
import { loadPolicies, type PolicyEngine } from '../../policies/index.ts';
import {
  type AppOptions,
  buildApp,
  defaultDeployIdentity,
  defaultInjectConfig,
  defaultOwnNamespace,
  type LogEntry,
} from '../index.ts';
import { systemNamespaces } from '../inject/decide-injection.ts';
import { meshFrom } from '../validate/mesh-source.ts';

export const meshFolder = join(import.meta.dirname, 'mesh');
export const engine: PolicyEngine = await loadPolicies();

export interface Overrides extends Partial<Pick<AppOptions, 'limits' | 'now' | 'notReady'>> {
  readonly policies?: PolicyEngine;
  readonly mesh?: string;
  readonly beforeContext?: () => Promise<void>;
}

export function makeApp(overrides: Overrides = {}) {
  const log: LogEntry[] = [];
  const now = overrides.now ?? Date.now;
  const mesh = meshFrom(overrides.mesh ?? meshFolder, now);
  const app = buildApp({
    log: (entry) => log.push(entry),
    now,
    notReady: overrides.notReady ?? (() => undefined),
    ...(overrides.limits && { limits: overrides.limits }),
    context: async () => {
      await overrides.beforeContext?.();
      return { ...makeContext(), ...(overrides.policies && { policies: overrides.policies }), mesh: mesh() };
    },
  });
  return { app, log };
}

/** What verdicts depend on, without a mesh. */
export function makeContext() {
  return {
    policies: engine,
    inject: defaultInjectConfig,
    namespaceLabels: () => ({}),
    deployIdentity: defaultDeployIdentity,
    exemptNamespaces: new Set([...systemNamespaces, defaultOwnNamespace]),
  };
}

/** A review as an API server would send it; for what the recorded ones do not cover. */
export function makeReview(
  object: { apiVersion: string; kind: string; metadata: object; spec?: unknown },
  more: object = {},
) {
  const [version, group = ''] = object.apiVersion.split('/').toReversed();
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'test',
      kind: { group, version, kind: object.kind },
      operation: 'CREATE',
      name: 'x',
      namespace: 'shop',
      userInfo: { username: 'alice' },
      object,
      ...more,
    },
  };
}

export const peerAuthentication = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'x', namespace: 'shop' },
  spec: { mtls: { mode: 'STRICT' } },
};
