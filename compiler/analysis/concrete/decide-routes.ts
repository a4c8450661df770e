// The HTTP part of a decision, the same at a sidecar and a gateway: the first route that matches, then its filters and action.
import {
  type CorsPolicy,
  type Fault,
  featureApplies,
  featureOf,
  handle,
  type HttpAction,
  type HttpRoute,
  type MeshIndex,
  nothingLeft,
  type Origin,
  type Rewrite,
  rewrittenHost,
  type Table,
  type TestRequest,
  splitQuery,
} from '../../model/index.ts';
import type { Caller } from '../place/caller.ts';
import { forwardedSources, type HeaderSources, readHeaders, valuesOf } from '../fields/header-source.ts';
import { destinationOf } from '../place/settle-share.ts';
import type { Step, Verdict } from '../verdict.ts';
import { isFromAllowedOrigin, routeFor } from './cors.ts';
import { decideForward } from './decide-forward.ts';
import { requestEdits } from './header-edits.ts';
import { abortedWith, handlingOf } from './handling.ts';
import { matchRoute, type RouteMatch } from './match-route.ts';
import { hasNoScheme, noSchemeText, refusedUpgrade, schemeOf } from './refused-request.ts';
import { redirectLocation } from './redirect.ts';
import { applyPathChange, pathChangeFor } from './rewrite.ts';

export interface RoutesQuestion {
  readonly caller: Caller;
  /** As it was sent, with its path normalized. */
  readonly request: TestRequest;
  /** What the proxy makes of its headers. */
  readonly sources: HeaderSources;
  readonly steps: readonly Step[];
  readonly routes: readonly HttpRoute[];
  /** Nothing is said of routes that are passed over. */
  readonly isBrief: boolean;
  /** Of the table, for requests that no route takes. */
  readonly origin: Origin;
}

export function decideRoutes(index: MeshIndex, question: RoutesQuestion): Verdict {
  const { caller, request, steps, routes } = question;
  const { path } = splitQuery(request.path);
  const { principal, namespace } = caller;
  const known = { port: request.port, namespace, ...(principal !== undefined && { principal }) };
  const skipped: Step[] = [];
  const received = { ...request, headers: readHeaders(request.headers, question.sources) };
  if (hasNoScheme(received)) return unrouted([...steps, { text: noSchemeText }]);
  for (const route of routes) {
    const result = matchRoute(route, received, known);
    if (result.matched)
      return takeRoute(index, { ...question, received, steps: [...steps, ...skipped] }, route, result);
    if (question.isBrief) continue;
    skipped.push({ text: `not route ${route.name}: ${result.why()}`, origin: route.origin, about: 'skipped' });
  }
  const step = { text: `no route matches ${request.method} ${path}`, origin: question.origin };
  return unrouted([...steps, ...skipped, step]);
}

function unrouted(steps: readonly Step[]): Verdict {
  return { outcome: 'denied', reason: 'route', status: 404, shares: [], steps };
}

type Taken = Extract<RouteMatch, { matched: true }>;

interface ReceivedQuestion extends RoutesQuestion {
  /** With the headers that routes are matched with. */
  readonly received: TestRequest;
}

function takeRoute(index: MeshIndex, question: ReceivedQuestion, route: HttpRoute, { match }: Taken): Verdict {
  const { received } = question;
  const steps: Step[] = [...question.steps, { text: `route ${route.name}`, origin: match.origin, about: 'route' }];
  const upgrade = refusedUpgrade(question.request);
  if (upgrade) {
    const { status, text } = upgrade;
    return { outcome: 'denied', reason: 'request', status, shares: [], steps: [...steps, { text }] };
  }
  const fault = activeFeature(route, 'Fault');
  const status = fault && abortsAll(fault);
  if (fault && status !== undefined) {
    const step = { text: `fault: every request is aborted with ${status}`, origin: fault.origin };
    return { ...abortedWith(fault, status), steps: [...steps, step] };
  }
  const cors = activeFeature(route, 'CorsPolicy');
  if (cors && isPreflight(cors, received)) {
    const step = { text: 'the proxy answers the CORS preflight', origin: cors.origin };
    return { outcome: 'answered', status: 200, cors, shares: [], ...(fault && { fault }), steps: [...steps, step] };
  }
  const met = routeFor(route, received);
  return handle(actions, met.action, { index, question: { ...question, steps }, route: met, match });
}

/** A request that a route has taken, with the steps up to there. */
interface TakenRequest {
  readonly index: MeshIndex;
  readonly question: ReceivedQuestion;
  readonly route: HttpRoute;
  readonly match: Taken['match'];
}

const actions: Table<HttpAction, [TakenRequest], Verdict> = {
  RedirectAction: (action, { question: { request, received, steps }, route }) => {
    const scheme = action.scheme ?? schemeOf(received);
    const [proto] = valuesOf(received.headers, 'x-forwarded-proto');
    const location = redirectLocation({ ...action, scheme }, request, splitQuery(request.path), proto);
    const step = { text: `redirected to ${location}`, origin: action.origin };
    const handling = handlingOf(route);
    return { outcome: 'redirect', status: action.status, location, shares: [], ...handling, steps: [...steps, step] };
  },
  ForwardAction: (action, { index, question, route, match }) => {
    const { kind: _kind, origin: _origin, destinations, rewrite, timeoutMs: _timeoutMs, ...rest } = action;
    nothingLeft(rest);
    const { request } = question;
    const { path, query } = splitQuery(request.path);
    const change = pathChangeFor(rewrite, match, path);
    const host = rewrittenHost(route, action);
    const sent = applyPathChange(change, path) + query;
    return decideForward(index, {
      ...question,
      steps: [...question.steps, ...(rewrite ? [rewriteStep(rewrite, sent)] : [])],
      destinations: destinations.map(destinationOf),
      isHttp: true,
      request: { ...request, path: sent },
      ...(host !== undefined && { host }),
      sources: forwardedSources(question.sources, requestEdits(route)),
      taken: { route, action },
    });
  },
};

function rewriteStep({ origin, path, host }: Rewrite, sent: string): Step {
  const parts = [...(path === undefined ? [] : [`path ${sent}`]), ...(host === undefined ? [] : [`host ${host}`])];
  return { text: `rewritten to ${parts.join(' and ')}`, origin };
}

/** A feature of the route that has an effect beside its action. */
export function activeFeature<K extends 'CorsPolicy' | 'Fault'>(route: HttpRoute, kind: K) {
  return featureApplies[route.action.kind][kind] ? featureOf(route, kind) : undefined;
}

/** The status of a fault that spares no request. */
export function abortsAll({ abort }: Fault): number | undefined {
  return abort && abort.percentage >= 100 ? abort.status : undefined;
}

/** `OPTIONS` with both CORS request headers, from an allowed origin: answered after faults (semantics.md, caller 4). */
function isPreflight(cors: CorsPolicy, { method, headers }: TestRequest): boolean {
  const [asked = ''] = valuesOf(headers, 'access-control-request-method');
  return method === 'OPTIONS' && asked !== '' && isFromAllowedOrigin(cors, { headers });
}
