// Who may call whom, and how they prove who they are. Shapes follow Istio's security API, so that its YAML fits as well.
import type { Clause, Condition } from './condition.ts';
import type { ModelNode } from './origin.ts';
import type { Labels } from './service.ts';

/** The workloads a policy applies to: those of a namespace that carry all the labels. The root namespace means every namespace. */
export interface PolicyTarget {
  readonly namespace: string;
  readonly labels: Labels;
}

/**
 * Evaluated as Istio does: a matching DENY denies; else, if any ALLOW policy targets the workload, one of its rules must match; else allowed.
 * ALLOW with no rules denies everything. https://istio.io/latest/docs/concepts/security/#implicit-enablement
 */
export type AccessAction = 'ALLOW' | 'DENY';

/** It may apply elsewhere than it lives: `namespace` is where the object is, `target` whose callers it is about. */
export interface AuthorizationPolicy extends ModelNode<'AuthorizationPolicy'> {
  readonly name: string;
  readonly namespace: string;
  readonly target: PolicyTarget;
  readonly action: AccessAction;
  readonly rules: readonly AuthorizationRule[];
}

/**
 * Matches if one clause of `from`, one of `to`, and all of `when` hold. `from` is about who calls, `to` about what is asked, `when` about
 * either; the back ends know which conditions they can express where. A list without clauses never holds: a rule fails closed.
 * On a TCP port, as in Istio, an ALLOW rule with a condition on the request is dropped whole (narrower), and a DENY rule loses just
 * those conditions (wider).
 */
export interface AuthorizationRule extends ModelNode<'AuthorizationRule'> {
  /** Unique in the mesh and stable, such as `shop/shoes/access/allow/0`; Envoy reports it in response code details. */
  readonly name: string;
  readonly from: readonly Clause[];
  readonly to: readonly Clause[];
  /** What must hold besides, whoever calls and whatever is asked; mostly nothing. */
  readonly when: readonly Condition[];
}

/** `STRICT`: mutual TLS and nothing else. `PERMISSIVE`: plain text as well. `DISABLE`: plain text and nothing else. */
export type MtlsMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

/** What a workload demands of connections to it. `portModes` is keyed by workload port. */
export interface PeerAuthentication extends ModelNode<'PeerAuthentication'> {
  readonly name: string;
  readonly namespace: string;
  readonly target: PolicyTarget;
  readonly mode: MtlsMode;
  readonly portModes: Readonly<Record<string, PortMode>>;
}

export interface PortMode extends ModelNode<'PortMode'> {
  readonly mode: MtlsMode;
}
