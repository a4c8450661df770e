// Two fates of the same requests, told apart: what is gained, lost, moved or handled otherwise. Says each difference once.
import {
  type Aspect,
  copies,
  type Fate,
  isReached,
  outside,
  reaches,
  splitChange,
  unmeshed,
} from '../analysis/index.ts';
import { hasProxy, isInMesh, type MeshIndex } from '../model/index.ts';
import { answeredOtherwise, preflights } from './cors-words.ts';
import { destinationChange, refusedPart } from './destination-changes.ts';
import { type Exposed, exposedBy, exposedCopies, withWays } from './exposed-traffic.ts';
import { handledOtherwise } from './handled-otherwise.ts';
import { describeRewrite, rewriteOf } from './rewrites.ts';
import type { Difference, RowEffect, RowKind, Severity } from './review.ts';
import { describeFate, describeSplit } from './words.ts';

type Share = Fate['shares'][number];

export interface FateChange extends Difference {
  readonly kind: RowKind;
  readonly effect: RowEffect;
  readonly severity: Severity;
  /** True where only requests count whose paths come out differently. */
  readonly isAboutPath: boolean;
  /** What those have in common that come of one rewrite (rewrites.ts). */
  readonly rewrites?: readonly string[];
  /** Of traffic: what is worse about where it goes now. */
  readonly exposed?: Exposed;
  /** Of access that is lost to some of the calls: `50% of the calls`. */
  readonly part?: string;
}

export interface ChangeContext {
  readonly from: string;
  /** Whether both meshes have the caller, and something that is called. */
  readonly isKnown: boolean;
  /** Whether nothing of what is sent can be told apart, nor how it is refused. */
  readonly isOpaque: boolean;
  /** Whether the host stands for many, of which the caller chooses one. */
  readonly isOfMany: boolean;
  readonly base: MeshIndex;
  readonly head: MeshIndex;
  /** Whether there are paths that the two fates change differently. */
  readonly pathsMayDiffer: boolean;
  /** Which part of the two fates is compared: a split to very many targets is compared one target at a time. */
  readonly aspect: Aspect;
}

export function fateChanges(a: Fate, b: Fate, context: ChangeContext): FateChange[] {
  if ((a.behind === undefined) !== (b.behind === undefined)) return abortChanges(a, b, context);
  const whole = { from: describeFate(a), to: describeFate(b) };
  if (context.aspect === 'target') {
    const found = [...targetChanges(a, b, context), ...tlsChanges(a, b), ...copyChanges(a, b, context)];
    return orWhole(a, b, found, context);
  }
  const [before, after] = [reaches(a), reaches(b)];
  if (before !== after) {
    const preflight = preflightAnswer(a, b);
    if (preflight) return [preflight, ...copyChanges(a, b, context)];
    const kind = kindOfReach(before ? a : b, before ? b : a, context);
    const reach = change(kind, after ? 'gained' : 'lost', whole, after ? 'high' : 'medium');
    return [reach, ...copyChanges(a, b, context)];
  }
  if (!before && (context.isOpaque || isNoNews(a, b, context))) return copyChanges(a, b, context);
  const found = before
    ? servedChanges(a, b, context)
    : [...refusalChanges(a, b, whole, context), ...preflightChanges(a, b), ...copyChanges(a, b, context)];
  const named = orWhole(a, b, found, context);
  const isToldAsAnswer = !before && named.some(({ from, to }) => from === whole.from && to === whole.to);
  return context.pathsMayDiffer && !isPlain(context) && !isToldAsAnswer ? [...named, pathChange(a, b, whole)] : named;
}

/** Of what a fault aborts without exception in one of the meshes: the fault, and what would have changed without it. */
function abortChanges(a: Fate, b: Fate, context: ChangeContext): FateChange[] {
  const [was, is] = [a.behind?.fate ?? a, b.behind?.fate ?? b];
  const isOpen = reaches(is);
  if (reaches(was) !== isOpen && !preflightAnswer(was, is)) {
    const whole = { from: describeFate(a), to: describeFate(b) };
    const kind = kindOfReach(isOpen ? is : was, isOpen ? was : is, context);
    return [change(kind, isOpen ? 'gained' : 'lost', whole, isOpen ? 'high' : 'medium')];
  }
  const isExact = context.aspect === 'whole' && (a.behind ?? b.behind)?.isExact === true;
  return isExact ? fateChanges(was, is, { ...context, pathsMayDiffer: false }) : handlingChanges(was, is);
}

/** What is found, or else what nothing of it names. */
function orWhole(a: Fate, b: Fate, found: readonly FateChange[], context: ChangeContext): FateChange[] {
  const isOther = splitChange(a).rest !== splitChange(b).rest;
  if (isBare(context) && reaches(a) && reaches(b) && isReadAsHttp(a) !== isReadAsHttp(b)) return [...found];
  const whole = { from: describeFate(a), to: describeFate(b) };
  const isSameRefusal = !reaches(a) && !reaches(b) && whole.from === whole.to;
  return found.length > 0 || !isOther || isSameRefusal ? [...found] : [behavior(whole)];
}

/** Of requests that get through in both meshes. What goes elsewhere tells how it travels there. */
function servedChanges(a: Fate, b: Fate, context: ChangeContext): FateChange[] {
  const moved = trafficChanges(a, b, context);
  return [
    ...targetChanges(a, b, context),
    ...(moved.length > 0 ? moved : tlsChanges(a, b)),
    ...copyChanges(a, b, context),
    ...handlingChanges(a, b),
  ];
}

function change(kind: RowKind, effect: RowEffect, difference: Difference, severity: Severity): FateChange {
  return { kind, effect, ...difference, severity, isAboutPath: false };
}

/** All the same to who sends to the port himself, and is let in. */
function isReadAsHttp({ status }: Fate): boolean {
  return status !== undefined;
}

/** Whether nobody's proxy stands between the caller and the servers'. */
function isBare({ from, base, head }: ChangeContext): boolean {
  if (from === outside) return false;
  return [base, head].every((index) => {
    const workload = index.workloadByKey.get(from);
    return from === unmeshed || (workload !== undefined && !hasProxy(workload));
  });
}

/** Nobody's routes apply to a process without a proxy. */
function isPlain({ from }: ChangeContext): boolean {
  return from === unmeshed;
}

function pathChange(a: Fate, b: Fate, whole: Difference): FateChange {
  const isServed = reaches(a);
  const found = behavior(isServed ? { about: 'path', from: describeRewrite(a), to: describeRewrite(b) } : whole);
  return { ...found, isAboutPath: true, ...(isServed && { rewrites: [rewriteOf(a), rewriteOf(b)] }) };
}

/** How a call is refused is no news where the caller is in one mesh only, or what is called; what a gateway answers is. */
function isNoNews(a: Fate, b: Fate, { from, isKnown }: ChangeContext): boolean {
  return !isKnown && (from !== outside || ![a, b].some(isAnswered));
}

/** Where CORS begins or ends on a route that is open: who may call has not changed. */
function preflightAnswer(a: Fate, b: Fate): FateChange | undefined {
  if (a.outcome !== 'answered' && b.outcome !== 'answered') return undefined;
  const { severity, ...difference } = answeredOtherwise(a, b);
  return change('behavior', 'changed', { about: preflights, ...difference }, severity);
}

/** What titles say of it. */
export const answer = 'answer';

function kindOfReach(reaching: Fate, refused: Fate, { from, base, head }: ChangeContext): RowKind {
  if (from === outside) return 'exposure';
  if (refused.reason === 'mtls') return from === unmeshed ? 'mtls' : 'access';
  const isInside = (share: Share) =>
    [base, head].some((index) => {
      const service = index.serviceByHost.get(share.host);
      return service !== undefined && isInMesh(service);
    });
  return reaching.shares.filter(isReached).every(isInside) ? 'access' : 'egress';
}

function behavior(difference: Difference): FateChange {
  return change('behavior', 'changed', difference, 'low');
}

function refusalChanges(a: Fate, b: Fate, whole: Difference, { from }: ChangeContext): FateChange[] {
  // Only copies may get through: then what is refused all the same is no change.
  if (splitChange(a).rest === splitChange(b).rest) return [];
  if (whole.from === whole.to) {
    if (a.outcome === 'answered') return [];
    if (isAnswered(a)) return handlingChanges(a, b);
    return handlingChanges(a, b, [a, b].some(isCopied) ? isOfCopy : isOfFault);
  }
  // Declaring a use without being let in, or no longer: one change, however the requests are refused then.
  if (from !== unmeshed && a.reason === 'egress') return [behavior({ from: describeFate(a), to: otherRefusal })];
  if (from !== unmeshed && b.reason === 'egress') return [behavior({ from: otherRefusal, to: describeFate(b) })];
  const isAboutTls = (a.reason === 'mtls') !== (b.reason === 'mtls');
  // That a process without a proxy meets the access rules at all means that plain text is taken.
  if (isAboutTls) return [change('mtls', 'changed', whole, a.reason === 'mtls' ? 'high' : 'medium')];
  if (from === unmeshed) return [];
  return [behavior([a, b].some(isAnswered) ? { about: answer, ...whole } : whole)];
}

/** The caller's proxy does that before it asks anybody; all else of a refusal is for those who are let in. */
function isOfFault({ about }: Difference): boolean {
  return about === 'fault';
}

/** Copies get through, with the headers of the route, whatever becomes of the request; nobody waits for them. */
function isOfCopy(found: Difference): boolean {
  return isOfFault(found) || found.about === 'request headers' || found.about === 'host';
}

function isCopied({ mirrors = [] }: Fate): boolean {
  return mirrors.some(isReached);
}

/** By a proxy, with something else than a refusal. */
function isAnswered({ outcome }: Fate): boolean {
  return outcome === 'redirect' || outcome === 'answered' || outcome === 'aborted';
}

/** What a proxy answers to a preflight is how it handles the route. */
function preflightChanges(a: Fate, b: Fate): FateChange[] {
  return a.outcome === 'answered' && b.outcome === 'answered' ? handlingChanges(a, b) : [];
}

const otherRefusal = 'sent on, but refused';

/** The same workload lets in, or denies, otherwise than before. */
function targetChanges(a: Fate, b: Fate, { from }: ChangeContext): FateChange[] {
  const kind = from === outside ? 'exposure' : 'access';
  return targetsInBoth(a, b).flatMap(([base, head]) => {
    const [was, is] = [said(base), said(head)];
    if (was === is) return [];
    const isGain = is === 'lets in';
    const difference = { about: nameOf(head), from: was, to: is };
    return [change(kind, isGain ? 'gained' : 'lost', difference, isGain ? 'high' : 'medium')];
  });
}

/** Where the answer is the same, and the way to it is not. */
function tlsChanges(a: Fate, b: Fate): FateChange[] {
  return targetsInBoth(a, b).flatMap(([base, head]) => {
    if (base.tls === head.tls || said(base) !== said(head)) return [];
    const difference = { about: `TLS to ${nameOf(head)}`, from: base.tls, to: head.tls };
    return [change('mtls', 'changed', difference, head.tls === 'plain' ? 'high' : 'medium')];
  });
}

type Target = Share['targets'][number];

function nameOf({ workload }: Target): string {
  return workload ?? 'the outside';
}

function targetsInBoth(a: Fate, b: Fate): readonly (readonly [base: Target, head: Target])[] {
  const before = targetsOf(a.shares);
  return [...targetsOf(b.shares)].flatMap(([key, head]) => {
    const base = before.get(key);
    return base ? [[base, head] as const] : [];
  });
}

function said({ fate }: Target): string {
  return fate.outcome === 'allowed' ? 'lets in' : 'denies';
}

function targetsOf(shares: readonly Share[]): Map<string, Target> {
  return new Map(
    shares.flatMap((share) =>
      share.targets.map((t) => [`${share.host} ${share.port} ${share.subset} ${t.workload}`, t] as const),
    ),
  );
}

function trafficChanges(a: Fate, b: Fate, { from, isOfMany, base, head }: ChangeContext): FateChange[] {
  const found = destinationChange(a.shares, b.shares);
  if (!found) return [];
  const before = { shares: a.shares, index: base };
  const after = { shares: b.shares, index: head };
  const [told, exposed] = [withWays(found, before, after), exposedBy(before, after, isOfMany)];
  const lost = refusedPart(a.shares, b.shares);
  if (lost === undefined) return [traffic(told, exposed)];
  const { about: _, ...whole } = told;
  const refused = { ...change(from === outside ? 'exposure' : 'access', 'lost', whole, 'medium'), part: lost };
  return exposed === undefined ? [refused] : [refused, traffic(told, exposed)];
}

/** What leaves the mesh, or is no longer encrypted, weighs as much as a new use of something outside, or the end of mTLS. */
function traffic(difference: Difference, exposed: Exposed | undefined): FateChange {
  const found = change('traffic', 'changed', difference, exposed === undefined ? 'medium' : 'high');
  return exposed === undefined ? found : { ...found, exposed };
}

function copyChanges(a: Fate, b: Fate, { isOfMany, base, head }: ChangeContext): FateChange[] {
  const [before, after] = [a.mirrors ?? [], b.mirrors ?? []];
  if (copies(before).join() === copies(after).join()) return [];
  const describe = (shares: readonly Share[]) =>
    shares.map((share) => `${share.weight}% to ${describeSplit([share])}`).join(', ') || 'nowhere';
  const [from, to] = [describe(before), describe(after)];
  const difference: Difference | undefined =
    from === to ? destinationChange(before.filter(isReached), after.filter(isReached)) : { from, to };
  if (!difference) return [];
  const about = [copiesWord, ...(from === to ? [difference.about ?? ''] : [])].join(', ');
  const was = { shares: before, index: base };
  const is = { shares: after, index: head };
  const exposed = exposedCopies({ shares: a.shares, index: base }, was, is, isOfMany);
  return [traffic(withWays({ ...difference, about }, was, is), exposed)];
}

export const copiesWord = 'copies';

/** Timeouts, retries, headers and so on: all that differs in one line. */
function handlingChanges(a: Fate, b: Fate, isTold?: (found: Difference) => boolean): FateChange[] {
  return handledOtherwise(a, b, isTold).map(({ severity, ...found }) => change('behavior', 'changed', found, severity));
}
