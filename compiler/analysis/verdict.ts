// What the mesh does with one request: the answer of `decide`. Plain data.
import type { CorsPolicy, Fault, HeaderEdits, Labels, Origin, RetrySettings, TestRequest } from '../model/index.ts';

/**
 * `answered`: by a proxy itself (a CORS preflight). `aborted`: by a fault that always aborts.
 * `unavailable`: nobody is there to answer. A split of which one share fails has the outcome of that share.
 */
export type Outcome = 'allowed' | 'denied' | 'redirect' | 'answered' | 'aborted' | 'unavailable';
/**
 * `access`: by a rule. `egress`: the caller does not declare that it uses the host. `mtls`: the TLS of the two sides does not fit.
 * `route`: no route takes the request, or no listener serves the host. `request`: it is none that a proxy takes.
 */
export type DenialReason = 'access' | 'egress' | 'mtls' | 'route' | 'request';

/** One link of the decision path. `origin` is absent where a built-in rule decided. */
export interface Step {
  readonly text: string;
  readonly origin?: Origin;
  /** Set where readers of the path care: a route passed over or taken, how a connection is made, what access rules say. */
  readonly about?: 'skipped' | 'route' | 'tls' | 'access';
}

/** One share of the traffic (or of its copies, for a mirror) and how it fares. */
export interface Share {
  /** Canonical host of the service, or the host dialled where the request leaves the mesh. */
  readonly host: string;
  /** The host dialled, where the service sends on to that address, whichever it is. */
  readonly dialled?: string;
  readonly port: number;
  readonly subset: string;
  /** Percent, above 0. */
  readonly weight: number;
  /** Who may serve it; empty where nobody does. */
  readonly targets: readonly Target[];
  /** The worst fate among the targets: a caller cannot rely on the better ones. */
  readonly fate: ShareFate;
}

export interface Target {
  /** `namespace/name`; absent for endpoints outside the mesh. */
  readonly workload?: string;
  readonly tls: 'mutual' | 'simple' | 'plain';
  readonly endpoint: Endpoint;
  readonly fate: ShareFate;
  /** How the connection is made, or what the access rules of a proxy there say. */
  readonly because?: Step;
}

/** What a connection is made to: equal where the same is reached in the same way. Without labels and addresses it is what the caller dialled. */
export interface Endpoint {
  /** Of the instances, where they are found by labels. */
  readonly labels?: Labels;
  /** IP addresses or DNS names; sorted. */
  readonly addresses?: readonly string[];
  /** That the endpoint listens on. */
  readonly port: number;
  /** What a proxy speaks to it, where one looks into what it sends on. */
  readonly protocol?: 'HTTP/1.1' | 'HTTP/2';
  /** Shown where TLS is originated. */
  readonly sni?: string;
}

export type ShareFate =
  | { readonly outcome: 'allowed' }
  | { readonly outcome: 'denied'; readonly reason: 'access' | 'mtls' | 'request' | 'route' }
  | { readonly outcome: 'unavailable' };

export interface Verdict {
  readonly outcome: Outcome;
  /** Present exactly when the outcome is `denied`. */
  readonly reason?: DenialReason;
  /** Of `unavailable`: the mesh has no such workload that could call. */
  readonly isWithoutCaller?: true;
  /**
   * The HTTP status the caller sees; 200 stands for whatever the application answers.
   * Absent where no HTTP answer is seen: opaque TCP, or a connection that is closed.
   */
  readonly status?: number;
  /** Of what a proxy answers itself to a request by gRPC: the status is 200, and this is in `grpc-status`. */
  readonly grpcStatus?: number;
  /** Of a redirect. */
  readonly location?: string;
  /** Empty unless the request is forwarded. */
  readonly shares: readonly Share[];
  /** What the service receives: authority, and path with query after rewriting and normalization. */
  readonly forwarded?: { readonly host: string; readonly path: string };
  readonly headers?: HeaderEdits;
  /** Of the whole request; 0 means no limit. Absent unless the request is forwarded by HTTP. */
  readonly timeoutMs?: number;
  readonly retries?: RetrySettings;
  /** Copies; `weight` is the percentage copied. Their fate does not touch the request's. */
  readonly mirrors?: readonly Share[];
  readonly cors?: CorsPolicy;
  /** Faults that strike only some requests, or only delay. */
  readonly fault?: Fault;
  readonly steps: readonly Step[];
  /** Of a caller from outside: what other proxies answer that serve the host too, where it is not the same. */
  readonly elsewhere?: readonly Elsewhere[];
}

export interface Elsewhere {
  /** `namespace/name` of the proxy. */
  readonly gateway: string;
  readonly verdict: Verdict;
}

/** A caller from outside, without identity, that reaches gateways only. */
export const outside = 'outside';
/** Any process of the network without a proxy, and so without identity: what mutual TLS keeps out. */
export const unmeshed = 'unmeshed';

export interface Call {
  /** `namespace/name` of the calling workload, or `outside`, or `unmeshed`. */
  readonly from: string;
  readonly request: TestRequest;
  /** `namespace/name`; restricts a caller from outside to the proxy of one gateway. Without it all are asked that serve the host. */
  readonly gateway?: string;
  /** Over which proxies take any method but CONNECT, and put cookies together. Absent: HTTP/1.1. Nothing else of HTTP/2 is looked at. */
  readonly version?: 'HTTP/2';
}

export interface DecideOptions {
  /**
   * How requests reach the caller's proxy. `redirect` (pods, the default): unknown hosts pass in egress mode `any`, and are else answered
   * 502 on ports where something in scope speaks HTTP; on others the connection is closed.
   * `explicit` (the proxy is an HTTP proxy or a base address): the dialled address is unknown, so they are answered 502.
   */
  readonly placement?: 'redirect' | 'explicit';
  /** The path is what the caller's proxy made of it, as its log has it: that proxy does not normalize it once more. */
  readonly hasNormalPath?: boolean;
  /** For those who decide much and tell little: nothing is said of the routes that are passed over. */
  readonly isBrief?: boolean;
}
