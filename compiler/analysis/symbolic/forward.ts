// The end of a decision: one choice for each access condition that the gates of a forwarded request ask, then every gate is settled.
import type { HeaderEdit, MeshIndex, TestRequest } from '../../model/index.ts';
import { gatesTogether } from '../automata/budget.ts';
import {
  copiesOf,
  refusedTarget,
  isNormalizedAgain,
  shareOf,
  statusOf,
  type TakenRoute,
  targetOf,
  worse,
} from '../concrete/decide-forward.ts';
import { requestEdits } from '../concrete/header-edits.ts';
import { forwardHandling } from '../concrete/handling.ts';
import type { PathChange } from '../concrete/rewrite.ts';
import { someValue } from '../fields/match-language.ts';
import { headerDimension } from '../fields/named.ts';
import { type Extensions, knownMethods, methodDimension, query } from '../fields/method.ts';
import { type HeaderSources, servedSources } from '../fields/header-source.ts';
import { type Caller, isUnread } from '../place/caller.ts';
import { type Gate, isHttp1Hop, isWithoutWebSocket } from '../place/connection.ts';
import { type Destination, type SettledShare, settleShare } from '../place/settle-share.ts';
import type { ShareFate } from '../verdict.ts';
import { choose, type Decision, toFate } from './choice.ts';
import { contentKey } from './content-key.ts';
import type { Fate } from './fate.ts';
import { asksForWebSocket } from './header-preimage.ts';
import { preimageOf } from './path-preimage.ts';
import { accessPredicate } from './predicate.ts';
import { all, always, isIn, never, not, type Predicate } from './predicate-terms.ts';

export interface Forward {
  readonly caller: Caller;
  readonly destinations: readonly Destination[];
  readonly isHttp: boolean;
  readonly dialled: Pick<TestRequest, 'host' | 'port'>;
  readonly change: PathChange;
  /** What becomes of headers up to the servers' proxies. */
  readonly sources: HeaderSources;
  /** Authority after rewriting. */
  readonly host?: string;
  readonly taken?: TakenRoute;
  readonly extensions?: Extensions;
}

export function forwardDecision(index: MeshIndex, forward: Forward, settledBefore = noneSettled()): Decision {
  const { caller, dialled, taken } = forward;
  const settle = (destination: Destination) => {
    const { host, port, subset, weight, origin } = destination;
    const settled = kept(settledBefore.shares, `${host} ${port} ${subset}`, () =>
      settleShare(index, caller, destination, dialled),
    );
    return { ...settled, weight, origin };
  };
  const shares = forward.destinations.filter((d) => d.weight > 0).map(settle);
  const mirrors = taken && copiesOf(taken.route, shares).map(settle);
  const settled = { shares, mirrors };
  const gates = [...shares, ...(mirrors ?? [])].flatMap((share) => share.gates);
  const refusing: Refusing = (refusedAt) => gatedDecision(forward, { ...settled, refusedAt }, settledBefore);
  if (!forward.isHttp) return refusing(refusesNothing);
  const decided = (refusedAt: RefusedAt) =>
    overMethods(forward, gates, (more) => refusing((gate) => more(gate) ?? refusedAt(gate)));
  const known = decided(refusesNothing);
  if (!gates.some(isWithoutWebSocket)) return known;
  // Extensions come over HTTP/2, where nobody asks so.
  const asks =
    forward.extensions === undefined ? asksForWebSocket : all([isIn(methodDimension, overHttp1), asksForWebSocket]);
  return choose(
    asks,
    decided((gate) => (isWithoutWebSocket(gate) ? 403 : undefined)),
    known,
  );
}

/** The status with which the proxy there answers a request because of its form. */
type RefusedAt = (gate: Gate) => 400 | 403 | undefined;
type Refusing = (refusedAt: RefusedAt) => Decision;

const refusesNothing: RefusedAt = () => undefined;

/** Apart by methods that not all proxies take, where extensions are looked at. */
function overMethods({ caller, extensions }: Forward, gates: readonly Gate[], refusing: Refusing): Decision {
  const known = refusing(refusesNothing);
  if (extensions === undefined) return known;
  if (isUnread(caller)) {
    return extensions === 'with QUERY'
      ? choose(
          queryWithoutType,
          refusing(({ kind }) => (kind === 'checked' ? 400 : undefined)),
          known,
        )
      : known;
  }
  if (!gates.some((gate) => isHttp1Hop(caller, gate))) return known;
  return choose(
    isIn(methodDimension, overHttp1),
    known,
    refusing((gate) => (isHttp1Hop(caller, gate) ? 400 : undefined)),
  );
}

const overHttp1 = knownMethods.or(query);

/** No proxy takes it, whatever the version of HTTP. */
export const queryWithoutType: Predicate = all([
  isIn(methodDimension, query),
  not(isIn(headerDimension('content-type'), someValue)),
]);

interface SettledShares {
  readonly shares: readonly SettledShare[];
  readonly mirrors: readonly SettledShare[] | undefined;
  readonly refusedAt: RefusedAt;
}

function gatedDecision(forward: Forward, settledShares: SettledShares, settledBefore: Settled): Decision {
  const { shares, mirrors, refusedAt } = settledShares;
  const keys = new Map<Gate, string>();
  const gates = new Map<string, Predicate>();
  const changes = contentKey([forward.change, editsOf(forward)]);
  for (const gate of [...shares, ...(mirrors ?? [])].flatMap((share) => share.gates)) {
    const { key, when } = refusedAt(gate)
      ? refusedGate
      : kept(
          kept(settledBefore.gates, gate, () => new Map()),
          changes,
          () => keyed(gatePredicate(gate, forward)),
        );
    keys.set(gate, key);
    gates.set(key, when);
  }
  const keyOf = (gate: Gate) => keys.get(gate) ?? '';
  const settled = (passed: ReadonlySet<string>) =>
    forwardFate(forward, settledShares, (gate) => passed.has(keyOf(gate)));
  const open = [...gates].filter(([, when]) => when.kind !== 'constant');
  if (open.length > gatesTogether) {
    const keysOf = (list: readonly SettledShare[]) => list.map((share) => share.gates.map(keyOf));
    return { kind: 'forward', gates, ofShares: keysOf(shares), ofMirrors: keysOf(mirrors ?? []), settle: settled };
  }
  const branch = (i: number, passed: ReadonlySet<string>): Decision => {
    const next = open[i];
    if (!next) return toFate(settled(passed));
    const [key, when] = next;
    return choose(when, branch(i + 1, new Set([...passed, key])), branch(i + 1, passed));
  };
  return branch(0, new Set([...gates].flatMap(([key, when]) => (when === always ? [key] : []))));
}

function keyed(when: Predicate): { readonly key: string; readonly when: Predicate } {
  return { key: predicateKey(when), when };
}

const refusedGate = { key: 'refused', when: never };

/** Of one caller, header sources differ by what the route does to them. */
function editsOf({ taken }: Forward): HeaderEdit | undefined {
  return taken && requestEdits(taken.route);
}

/** What the forwards of one caller to one host share: the destinations, and what their gates ask. */
export interface Settled {
  readonly shares: Map<string, SettledShare>;
  /** By how path and headers change. */
  readonly gates: Map<Gate, Map<string, { readonly key: string; readonly when: Predicate }>>;
}

export function noneSettled(): Settled {
  return { shares: new Map(), gates: new Map() };
}

function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function gatePredicate(gate: Gate, { change, sources }: Forward): Predicate {
  switch (gate.kind) {
    case 'checked':
      return accessPredicate(gate.access, {
        path: preimageOf(change),
        headers: servedSources(sources, gate.principal),
      });
    case 'open':
      return always;
    case 'closed':
      return never;
  }
}

function forwardFate(
  { caller, taken, isHttp, change, host }: Forward,
  { shares, mirrors, refusedAt }: SettledShares,
  isPassed: (gate: Gate) => boolean,
): Fate {
  const meet = (share: SettledShare) =>
    shareOf(
      share,
      share.gates.map((gate) => (refusedAt(gate) ? refusedTarget(gate) : targetOf(gate, isPassed(gate)))),
    );
  const met = shares.map(meet);
  const worst = met.map((share) => share.fate).reduce<ShareFate>(worse, { outcome: 'allowed' });
  const isForm = worst.outcome === 'denied' && worst.reason === 'request';
  const refusal = shares
    .flatMap((share) => share.gates)
    .map(refusedAt)
    .find((status) => status !== undefined);
  const status = isHttp ? (isForm ? refusal : statusOf(worst, caller)) : undefined;
  return {
    ...worst,
    ...(status !== undefined && { status }),
    shares: met,
    ...(isHttp && {
      forward: {
        change,
        arrives: isNormalizedAgain(shares) ? 'normalized' : isUnread(caller) ? 'asSent' : 'changed',
        ...(host !== undefined && { host }),
      },
    }),
    ...(taken && {
      ...forwardHandling(taken.route, taken.action.timeoutMs),
      mirrors: (mirrors ?? []).map(meet),
    }),
  };
}

/** Equal for predicates built alike; different texts may still be equal sets, which the diagrams find out. */
function predicateKey(predicate: Predicate): string {
  switch (predicate.kind) {
    case 'constant':
      return String(predicate.holds);
    case 'in':
      return `${predicate.dimension.key} in ${predicate.language.key}`;
    case 'not':
      return `not(${predicateKey(predicate.of)})`;
    case 'all':
    case 'any':
      return `${predicate.kind}(${predicate.of.map(predicateKey).join()})`;
  }
}
