// What callers apply towards a host: its versions and how connections are made. One is what Istio calls a DestinationRule.
import type { ModelNode } from './origin.ts';
import type { Labels } from './service.ts';

export interface DestinationPolicy extends ModelNode<'DestinationPolicy'> {
  readonly name: string;
  readonly namespace: string;
  /** Canonical host of a service. */
  readonly host: string;
  readonly subsets: readonly Subset[];
  readonly loadBalancer: 'LEAST_REQUEST' | 'ROUND_ROBIN' | 'RANDOM';
  /** Milliseconds. */
  readonly connectTimeoutMs: number;
  readonly tls: UpstreamTls;
}

/** A version of a service: instances with these labels besides the service's selector. */
export interface Subset extends ModelNode<'Subset'> {
  readonly name: string;
  readonly labels: Labels;
}

/**
 * `MESH`: mutual TLS with SPIFFE identities where the server has a proxy. `SIMPLE`: TLS originated towards an external host.
 * `DISABLE`: plain text.
 */
export type UpstreamTls =
  | { readonly mode: 'MESH' }
  | { readonly mode: 'DISABLE' }
  | { readonly mode: 'SIMPLE'; readonly sni: string };
