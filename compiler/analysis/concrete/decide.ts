// Decides one request: walks docs/semantics.md step by step and keeps the path it took. Pure; knows nothing of sets of requests.
import { isDeepStrictEqual } from 'node:util';
import { type MeshIndex, type TestRequest, normalizeTarget, splitQuery } from '../../model/index.ts';
import { answerTo } from './grpc-answer.ts';
import { decideForward } from './decide-forward.ts';
import { decideRoutes } from './decide-routes.ts';
import { isUnread } from '../place/caller.ts';
import { proxiesFor } from '../place/find-gateway.ts';
import { callerSources, findPlace, type Place } from '../place/place.ts';
import { asSent, forwardedSources, readHeaders, receivedSources, withOneCookie } from '../fields/header-source.ts';
import { hasNoScheme, noSchemeText, refusedRequest, refusedUpgrade } from './refused-request.ts';
import { redirectLocation } from './redirect.ts';
import { type Call, type DecideOptions, outside, type Share, type Verdict } from '../verdict.ts';

/**
 * What becomes of one request. Never throws: an unknown caller or host is a verdict as well.
 * A caller from outside may meet any proxy that serves the host, each with an identity of its own: it is denied only if all deny.
 */
export function decide(index: MeshIndex, call: Call, options: DecideOptions = {}): Verdict {
  const isOpen = call.from === outside && call.gateway === undefined;
  const proxies = isOpen ? proxiesFor(index, call.request) : [];
  const answers = (proxies.length > 1 ? proxies : []).flatMap(({ gateway, isNearest }) => {
    const verdict = decideByOne(index, { ...call, gateway }, options);
    // A proxy that knows the host by a wider listener may well refuse it: it matters where it does not.
    return isNearest || !isRefusal(verdict) ? [{ gateway, verdict }] : [];
  });
  const told = answers.find(({ verdict }) => !isRefusal(verdict)) ?? answers[0];
  if (!told) return decideByOne(index, call, options);
  const elsewhere = answers.filter(({ verdict }) => !isSameAnswer(verdict, told.verdict));
  return { ...told.verdict, ...(elsewhere.length > 0 && { elsewhere }) };
}

function isRefusal({ outcome }: Verdict): boolean {
  return outcome === 'denied' || outcome === 'unavailable';
}

/** To the caller and to the services: how a proxy came to it is its own. */
function isSameAnswer(a: Verdict, b: Verdict): boolean {
  return isDeepStrictEqual(answerOf(a), answerOf(b));
}

function answerOf({ steps: _, shares, mirrors, ...answer }: Verdict) {
  const reached = (list: readonly Share[]) =>
    list.map(({ targets, ...share }) => ({ ...share, targets: targets.map(({ because: __, ...target }) => target) }));
  return { ...answer, shares: reached(shares), mirrors: mirrors && reached(mirrors) };
}

function decideByOne(index: MeshIndex, call: Call, options: DecideOptions): Verdict {
  const { request, version } = call;
  const received = version === 'HTTP/2' ? { ...request, headers: withOneCookie(request.headers) } : request;
  return answerTo(walk(index, { ...call, request: received }, options), request, version);
}

function walk(index: MeshIndex, call: Call, options: DecideOptions): Verdict {
  const place = findPlace(index, call, options);
  const isRead = call.request.scheme !== 'tcp' && isReadByProxy(place);
  const refused = isRead ? refusedRequest(call.request, call.version) : undefined;
  if (refused) {
    const steps = [...place.steps, { text: refused.text }];
    return { outcome: 'denied', reason: 'request', status: refused.status, shares: [], steps };
  }
  const unserved = hasVirtualHost(place) ? refusedByVirtualHost(call.request, place) : undefined;
  if (unserved) return { shares: [], ...unserved };
  switch (place.kind) {
    case 'final': {
      const { kind: _, isRead: __, ...verdict } = place;
      return { shares: [], ...verdict };
    }
    case 'redirect': {
      const request = normalized(call.request, options);
      const location = redirectLocation(place.redirect, request, splitQuery(request.path));
      const step = { text: `redirected to ${location}`, origin: place.origin };
      return { outcome: 'redirect', status: place.status, location, shares: [], steps: [...place.steps, step] };
    }
    case 'routes': {
      const sources = callerSources(place.caller, call.request.scheme);
      const { isBrief = false } = options;
      return decideRoutes(index, { ...place, request: normalized(call.request, options), sources, isBrief });
    }
    case 'forward': {
      if (isUnread(place.caller) || !place.isHttp) {
        const { request, version } = call;
        return decideForward(index, { ...place, request, ...(version !== undefined && { version }) });
      }
      const sources = forwardedSources(callerSources(place.caller, call.request.scheme));
      return decideForward(index, { ...place, request: normalized(call.request, options), sources });
    }
  }
}

/** Whether the caller's proxy, or the gateway, parses the request before it answers or routes it. */
function isReadByProxy(place: Place): boolean {
  if (place.kind === 'final') return place.isRead ?? (place.outcome !== 'allowed' && place.status !== undefined);
  return place.kind !== 'forward' || (place.isHttp && !isUnread(place.caller));
}

/** Whether a virtual host answers that has no routes of the mesh: that of all hosts out of scope, or one that is redirected to HTTPS. */
function hasVirtualHost(place: Place): boolean {
  if (place.kind === 'final') return place.status === 502 || place.isRead === true;
  return place.kind === 'redirect' || (place.kind === 'forward' && isReadByProxy(place));
}

function refusedByVirtualHost(request: TestRequest, { kind, steps }: Place): Omit<Verdict, 'shares'> | undefined {
  const received = receivedSources(asSent, { isEdge: kind === 'redirect', scheme: request.scheme });
  if (hasNoScheme({ headers: readHeaders(request.headers, received) }))
    return { outcome: 'denied', reason: 'route', status: 404, steps: [...steps, { text: noSchemeText }] };
  const refused = refusedUpgrade(request);
  if (!refused) return undefined;
  return { outcome: 'denied', reason: 'request', status: refused.status, steps: [...steps, { text: refused.text }] };
}

/** Every proxy normalizes the path before it routes, so the rest of the walk only meets normal paths. */
function normalized(request: TestRequest, { hasNormalPath = false }: DecideOptions): TestRequest {
  return hasNormalPath ? request : { ...request, path: normalizeTarget(request.path) };
}
