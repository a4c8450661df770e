// Two fates of the same requests, told apart: what is gained, lost, moved or handled otherwise. Says each difference once.
import { type Fate, isReached, outside, reaches, splitChange, unmeshed } from '../analysis/index.ts';
import { hasProxy, isInMesh } from '../model/index.ts';
import { copyChanges } from './copy-changes.ts';
import { answeredOtherwise, preflights } from './cors-words.ts';
import { destinationChange, refusedPart } from './destination-changes.ts';
import { exposedBy, withWays } from './exposed-traffic.ts';
import { change, type ChangeContext, type FateChange, traffic } from './fate-change.ts';
import { handledOtherwise } from './handled-otherwise.ts';
import { describeRewrite, rewriteOf } from './rewrites.ts';
import type { Difference, RowKind } from './review.ts';
import { targetChanges, tlsChanges } from './target-changes.ts';
import { describeFate } from './words.ts';

type Share = Fate['shares'][number];

export function fateChanges(a: Fate, b: Fate, context: ChangeContext): FateChange[] {
  if ((a.behind === undefined) !== (b.behind === undefined)) return abortChanges(a, b, context);
  const whole = { from: describeFate(a), to: describeFate(b) };
  if (context.aspect === 'target') {
    const found = [...targetChanges(a, b, context), ...tlsChanges(a.shares, b.shares), ...copyChanges(a, b, context)];
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
    ...(moved.length > 0 ? moved : tlsChanges(a.shares, b.shares)),
    ...copyChanges(a, b, context),
    ...handlingChanges(a, b),
  ];
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

/** Timeouts, retries, headers and so on: all that differs in one line. */
function handlingChanges(a: Fate, b: Fate, isTold?: (found: Difference) => boolean): FateChange[] {
  return handledOtherwise(a, b, isTold).map(({ severity, ...found }) => change('behavior', 'changed', found, severity));
}
