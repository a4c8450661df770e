// Who may call whom, and how they prove who they are. Shapes follow Istio's security API, so that its YAML fits as well.
import type { PathMatch, StringMatch } from './match.ts';
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
export interface AuthorizationPolicy extends ModelNode<'AuthorizationPolicy'> {
  readonly name: string;
  readonly namespace: string;
  readonly target: PolicyTarget;
  readonly action: 'ALLOW' | 'DENY';
  readonly rules: readonly AuthorizationRule[];
}

/** Matches if one of `from` and one of `to` match; an empty list matches anything. */
export interface AuthorizationRule extends ModelNode<'AuthorizationRule'> {
  /** Unique in the mesh and stable, such as `shop/shoes/access/allow/0`; Envoy reports it in response code details. */
  readonly name: string;
  readonly from: readonly SourceMatch[];
  readonly to: readonly OperationMatch[];
}

/** All non-empty fields must hold; within one, any value. A `not` field holds when none of its values match. */
export interface SourceMatch extends ModelNode<'SourceMatch'> {
  /** On `trust-domain/ns/NAMESPACE/sa/ACCOUNT`; never matches a caller without mTLS. */
  readonly principals: readonly StringMatch[];
  readonly notPrincipals: readonly StringMatch[];
  readonly namespaces: readonly StringMatch[];
  readonly notNamespaces: readonly StringMatch[];
}

/**
 * On a TCP port, as in Istio, an ALLOW rule with HTTP fields is dropped whole (narrower), and a DENY rule loses just those fields (wider).
 * Paths are compared after normalization and without the query.
 */
export interface OperationMatch extends ModelNode<'OperationMatch'> {
  readonly methods: readonly StringMatch[];
  readonly notMethods: readonly StringMatch[];
  readonly paths: readonly PathMatch[];
  readonly notPaths: readonly PathMatch[];
  /** Workload ports (the service's targetPort). */
  readonly ports: readonly number[];
}

export type MtlsMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

/** What a workload demands of connections to it. `portModes` is keyed by workload port. */
export interface PeerAuthentication extends ModelNode<'PeerAuthentication'> {
  readonly name: string;
  readonly namespace: string;
  readonly target: PolicyTarget;
  readonly mode: MtlsMode;
  readonly portModes: Readonly<Record<string, MtlsMode>>;
}
