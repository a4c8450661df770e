// What callers apply towards a host: its versions and how connections are made. One is what Istio calls a DestinationRule.
import { featureOf } from './features.ts';
import type { ModelNode } from './origin.ts';
import type { Labels } from './service.ts';
import type { Reading } from './table.ts';

export interface DestinationPolicy extends ModelNode<'DestinationPolicy'> {
  readonly name: string;
  readonly namespace: string;
  /** Canonical host of a service. */
  readonly host: string;
  readonly subsets: readonly Subset[];
  /** At most one of each kind. What is not listed is as by default: see each kind. */
  readonly features: readonly DestinationFeature[];
}

/** A version of a service: instances with these labels besides the service's selector. */
export interface Subset extends ModelNode<'Subset'> {
  readonly name: string;
  readonly labels: Labels;
}

export type DestinationFeature = LoadBalancing | ConnectionPool | UpstreamTls;

export type DestinationFeatureKind = DestinationFeature['kind'];

/** By default `LEAST_REQUEST`. */
export interface LoadBalancing extends ModelNode<'LoadBalancing'> {
  readonly algorithm: 'LEAST_REQUEST' | 'ROUND_ROBIN' | 'RANDOM';
}

export interface ConnectionPool extends ModelNode<'ConnectionPool'> {
  /** Milliseconds; by default `defaultConnectTimeoutMs`. */
  readonly connectTimeoutMs: number;
}

/** Istio's and ours. */
export const defaultConnectTimeoutMs = 10_000;

export type UpstreamTls = ModelNode<'UpstreamTls'> & TlsTowards;

/**
 * `MESH`: mutual TLS with SPIFFE identities where the server has a proxy; the default. `SIMPLE`: TLS originated towards an external
 * host. `DISABLE`: plain text.
 */
export type TlsTowards =
  | { readonly mode: 'MESH' }
  | { readonly mode: 'DISABLE' }
  | { readonly mode: 'SIMPLE'; readonly sni: string };

/** Whatever else it says must be told apart from what callers do without it. */
type Known = Reading<UpstreamTls, 'kind' | 'origin' | 'mode' | 'sni'>;

/** How a host is talked to by those who see this policy for it. */
export function tlsTowards(policy: DestinationPolicy | undefined): TlsTowards {
  const said: Known | undefined = policy && featureOf(policy, 'UpstreamTls');
  return said ?? { mode: 'MESH' };
}

const isOriginating: Readonly<Record<TlsTowards['mode'], boolean>> = { MESH: false, DISABLE: false, SIMPLE: true };

/** True if the caller's proxy wraps what the application sends in plain into TLS of the server's. */
export function originatesTls(policy: DestinationPolicy | undefined): boolean {
  return isOriginating[tlsTowards(policy).mode];
}
