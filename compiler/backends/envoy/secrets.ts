// The secrets a proxy asks for, by reference: the control plane fills them in when it sends them.
import type { SecretReference } from './proxy-snapshot.ts';
import { identitySecret, trustBundleSecret } from './tls.ts';

/** Sorted by name. `certificates` are those of gateway listeners. */
export function secretsOf(isMeshTls: boolean, certificates: readonly SecretReference[]): readonly SecretReference[] {
  const mesh: readonly SecretReference[] = [
    { kind: 'trust-bundle', name: trustBundleSecret },
    { kind: 'identity', name: identitySecret },
  ];
  return [...(isMeshTls ? mesh : []), ...certificates].sort((a, b) => (a.name < b.name ? -1 : 1));
}
