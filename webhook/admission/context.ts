// What a verdict may depend on besides the request. Gathered before decide is called, so that decide needs no I/O.
// Names what checks share; what a single check needs besides, its own room adds.
import type { PolicyEngine } from '../../policies/index.ts';
import type { Finding, JsonObject } from './request.ts';

export interface CheckContext {
  readonly policies: PolicyEngine;
  /** Absent when the webhook was started without an intent tree: references are then not checked. */
  readonly mesh?: CandidateMesh;
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

/** The mesh that an object would become part of. */
export interface CandidateMesh {
  /** What it would have to complain about that it has not already. Without `object` one is being deleted. */
  consequences(candidate: {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly object?: JsonObject;
  }): readonly Finding[];
}
