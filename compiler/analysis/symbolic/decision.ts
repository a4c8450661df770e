// Ordered choices between fates, as data: what the mesh does with all requests of one caller to one host and port.
// The symbolic twin of concrete/, from the same place on; it differs only in keeping conditions instead of testing them.
import {
  type Clause,
  handle,
  type HttpAction,
  type HttpRoute,
  type MeshIndex,
  nothingLeft,
  type RedirectAction,
  rewrittenHost,
  type Table,
} from '../../model/index.ts';
import { words } from '../automata/language.ts';
import { abortsAll, activeFeature } from '../concrete/decide-routes.ts';
import { withoutCors } from '../concrete/cors.ts';
import { requestEdits } from '../concrete/header-edits.ts';
import { abortedWith, handlingOf } from '../concrete/handling.ts';
import { keepPath, type PathChange, type PathChanges, pathChanges } from '../concrete/rewrite.ts';
import type { Known } from '../fields/index.ts';
import type { Extensions } from '../fields/method.ts';
import { asSent, forwardedSources, type HeaderSources } from '../fields/header-source.ts';
import { matchLanguage } from '../fields/match-language.ts';
import { pathDimension } from '../fields/path.ts';
import { type Caller, isUnread } from '../place/caller.ts';
import { callerSources, findPlace, type Question, type Redirection } from '../place/place.ts';
import { destinationOf } from '../place/settle-share.ts';
import type { DecideOptions } from '../verdict.ts';
import { choose, type Decision, isWide, toFate, withEnds } from './choice.ts';
import type { Fate } from './fate.ts';
import { forwardDecision, noneSettled, queryWithoutType, type Settled } from './forward.ts';
import { clausePredicate, originPredicate, preflightPredicate } from './predicate.ts';
import { any, isIn, never } from './predicate-terms.ts';
import { type Asked, hostBeyond, redirectBeyond } from './said-anyway.ts';
import { bestOf, coarseDecision } from './wide.ts';

/** `decide` for all requests at once: which method, path and headers lead to which fate. */
export function decisionFor(index: MeshIndex, question: Question, options: DecideOptions = {}): Decision {
  const place = findPlace(index, question, options);
  const { port } = question.request;
  const over = question.extensions === undefined ? {} : { extensions: question.extensions };
  const refusingUntyped = (decision: Decision) =>
    over.extensions === 'with QUERY' ? choose(queryWithoutType, refused, decision) : decision;
  switch (place.kind) {
    case 'final': {
      const { kind: _, steps: __, isRead: ___, ...fate } = place;
      return toFate({ shares: [], ...fate });
    }
    case 'redirect':
      return toFate({
        outcome: 'redirect',
        status: place.status,
        redirect: redirectBeyond(place.redirect, { ...question.request, isEdge: true }),
        shares: [],
      });
    case 'routes': {
      const unmatched = toFate({ outcome: 'denied', reason: 'route', status: 404, shares: [] });
      const sources = callerSources(place.caller, question.request.scheme);
      const known = knownOf(place.caller, port);
      const { caller } = place;
      const asked = { ...question.request, isEdge: caller.kind === 'gateway' };
      const context: RouteContext = { index, caller, asked, known, sources, settled: noneSettled(), ...over };
      return refusingUntyped(
        place.routes.reduceRight<Decision>((rest, route) => routeDecision(context, route, rest), unmatched),
      );
    }
    case 'forward': {
      const isRead = place.isHttp && !isUnread(place.caller);
      const sources = isRead ? forwardedSources(callerSources(place.caller, question.request.scheme)) : asSent;
      const sent = forwardDecision(index, { ...place, ...over, dialled: question.request, change: keepPath, sources });
      return isRead ? refusingUntyped(sent) : sent;
    }
  }
}

const refused = toFate({ outcome: 'denied', reason: 'request', status: 400, shares: [] });

interface RouteContext {
  readonly index: MeshIndex;
  readonly caller: Caller;
  readonly asked: Asked;
  readonly known: Known;
  readonly settled: Settled;
  readonly extensions?: Extensions;
  /** What the caller's proxy makes of headers. */
  readonly sources: HeaderSources;
}

function knownOf({ namespace, principal }: Caller, port: number): Known {
  return { port, namespace, ...(principal !== undefined && { principal }) };
}

/** Alternatives one by one where what becomes of a request depends on the one that matched; else all at once. */
function routeDecision(context: RouteContext, route: HttpRoute, rest: Decision): Decision {
  const { action, matches } = route;
  const [first] = matches;
  if (!first) return rest;
  if (!handle(dependsOnMatch, action)) {
    const when = any(matches.map((match) => clausePredicate(match, context.known, context.sources)));
    return choose(when, routeTaken(context, route, first), rest);
  }
  return matches.reduceRight<Decision>((otherwise, match) => {
    const when = clausePredicate(match, context.known, context.sources);
    return when === never ? otherwise : choose(when, routeTaken(context, route, match), otherwise);
  }, rest);
}

const dependsOnMatch: Table<HttpAction, [], boolean> = {
  RedirectAction: () => false,
  ForwardAction: ({ rewrite }) => rewrite?.path !== undefined,
};

function routeTaken(context: RouteContext, route: HttpRoute, match: Clause): Decision {
  const fault = activeFeature(route, 'Fault');
  const status = fault && abortsAll(fault);
  const spared = sparedByFault(context, route, match);
  return fault && status !== undefined ? abortedAll(spared, abortedWith(fault, status)) : spared;
}

/** Requests end alike; what would become of them is kept, so that the end of the fault is told from what changes besides. */
function abortedAll(spared: Decision, aborted: Omit<Fate, 'behind'>): Decision {
  return withEnds(spared, (end) => {
    if (!isWide(end)) return toFate({ ...aborted, behind: { fate: end, isExact: true } });
    return withEnds(coarseDecision(end), (coarse) =>
      toFate({ ...aborted, behind: { fate: bestOf(coarse), isExact: false } }),
    );
  });
}

function sparedByFault(context: RouteContext, route: HttpRoute, match: Clause): Decision {
  const cors = activeFeature(route, 'CorsPolicy');
  const fault = activeFeature(route, 'Fault');
  const plain = withoutCors(route);
  const otherwise = handle(actions, plain.action, context, plain, match);
  if (!cors) return otherwise;
  // CORS has to do with requests from allowed origins only.
  const allowed = handle(actions, route.action, context, route, match);
  const answered = toFate({ outcome: 'answered', status: 200, cors, ...(fault && { fault }), shares: [] });
  return choose(preflightPredicate(cors), answered, choose(originPredicate(cors), allowed, otherwise));
}

const actions: Table<HttpAction, [RouteContext, HttpRoute, Clause], Decision> = {
  RedirectAction: (action, { asked }, route) => {
    const { status } = action;
    const redirect = redirectBeyond(redirectionOf(action), asked);
    return toFate({ outcome: 'redirect', status, redirect, ...handlingOf(route), shares: [] });
  },
  ForwardAction: (action, { index, caller, asked, sources, settled, extensions }, route, match) => {
    const { kind: _kind, origin: _origin, destinations, rewrite, timeoutMs: _timeoutMs, ...rest } = action;
    nothingLeft(rest);
    const taken = { route, action };
    const host = hostBeyond(rewrittenHost(route, action), asked);
    const forward = {
      caller,
      destinations: destinations.map(destinationOf),
      isHttp: true,
      dialled: asked,
      sources: forwardedSources(sources, requestEdits(route)),
      ...(host !== undefined && { host }),
      ...(extensions !== undefined && { extensions }),
      taken,
    };
    const changed = (change: PathChange) => forwardDecision(index, { ...forward, change }, settled);
    const decisionOf = ({ change, bare }: PathChanges) => {
      const below = changed(change);
      return bare ? choose(isIn(pathDimension, words(bare.path)), changed(bare.change), below) : below;
    };
    const [first, ...more] = pathChanges(rewrite, match).toReversed();
    if (!first) throw new Error('a clause that never holds was taken');
    // The last needs no question: one of them holds.
    return more.reduce<Decision>(
      (otherwise, one) => choose(isIn(pathDimension, matchLanguage(one.match)), decisionOf(one), otherwise),
      decisionOf(first),
    );
  },
};

function redirectionOf(action: RedirectAction): Redirection {
  const { kind: _kind, origin: _origin, status: _status, path, host, scheme, port, ...rest } = action;
  nothingLeft(rest);
  return {
    ...(path !== undefined && { path }),
    ...(host !== undefined && { host }),
    ...(scheme !== undefined && { scheme }),
    ...(port !== undefined && { port }),
  };
}
