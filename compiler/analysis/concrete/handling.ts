// What a verdict tells of a route's features. Shared by both evaluators, so that they tell the same.
import {
  type Fault,
  featureApplies,
  handle,
  type HttpRoute,
  noHeaderEdits,
  noRetries,
  nothingLeft,
  type RouteFeature,
  type Table,
} from '../../model/index.ts';
import type { Verdict } from '../verdict.ts';

/** Mirrors are told as shares, by whoever settles them. */
const told: Table<RouteFeature, [], Partial<Omit<Verdict, 'steps'>>> = {
  CorsPolicy: (cors) => ({ cors }),
  Fault: (fault) => ({ fault }),
  HeaderOperations: ({ kind: _kind, origin: _origin, request, response, ...rest }) => {
    nothingLeft(rest);
    return { headers: { request, response } };
  },
  RetryPolicy: ({ kind: _kind, origin: _origin, attempts, perTryTimeoutMs, on, ...rest }) => {
    nothingLeft(rest);
    return { retries: { attempts, perTryTimeoutMs, on } };
  },
  Mirror: () => ({}),
};

/** Of the features that have an effect beside the route's action. Header operations are always told, if only that there are none. */
export function handlingOf({ action, features }: HttpRoute): Partial<Omit<Verdict, 'steps'>> {
  const applied = features.filter(({ kind }) => featureApplies[action.kind][kind]);
  const {
    headers = noHeaderEdits,
    fault,
    cors,
    ...others
  } = Object.assign({}, ...applied.map((f) => handle(told, f))) as Partial<Verdict>;
  return { headers, ...(fault && { fault }), ...(cors && { cors }), ...others };
}

/** By a fault that aborts every request with the status; what it delays waits for that. */
export function abortedWith(
  { kind, origin, delay, abort: _abort, ...rest }: Fault,
  status: number,
): Omit<Verdict, 'steps'> {
  nothingLeft(rest);
  return { outcome: 'aborted', status, shares: [], ...(delay && { fault: { kind, origin, delay } }) };
}

/** Those of a forwarded request: without a retry policy nothing is tried again. */
export function forwardHandling(route: HttpRoute, timeoutMs: number): Partial<Omit<Verdict, 'steps'>> {
  const { retries = noRetries, ...others } = handlingOf(route);
  return { ...others, timeoutMs, retries };
}
