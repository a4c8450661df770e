// The end of a decision: each share of the traffic meets its workloads' TLS and access rules.
import {
  type ForwardAction,
  featuresOf,
  type HttpRoute,
  type MeshIndex,
  type Mirror,
  noHeaderEdits,
  nothingLeft,
  type TestRequest,
  normalizeTarget,
} from '../../model/index.ts';
import { decideAccess } from '../place/access.ts';
import { type Caller, isUnread } from '../place/caller.ts';
import { asSent, type HeaderSources, readHeaders, servedSources, withOneCookie } from '../fields/header-source.ts';
import { requestEdits } from './header-edits.ts';
import {
  hasNoScheme,
  hasNoTime,
  noSchemeText,
  noTime,
  type RefusedRequest,
  refusedMethod,
  refusedRequest,
  refusedUpgrade,
  refusedWebSocket,
} from './refused-request.ts';
import { type Gate, isHttp1Hop, isWithoutWebSocket } from '../place/connection.ts';
import type { RequestParts } from '../fields/dimension.ts';
import { forwardHandling } from './handling.ts';
import { authorityOf } from './redirect.ts';
import { type Destination, type SettledShare, settleShare } from '../place/settle-share.ts';
import type { Call, Share, ShareFate, Step, Target, Verdict } from '../verdict.ts';

export interface ForwardQuestion {
  readonly caller: Caller;
  /** With its path rewritten, and its headers as they were sent. */
  readonly request: TestRequest;
  /** What the caller's proxy makes of the headers; absent without one. */
  readonly sources?: HeaderSources;
  readonly steps: readonly Step[];
  readonly destinations: readonly Destination[];
  readonly isHttp: boolean;
  /** Authority after rewriting. */
  readonly host?: string;
  readonly taken?: TakenRoute;
  /** Where no proxy of the caller's has read the request. */
  readonly version?: Call['version'];
}

/** The route that forwards. */
export interface TakenRoute {
  readonly route: HttpRoute;
  readonly action: ForwardAction;
}

export function decideForward(index: MeshIndex, question: ForwardQuestion): Verdict {
  const { caller, request, taken } = question;
  const steps = [...question.steps];
  const arrival = arrivalOf(question);
  const settle = (destination: Destination) => settleShare(index, caller, destination, request);
  const share = (settled: SettledShare, verb: string, met = arrival) => {
    steps.push({ text: describe(settled, verb), origin: settled.origin });
    return meet(settled, met, steps);
  };
  const settled = question.destinations.filter((d) => d.weight > 0).map(settle);
  const shares = settled.map((one) => share(one, 'to'));
  const mirrors =
    taken &&
    copiesOf(taken.route, settled).map((copy) => share(settle(copy), 'copied to', { ...arrival, isAwaited: false }));
  const worst = shares.map((share) => share.fate).reduce(worse, { outcome: 'allowed' });
  const answer = isRefused(worst) ? refusalAmong(settled, arrival).status : statusOf(worst, caller);
  const status = question.isHttp ? answer : undefined;
  const path = isNormalizedAgain(settled) ? arrival.path : request.path;
  return {
    ...worst,
    ...(status !== undefined && { status }),
    shares,
    ...(question.isHttp && { forwarded: { host: question.host ?? authorityOf(request), path } }),
    ...(taken && { ...forwardHandling(taken.route, taken.action.timeoutMs), mirrors: mirrors ?? [] }),
    steps,
  };
}

type CheckedGate = Extract<Gate, { readonly kind: 'checked' }>;

/** A request as it stands before the proxies of the servers. */
interface Arrival {
  readonly isHttp: boolean;
  /** False for a copy: it is received, whether or not there is time for an answer. */
  readonly isAwaited: boolean;
  /** Normalized again, with its query. */
  readonly path: string;
  /** Why such a proxy refuses it before it asks its rules. */
  readonly refusedAt: (gate: Gate) => RefusedRequest | undefined;
  /** As the server's proxy judges it. */
  readonly seenAt: (gate: CheckedGate) => RequestParts;
}

function arrivalOf({ caller, request, sources = asSent, taken, isHttp, version }: ForwardQuestion): Arrival {
  const path = normalizeTarget(request.path);
  const { set, add } = taken ? requestEdits(taken.route) : noHeaderEdits.request;
  const names = [...Object.keys(set), ...Object.keys(add)];
  const isFirst = isHttp && isUnread(caller);
  const refused = isFirst ? (refusedRequest(request, version) ?? refusedUpgrade(request)) : undefined;
  // Where a proxy of the caller has read it, all that may be left is a method that passes over HTTP/2 only, or WebSocket, which does not.
  const refusedByServer = (gate: Gate) =>
    (isHttp1Hop(caller, gate) ? refusedMethod(request) : undefined) ??
    (isWithoutWebSocket(gate) ? refusedWebSocket(request, version) : undefined);
  return {
    isHttp,
    isAwaited: isHttp,
    path,
    refusedAt: (gate) => refused ?? (isHttp ? refusedByServer(gate) : undefined),
    seenAt: ({ principal, endpoint }) => {
      const headers = readHeaders(request.headers, servedSources(sources, principal), names);
      const isOverHttp2 = endpoint.protocol === 'HTTP/2' && !isUnread(caller);
      return { ...request, path, headers: isOverHttp2 ? withOneCookie(headers) : headers };
    },
  };
}

function isRefused(fate: ShareFate): boolean {
  return fate.outcome === 'denied' && fate.reason === 'request';
}

/** Of a request that some of the proxies refuse. */
function refusalAmong(shares: readonly SettledShare[], { refusedAt }: Arrival): RefusedRequest {
  const refusals = shares.flatMap(({ gates }) => gates.map(refusedAt));
  return refusals.find((refusal) => refusal !== undefined) ?? noTime;
}

/** The copies that are made of a request. Where nobody is there to send the request itself to, Envoy answers before it copies. */
export function copiesOf(route: HttpRoute, shares: readonly SettledShare[]): readonly Destination[] {
  return shares.every(({ gates }) => gates.length === 0) ? [] : mirrorsOf(route);
}

/** The mirrors of a route as destinations, those that copy anything at all. */
export function mirrorsOf(route: HttpRoute): readonly Destination[] {
  return featuresOf(route, 'Mirror')
    .filter(({ percentage }) => percentage > 0)
    .map(copyOf);
}

/** Its percentage is its weight. */
function copyOf({ kind: _kind, origin, host, port, subset, percentage, ...rest }: Mirror): Destination {
  nothingLeft(rest);
  return { origin, host, port, subset, weight: percentage };
}

function describe({ host, port, subset, weight }: SettledShare, verb: string): string {
  return `${weight}% ${verb} ${subset === '' ? '' : `version ${subset} of `}${host}:${port}`;
}

/** The fate of one share; adds the steps that decided it, each once however many workloads share them. */
function meet(settled: SettledShare, arrival: Arrival, steps: Step[]): Share {
  if (settled.problem) addOnce(steps, settled.problem);
  const targets = settled.gates.map((gate) => pass(gate, arrival, steps));
  return shareOf(settled, targets);
}

export function shareOf(
  { gates: _gates, origin: _origin, problem, ...share }: SettledShare,
  targets: readonly Target[],
): Share {
  const best: ShareFate = { outcome: problem ? 'unavailable' : 'allowed' };
  return { ...share, targets, fate: targets.map((target) => target.fate).reduce(worse, best) };
}

function pass(gate: Gate, { isAwaited, refusedAt, seenAt }: Arrival, steps: Step[]): Target {
  addOnce(steps, gate.step);
  if (gate.kind !== 'checked') return { ...targetOf(gate, gate.kind === 'open'), because: gate.step };
  const refused = refusedAt(gate);
  if (refused) {
    addOnce(steps, { text: refused.text });
    return refusedTarget(gate);
  }
  const seen = seenAt(gate);
  const { isAllowed, tried, ...step } = decideAccess(gate.access, seen);
  for (const rule of tried) addOnce(steps, { ...rule, about: 'skipped' });
  addOnce(steps, { ...step, about: 'access' });
  if (isAllowed && hasNoScheme(seen)) {
    addOnce(steps, { text: noSchemeText });
    return { ...targetOf(gate, false), fate: { outcome: 'denied', reason: 'route' } };
  }
  if (isAllowed && isAwaited && hasNoTime(seen)) {
    addOnce(steps, { text: noTime.text });
    return refusedTarget(gate);
  }
  return { ...targetOf(gate, isAllowed), because: step };
}

/** Whether a proxy on the side of the servers normalizes the path once more. */
export function isNormalizedAgain(shares: readonly SettledShare[]): boolean {
  return shares.some(({ gates }) => gates.some(({ kind }) => kind === 'checked'));
}

/** What becomes of a request at a gate that lets it pass or not. */
export function targetOf({ kind, workload, tls, endpoint }: Gate, isPassed: boolean): Target {
  const reason = kind === 'closed' ? 'mtls' : 'access';
  return {
    ...(workload !== undefined && { workload }),
    tls,
    endpoint,
    fate: isPassed ? { outcome: 'allowed' } : { outcome: 'denied', reason },
  };
}

/** Of a request that the proxy there does not take. */
export function refusedTarget(gate: Gate): Target {
  return { ...targetOf(gate, false), fate: { outcome: 'denied', reason: 'request' } };
}

function addOnce(steps: Step[], step: Step): void {
  if (!steps.some((s) => s.text === step.text && s.origin === step.origin)) steps.push(step);
}

/** A share that fails decides for the whole: a caller cannot rely on the rest. */
export function worse(a: ShareFate, b: ShareFate): ShareFate {
  return fateRank(b) > fateRank(a) ? b : a;
}

function fateRank(fate: ShareFate): number {
  if (fate.outcome === 'allowed') return 0;
  if (fate.outcome === 'unavailable') return 1;
  return fate.reason === 'mtls' ? 3 : 2;
}

/** A closed connection is a 503 of the caller's own proxy, where it has one. */
export function statusOf(fate: ShareFate, caller: Caller): number | undefined {
  if (fate.outcome === 'allowed') return 200;
  if (fate.outcome === 'denied' && fate.reason !== 'mtls') return fate.reason === 'route' ? 404 : 403;
  return isUnread(caller) ? undefined : 503;
}
