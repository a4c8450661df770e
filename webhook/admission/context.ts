// What a verdict may depend on besides the request. Gathered before decide is called, so that decide needs no I/O.
import type { PolicyEngine } from '../../policies/index.ts';
import type { InjectConfig } from '../inject/config.ts';
import type { MeshChecker } from '../validate/mesh-checker.ts';

export interface CheckContext {
  readonly policies: PolicyEngine;
  /** Absent when the webhook was started without an intent tree: references are then not checked. */
  readonly mesh?: MeshChecker;
  readonly inject: InjectConfig;
  readonly now: Date;
  /** Labels of a namespace; none where they are not known. */
  namespaceLabels(namespace: string): Readonly<Record<string, string>>;
  /** The only user who may change objects that Fairlead manages. */
  readonly deployIdentity: string;
  readonly exemptNamespaces: ReadonlySet<string>;
  /** True when the answer would come too late for the API server. */
  isLate(): boolean;
  /** Told of a check that threw; must not throw itself. */
  onFailure(check: string, error: unknown): void;
}
