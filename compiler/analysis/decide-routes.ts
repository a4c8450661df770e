// The HTTP part of a decision, the same at a sidecar and a gateway: the first route that matches, then its filters and action.
import type { CorsPolicy, ForwardAction, HttpRoute, MeshIndex, Origin, Service, TestRequest } from '../model/index.ts';
import { hostOf } from '../model/index.ts';
import type { Caller } from './caller.ts';
import { decideForward } from './decide-forward.ts';
import { matchRoute } from './match-route.ts';
import { matchesString } from './match-string.ts';
import { splitQuery } from './normalize-path.ts';
import { redirectLocation } from './redirect.ts';
import { applyPathChange, pathChangeFor } from './rewrite.ts';
import type { Step, Verdict } from './verdict.ts';

export interface RoutesQuestion {
  readonly caller: Caller;
  /** With its path normalized. */
  readonly request: TestRequest;
  readonly steps: readonly Step[];
  /** Absent: the host has no table, and its service answers. */
  readonly routes?: readonly HttpRoute[];
  readonly origin?: Origin;
  readonly defaultTo?: Service;
}

export const noHeaders = {
  request: { set: {}, add: {}, remove: [] },
  response: { set: {}, add: {}, remove: [] },
} as const;

export function decideRoutes(index: MeshIndex, question: RoutesQuestion): Verdict {
  const { request, steps, routes = question.defaultTo ? [defaultRoute(index, question.defaultTo)] : [] } = question;
  const { path, query } = splitQuery(request.path);
  const skipped: Step[] = [];
  for (const route of routes) {
    const result = matchRoute(route, { ...request, path });
    if (!result.matched) {
      skipped.push({ text: `not route ${route.name}: ${result.why}`, origin: route.origin });
      continue;
    }
    const taken = { text: `route ${route.name}`, origin: (result.match ?? route).origin };
    const action = route.action;
    const so = [...steps, ...skipped, taken];
    if (route.cors && isPreflight(route.cors, request)) {
      const step = { text: 'the proxy answers the CORS preflight', origin: route.cors.origin };
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
      ...(action.rewrite?.host !== undefined && { host: action.rewrite.host }),
      route,
      action,
    });
  }
  const step = {
    text: `no route matches ${request.method} ${path}`,
    ...(question.origin && { origin: question.origin }),
  };
  return { outcome: 'denied', reason: 'route', status: 404, shares: [], steps: [...steps, ...skipped, step] };
}

/** `OPTIONS` with both CORS request headers, from an allowed origin: answered before anything else (semantics.md, caller 4). */
function isPreflight(cors: CorsPolicy, { method, headers }: TestRequest): boolean {
  const { origin } = headers;
  if (method !== 'OPTIONS' || origin === undefined || !headers['access-control-request-method']) return false;
  return cors.origins.some((match) => matchesString(match, origin));
}

/** What a service with an HTTP port does that has no table at all. */
export function defaultRoute(index: MeshIndex, service: Service): HttpRoute {
  const { origin } = service;
  const host = hostOf(service);
  const { timeoutMs, retries } = index.mesh.settings;
  const destination = { kind: 'WeightedDestination', host, port: 0, subset: '', weight: 100, origin } as const;
  const action: ForwardAction = {
    kind: 'ForwardAction',
    destinations: [destination],
    timeoutMs,
    retries,
    mirrors: [],
    origin,
  };
  return {
    kind: 'HttpRoute',
    name: `${service.namespace}/${service.name}/default`,
    matches: [],
    action,
    headers: noHeaders,
    origin,
  };
}
