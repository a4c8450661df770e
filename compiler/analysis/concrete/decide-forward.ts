// The end of a decision: each share of the traffic meets its workloads' TLS and access rules.
import {
  type ForwardAction,
  featuresOf,
  type HttpRoute,
  type MeshIndex,
  type Mirror,
  nothingLeft,
  type TestRequest,
} from '../../model/index.ts';
import { decideAccess } from '../place/access.ts';
import type { Caller } from '../place/caller.ts';
import type { Gate } from '../place/connection.ts';
import type { RequestParts } from '../fields/dimension.ts';
import { normalizePath, splitQuery } from '../fields/normalize-path.ts';
import { forwardHandling } from './handling.ts';
import { authorityOf } from './redirect.ts';
import { type Destination, type SettledShare, settleShare } from '../place/settle-share.ts';
import type { Share, ShareFate, Step, Target, Verdict } from '../verdict.ts';

export interface ForwardQuestion {
  readonly caller: Caller;
  /** As forwarded: with its path rewritten. */
  readonly request: TestRequest;
  readonly steps: readonly Step[];
  readonly destinations: readonly Destination[];
  readonly isHttp: boolean;
  /** Authority after rewriting. */
  readonly host?: string;
  readonly taken?: TakenRoute;
}

/** The route that forwards. */
export interface TakenRoute {
  readonly route: HttpRoute;
  readonly action: ForwardAction;
}

export function decideForward(index: MeshIndex, question: ForwardQuestion): Verdict {
  const { caller, request, taken } = question;
  const target = splitQuery(request.path);
  const path = normalizePath(target.path);
  const steps = [...question.steps];
  const share = (destination: Destination, verb: string) => {
    const settled = settleShare(index, caller, destination, request.port);
    steps.push({ text: describe(settled, verb), origin: destination.origin });
    return meet(settled, { ...request, path }, steps);
  };
  const shares = question.destinations.filter((d) => d.weight > 0).map((d) => share(d, 'to'));
  const mirrors = taken && copiesOf(taken.route).map((copy) => share(copy, 'copied to'));
  const worst = shares.map((share) => share.fate).reduce(worse, { outcome: 'allowed' });
  const status = question.isHttp ? statusOf(worst, caller) : undefined;
  return {
    ...worst,
    ...(status !== undefined && { status }),
    shares,
    ...(question.isHttp && { forwarded: { host: question.host ?? authorityOf(request), path: path + target.query } }),
    ...(taken && { ...forwardHandling(taken.route, taken.action.timeoutMs), mirrors: mirrors ?? [] }),
    steps,
  };
}

/** The mirrors of a route as destinations, those that copy anything at all. */
export function copiesOf(route: HttpRoute): readonly Destination[] {
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
function meet(settled: SettledShare, request: RequestParts, steps: Step[]): Share {
  if (settled.problem) addOnce(steps, settled.problem);
  const targets = settled.gates.map((gate) => pass(gate, request, steps));
  return shareOf(settled, targets);
}

export function shareOf({ host, port, subset, weight, problem }: SettledShare, targets: readonly Target[]): Share {
  const best: ShareFate = { outcome: problem ? 'unavailable' : 'allowed' };
  return { host, port, subset, weight, targets, fate: targets.map((target) => target.fate).reduce(worse, best) };
}

function pass(gate: Gate, request: RequestParts, steps: Step[]): Target {
  addOnce(steps, gate.step);
  if (gate.kind !== 'checked') return targetOf(gate, gate.kind === 'open');
  const { isAllowed, tried, ...step } = decideAccess(gate.access, request);
  for (const rule of tried) addOnce(steps, { ...rule, about: 'skipped' });
  addOnce(steps, { ...step, about: 'access' });
  return targetOf(gate, isAllowed);
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
  return fate.reason === 'access' ? 2 : 3;
}

/** A closed connection is a 503 of the caller's own proxy, where it has one. */
export function statusOf(fate: ShareFate, caller: Caller): number | undefined {
  if (fate.outcome === 'allowed') return 200;
  if (fate.outcome === 'denied' && fate.reason === 'access') return 403;
  return caller.kind === 'plain' ? undefined : 503;
}
