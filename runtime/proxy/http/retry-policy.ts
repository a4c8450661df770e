// When a failed try may be repeated. Pure; the words and their meaning are Envoy's.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on
import { retryWords } from '../../../compiler/xds.ts';
import { Rejection } from '../rejection.ts';
import { durationMs, type RetryPolicyJson } from '../types.ts';
import type { HeaderList } from './header-list.ts';

export interface RetryPolicy {
  readonly attempts: number;
  readonly on: ReadonlySet<string>;
  readonly statusCodes: ReadonlySet<number>;
  /** 0: none. */
  readonly perTryTimeoutMs: number;
  readonly perTryIdleTimeoutMs: number;
  readonly baseIntervalMs: number;
  readonly maxIntervalMs: number;
  readonly isAvoidingPreviousHosts: boolean;
  /** How often host selection is repeated to avoid a host already tried. */
  readonly hostSelectionAttempts: number;
}

/** How a try ended without a usable answer. */
export type ResetKind = 'connect-failure' | 'reset' | 'timeout' | 'overflow' | 'protocol-error';

/** gRPC words are read from the `grpc-status` header of an answer without a body. */
const grpcStatuses: Readonly<Record<string, string>> = {
  '1': 'cancelled',
  '4': 'deadline-exceeded',
  '8': 'resource-exhausted',
  '13': 'internal',
  '14': 'unavailable',
};

export function compileRetryPolicy(json: RetryPolicyJson): RetryPolicy {
  const baseIntervalMs = durationMs(json.retryBackOff?.baseInterval, 25);
  return {
    attempts: json.numRetries ?? 1,
    on: wordsIn(json.retryOn ?? ''),
    statusCodes: new Set(json.retriableStatusCodes ?? []),
    perTryTimeoutMs: durationMs(json.perTryTimeout, 0),
    perTryIdleTimeoutMs: durationMs(json.perTryIdleTimeout, 0),
    baseIntervalMs,
    maxIntervalMs: durationMs(json.retryBackOff?.maxInterval, baseIntervalMs * 10),
    isAvoidingPreviousHosts: (json.retryHostPredicate ?? []).length > 0,
    hostSelectionAttempts: Number(json.hostSelectionRetryMaxAttempts ?? 1),
  };
}

/** Envoy ignores words it does not know; we refuse the route, since a typing error would be silent otherwise. */
function wordsIn(text: string): ReadonlySet<string> {
  const words = text.split(',').map((word) => word.trim());
  for (const word of words) {
    if (word !== '' && !retryWords.includes(word)) {
      throw new Rejection('FL0820', `the embedded proxy does not know the retry condition ${JSON.stringify(word)}`);
    }
  }
  return new Set(words.filter((word) => word !== ''));
}

export function isRetriableStatus(policy: RetryPolicy, status: number, headers: HeaderList): boolean {
  if (headers.has('x-envoy-ratelimited')) return policy.on.has('envoy-ratelimited');
  if (status >= 500 && status < 600 && policy.on.has('5xx')) return true;
  if (status >= 502 && status <= 504 && policy.on.has('gateway-error')) return true;
  if (status === 409 && policy.on.has('retriable-4xx')) return true;
  if (policy.on.has('retriable-status-codes') && policy.statusCodes.has(status)) return true;
  const grpc = grpcStatuses[headers.get('grpc-status') ?? ''];
  return grpc !== undefined && policy.on.has(grpc);
}

export function isRetriableReset(policy: RetryPolicy, kind: ResetKind, isSent: boolean): boolean {
  if (kind === 'overflow') return false;
  if (policy.on.has('5xx') || policy.on.has('gateway-error') || policy.on.has('reset')) return true;
  if (policy.on.has('reset-before-request') && !isSent) return true;
  return kind === 'connect-failure' && policy.on.has('connect-failure');
}

/** Full jitter: a random wait in [0, base·(2^n − 1)), at most `maxIntervalMs`. `attempt` counts from 1. */
export function backOffMs(policy: RetryPolicy, attempt: number, random: number): number {
  const ceiling = Math.min(policy.baseIntervalMs * (2 ** Math.min(attempt, 16) - 1), policy.maxIntervalMs);
  return Math.floor(random * ceiling);
}
