// Ordered choices between fates, as data: what the mesh does with all requests of one caller to one host and port.
// The symbolic twin of decide.ts, from the same place on; it differs only in keeping conditions instead of testing them.
import type { ForwardAction, HttpMatch, HttpRoute, MeshIndex } from '../../model/index.ts';
import { accessCondition, always, any, type Condition, isIn, matchCondition, preflightCondition } from './condition.ts';
import type { Caller } from '../place/caller.ts';
import type { Gate } from '../place/connection.ts';
import { copyOf, shareOf, statusOf, targetOf, worse } from '../concrete/decide-forward.ts';
import { corsOf, rewrittenHost } from '../concrete/decide-routes.ts';
import type { Fate } from './fate.ts';
import { words } from '../automata/language.ts';
import { preimageOf } from './path-preimage.ts';
import { findPlace, type Question } from '../place/place.ts';
import { keepPath, type PathChange, pathChanges } from '../concrete/rewrite.ts';
import { type Destination, type SettledShare, settleShare } from '../place/settle-share.ts';
import type { DecideOptions, ShareFate } from '../verdict.ts';

export type Decision =
  | { readonly kind: 'fate'; readonly fate: Fate }
  | { readonly kind: 'choice'; readonly when: Condition; readonly so: Decision; readonly otherwise: Decision };

export function decisionFor(index: MeshIndex, question: Question, options: DecideOptions = {}): Decision {
  const place = findPlace(index, question, options);
  const { port } = question.request;
  switch (place.kind) {
    case 'final': {
      const { kind: _, steps: __, ...fate } = place;
      return toFate({ shares: [], ...fate });
    }
    case 'redirect':
      return toFate({ outcome: 'redirect', status: place.status, redirect: place.redirect, shares: [] });
    case 'routes': {
      const unmatched = toFate({ outcome: 'denied', reason: 'route', status: 404, shares: [] });
      const { caller, routes } = place;
      return routes.reduceRight<Decision>((rest, route) => routeDecision(index, caller, route, port, rest), unmatched);
    }
    case 'forward':
      return forwardDecision(index, { ...place, dialledPort: port, change: keepPath });
  }
}

function toFate(fate: Fate): Decision {
  return { kind: 'fate', fate };
}

function choose(when: Condition, so: Decision, otherwise: Decision): Decision {
  if (when.kind === 'constant') return when.holds ? so : otherwise;
  return { kind: 'choice', when, so, otherwise };
}

/** Alternatives one by one, because a rewrite depends on the one that matched. */
function routeDecision(index: MeshIndex, caller: Caller, route: HttpRoute, port: number, rest: Decision): Decision {
  if (route.matches.length === 0) return actionDecision(index, caller, route, undefined, port);
  const isAlike = route.action.kind === 'RedirectAction' || route.action.rewrite?.path === undefined;
  if (isAlike) {
    const when = any(...route.matches.map((match) => matchCondition(match, port)));
    return choose(when, actionDecision(index, caller, route, undefined, port), rest);
  }
  return route.matches.reduceRight<Decision>(
    (otherwise, match) =>
      choose(matchCondition(match, port), actionDecision(index, caller, route, match, port), otherwise),
    rest,
  );
}

function actionDecision(
  index: MeshIndex,
  caller: Caller,
  route: HttpRoute,
  match: HttpMatch | undefined,
  port: number,
): Decision {
  const { action, fault } = route;
  const cors = corsOf(route);
  const answered = toFate({ outcome: 'answered', status: 200, shares: [] });
  const preflight = cors ? preflightCondition(cors) : undefined;
  const orPreflight = (decision: Decision) => (preflight ? choose(preflight, answered, decision) : decision);
  const abort = fault?.abort;
  if (abort && abort.percentage >= 100) {
    return orPreflight(toFate({ outcome: 'aborted', status: abort.status, shares: [] }));
  }
  if (action.kind === 'RedirectAction') {
    const { path, host, scheme, port: redirectPort, status } = action;
    const redirect = {
      ...(path !== undefined && { path }),
      ...(host !== undefined && { host }),
      ...(scheme !== undefined && { scheme }),
      ...(redirectPort !== undefined && { port: redirectPort }),
    };
    const { headers } = route;
    return toFate({ outcome: 'redirect', status, redirect, headers, ...(fault && { fault }), shares: [] });
  }
  const changed = (change: PathChange) => forwardDecision(index, forwardOf(caller, route, action, port, change));
  const { change, bare } = pathChanges(action.rewrite, match);
  const below = changed(change);
  return orPreflight(bare ? choose(isIn('path', words(bare.path)), changed(bare.change), below) : below);
}

interface Forward {
  readonly caller: Caller;
  readonly destinations: readonly Destination[];
  readonly isHttp: boolean;
  readonly dialledPort: number;
  readonly change: PathChange;
  readonly route?: HttpRoute;
  readonly action?: ForwardAction;
}

function forwardOf(
  caller: Caller,
  route: HttpRoute,
  action: ForwardAction,
  dialledPort: number,
  change: PathChange,
): Forward {
  return { caller, destinations: action.destinations, isHttp: true, dialledPort, change, route, action };
}

/** One choice for each access condition that occurs; then every gate is settled. */
function forwardDecision(index: MeshIndex, forward: Forward): Decision {
  const { caller, dialledPort, action } = forward;
  const settle = (destination: Destination) => settleShare(index, caller, destination, dialledPort);
  const shares = forward.destinations.filter((d) => d.weight > 0).map(settle);
  const mirrors = action?.mirrors.filter((m) => m.percentage > 0).map((m) => settle(copyOf(m)));
  const preimage = preimageOf(forward.change);
  const conditions = new Map<Gate, { readonly key: string; readonly when: Condition }>();
  for (const gate of [...shares, ...(mirrors ?? [])].flatMap((share) => share.gates)) {
    const when =
      gate.kind === 'checked' ? accessCondition(gate.access, preimage) : gate.kind === 'open' ? always : any();
    conditions.set(gate, { key: conditionKey(when), when });
  }
  const distinct = [...new Map([...conditions.values()].map((c) => [c.key, c.when]))];
  const settled = (passed: ReadonlySet<string>): Decision => {
    const isPassed = (gate: Gate) => passed.has(conditions.get(gate)?.key ?? '');
    return toFate(forwardFate(forward, shares, mirrors, isPassed));
  };
  const branch = (i: number, passed: ReadonlySet<string>): Decision => {
    const next = distinct[i];
    if (!next) return settled(passed);
    const [key, when] = next;
    return choose(when, branch(i + 1, new Set([...passed, key])), branch(i + 1, passed));
  };
  return branch(0, new Set());
}

function forwardFate(
  { caller, route, action, isHttp, change }: Forward,
  shares: readonly SettledShare[],
  mirrors: readonly SettledShare[] | undefined,
  isPassed: (gate: Gate) => boolean,
): Fate {
  const meet = (share: SettledShare) =>
    shareOf(
      share,
      share.gates.map((gate) => targetOf(gate, isPassed(gate))),
    );
  const met = shares.map(meet);
  const worst = met.map((share) => share.fate).reduce<ShareFate>(worse, { outcome: 'allowed' });
  const status = isHttp ? statusOf(worst, caller) : undefined;
  const host = route && action && rewrittenHost(route, action);
  return {
    ...worst,
    ...(status !== undefined && { status }),
    shares: met,
    ...(isHttp && { forward: { change, ...(host !== undefined && { host }) } }),
    ...(route && {
      headers: route.headers,
      ...(route.fault && { fault: route.fault }),
      ...(route.cors && { cors: route.cors }),
    }),
    ...(action && { timeoutMs: action.timeoutMs, retries: action.retries, mirrors: (mirrors ?? []).map(meet) }),
  };
}

/** Equal for conditions built alike; different texts may still be equal sets, which the diagrams find out. */
function conditionKey(condition: Condition): string {
  switch (condition.kind) {
    case 'constant':
      return String(condition.holds);
    case 'in':
      return `${condition.dimension} in ${condition.language.key}`;
    case 'not':
      return `not(${conditionKey(condition.of)})`;
    case 'all':
    case 'any':
      return `${condition.kind}(${condition.of.map(conditionKey).join()})`;
  }
}
