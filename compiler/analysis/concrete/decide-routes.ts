// The HTTP part of a decision, the same at a sidecar and a gateway: the first route that matches, then its filters and action.
import type { CorsPolicy, ForwardAction, HttpRoute, MeshIndex, Origin, TestRequest } from '../../model/index.ts';
import type { Caller } from '../place/caller.ts';
import { decideForward } from './decide-forward.ts';
import { matchRoute } from './match-route.ts';
import { matchesString } from './match-string.ts';
import { splitQuery } from '../fields/normalize-path.ts';
import { redirectLocation } from './redirect.ts';
import { applyPathChange, pathChangeFor } from './rewrite.ts';
import type { Step, Verdict } from '../verdict.ts';

export interface RoutesQuestion {
  readonly caller: Caller;
  /** With its path normalized. */
  readonly request: TestRequest;
  readonly steps: readonly Step[];
  readonly routes: readonly HttpRoute[];
  /** Of the table, for requests that no route takes. */
  readonly origin: Origin;
}

export function decideRoutes(index: MeshIndex, question: RoutesQuestion): Verdict {
  const { request, steps, routes } = question;
  const { path, query } = splitQuery(request.path);
  const skipped: Step[] = [];
  for (const route of routes) {
    const result = matchRoute(route, { ...request, path });
    if (!result.matched) {
      skipped.push({ text: `not route ${route.name}: ${result.why}`, origin: route.origin, about: 'skipped' });
      continue;
    }
    const taken: Step = { text: `route ${route.name}`, origin: (result.match ?? route).origin, about: 'route' };
    const action = route.action;
    const so = [...steps, ...skipped, taken];
    const cors = corsOf(route);
    if (cors && isPreflight(cors, request)) {
      const step = { text: 'the proxy answers the CORS preflight', origin: cors.origin };
      return { outcome: 'answered', status: 200, shares: [], steps: [...so, step] };
    }
    const abort = route.fault?.abort;
    if (route.fault && abort && abort.percentage >= 100) {
      const step = { text: `fault: every request is aborted with ${abort.status}`, origin: route.fault.origin };
      return { outcome: 'aborted', status: abort.status, shares: [], steps: [...so, step] };
    }
    if (action.kind === 'RedirectAction') {
      const location = redirectLocation(action, request, { path, query });
      const step = { text: `redirected to ${location}`, origin: action.origin };
      return {
        outcome: 'redirect',
        status: action.status,
        location,
        shares: [],
        headers: route.headers,
        ...(route.fault && { fault: route.fault }),
        steps: [...so, step],
      };
    }
    const change = pathChangeFor(action.rewrite, result.match, path);
    return decideForward(index, {
      ...question,
      steps: so,
      destinations: action.destinations,
      isHttp: true,
      request: { ...request, path: applyPathChange(change, path) + query },
      ...optionalHost(rewrittenHost(route, action)),
      route,
      action,
    });
  }
  const step = { text: `no route matches ${request.method} ${path}`, origin: question.origin };
  return { outcome: 'denied', reason: 'route', status: 404, shares: [], steps: [...steps, ...skipped, step] };
}

/** Envoy's CORS filter leaves redirects alone: it answers no preflight there and marks no answer. */
export function corsOf({ action, cors }: HttpRoute): CorsPolicy | undefined {
  return action.kind === 'ForwardAction' ? cors : undefined;
}

/** A request header operation on the host is a rewrite of the authority. */
export function rewrittenHost({ headers }: HttpRoute, { rewrite }: ForwardAction): string | undefined {
  return rewrite?.host ?? headers.request.set.host ?? headers.request.set[':authority'];
}

function optionalHost(host: string | undefined): { readonly host?: string } {
  return host === undefined ? {} : { host };
}

/** `OPTIONS` with both CORS request headers, from an allowed origin: answered before anything else (semantics.md, caller 4). */
function isPreflight(cors: CorsPolicy, { method, headers }: TestRequest): boolean {
  const { origin } = headers;
  if (method !== 'OPTIONS' || origin === undefined || !headers['access-control-request-method']) return false;
  return cors.origins.some((match) => matchesString(match, origin));
}
