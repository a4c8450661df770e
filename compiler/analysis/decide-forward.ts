// The end of a decision: each share of the traffic meets its workloads' TLS and access rules.
import type { ForwardAction, HttpRoute, MeshIndex, TestRequest, WeightedDestination } from '../model/index.ts';
import { decideAccess } from './access.ts';
import type { Caller } from './caller.ts';
import type { Gate } from './connection.ts';
import { normalizePath, splitQuery } from './normalize-path.ts';
import { authorityOf } from './redirect.ts';
import { type SettledShare, settleShare } from './settle-share.ts';
import type { Share, ShareFate, Step, Verdict } from './verdict.ts';

export interface ForwardQuestion {
  readonly caller: Caller;
  /** As forwarded: with its path rewritten. */
  readonly request: TestRequest;
  readonly steps: readonly Step[];
  readonly destinations: readonly Pick<WeightedDestination, 'host' | 'port' | 'subset' | 'weight' | 'origin'>[];
  readonly isHttp: boolean;
  /** Authority after rewriting. */
  readonly host?: string;
  readonly route?: HttpRoute;
  readonly action?: ForwardAction;
}

export function decideForward(index: MeshIndex, question: ForwardQuestion): Verdict {
  const { caller, request, action, route } = question;
  const target = splitQuery(request.path);
  const path = normalizePath(target.path);
  const steps = [...question.steps];
  const shares = question.destinations
    .filter((destination) => destination.weight > 0)
    .map((destination) => {
      const settled = settleShare(index, caller, destination, request.port);
      steps.push({ text: describe(settled), origin: destination.origin });
      return meet(settled, request.method, path, steps);
    });
  const worst = shares.map((share) => share.fate).reduce(worse, { outcome: 'allowed' });
  const status = question.isHttp ? statusOf(worst, caller) : undefined;
  return {
    ...worst,
    ...(status !== undefined && { status }),
    shares,
    ...(question.isHttp && { forwarded: { host: question.host ?? authorityOf(request), path: path + target.query } }),
    ...(route && { headers: route.headers, ...(route.fault && { fault: route.fault }) }),
    ...(action && { timeoutMs: action.timeoutMs, retries: action.retries, mirrors: action.mirrors }),
    steps,
  };
}

function describe({ host, port, subset, weight }: SettledShare): string {
  return `${weight}% to ${subset === '' ? '' : `version ${subset} of `}${host}:${port}`;
}

/** The fate of one share; adds the steps that decided it, each once however many workloads share them. */
function meet(settled: SettledShare, method: string, path: string, steps: Step[]): Share {
  const { host, port, subset, weight, workloads, problem } = settled;
  const share = { host, port, subset, weight, workloads };
  if (problem) {
    addOnce(steps, problem);
    return { ...share, fate: { outcome: 'unavailable' } };
  }
  const fates = settled.gates.map((gate) => pass(gate, method, path, steps));
  return { ...share, fate: fates.reduce(worse, { outcome: 'allowed' }) };
}

function pass(gate: Gate, method: string, path: string, steps: Step[]): ShareFate {
  addOnce(steps, gate.step);
  if (gate.kind === 'open') return { outcome: 'allowed' };
  if (gate.kind === 'closed') return { outcome: 'denied', reason: 'mtls' };
  const { isAllowed, ...step } = decideAccess(gate.access, method, path);
  addOnce(steps, step);
  return isAllowed ? { outcome: 'allowed' } : { outcome: 'denied', reason: 'access' };
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
function statusOf(fate: ShareFate, caller: Caller): number | undefined {
  if (fate.outcome === 'allowed') return 200;
  if (fate.outcome === 'denied' && fate.reason === 'access') return 403;
  return caller.kind === 'plain' ? undefined : 503;
}
