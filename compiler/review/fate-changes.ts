// Two fates of the same requests, told apart: what is gained, lost, moved or handled otherwise. Says each difference once.
import { contentKey, type Fate, isReached, outside, reaches, splitChange, unmeshed } from '../analysis/index.ts';
import { isInMesh, type MeshIndex } from '../model/index.ts';
import { difference, featureChanges } from './feature-changes.ts';
import type { RowEffect, RowKind, Severity } from './review.ts';
import { describeFate, describeSplit } from './words.ts';

type Share = Fate['shares'][number];

export interface FateChange {
  readonly kind: RowKind;
  readonly effect: RowEffect;
  /** What was and what is. */
  readonly text: string;
  readonly severity: Severity;
  /** True where only requests count whose paths come out differently. */
  readonly isAboutPath: boolean;
}

export interface ChangeContext {
  readonly from: string;
  /** Of the service called; absent at a gateway. */
  readonly host?: string;
  readonly base: MeshIndex;
  readonly head: MeshIndex;
  /** Whether there are paths that the two fates change differently. */
  readonly pathsMayDiffer: boolean;
}

export function fateChanges(a: Fate, b: Fate, context: ChangeContext): FateChange[] {
  const [before, after] = [reaches(a), reaches(b)];
  const text = `${describeFate(a)} -> ${describeFate(b)}`;
  if (before !== after) {
    const kind = kindOfReach(before ? a : b, before ? b : a, context);
    const reach = change(kind, after ? 'gained' : 'lost', text, after ? 'high' : 'medium');
    return [reach, ...copyChanges(a, b)];
  }
  if (isNewcomer(context)) return [];
  const found = before
    ? [...targetChanges(a, b, context), ...trafficChanges(a, b), ...copyChanges(a, b), ...handlingChanges(a, b)]
    : [...refusalChanges(a, b, text, context), ...copyChanges(a, b)];
  const isOther = splitChange(a).rest !== splitChange(b).rest;
  const named = found.length > 0 || !isOther ? found : [behavior(text)];
  return context.pathsMayDiffer && !isPlain(context) ? [...named, pathChange(a, b, text)] : named;
}

function change(kind: RowKind, effect: RowEffect, text: string, severity: Severity): FateChange {
  return { kind, effect, text, severity, isAboutPath: false };
}

/** Nobody's routes apply to a process without a proxy. */
function isPlain({ from }: ChangeContext): boolean {
  return from === unmeshed;
}

function pathChange(a: Fate, b: Fate, text: string): FateChange {
  const show = (fate: Fate) => {
    const { change } = splitChange(fate);
    if (change.kind === 'keep') return 'as sent';
    return change.kind === 'replace' ? change.path : `${change.path}… for ${change.dropped}…`;
  };
  return { ...behavior(reaches(a) ? `path: ${show(a)} -> ${show(b)}` : text), isAboutPath: true };
}

/** What a workload cannot do, or a service does not give, that is in one mesh only, is no news. */
function isNewcomer({ from, host, base, head }: ChangeContext): boolean {
  if (host !== undefined && base.serviceByHost.has(host) !== head.serviceByHost.has(host)) return true;
  if (from === outside || from === unmeshed) return false;
  return base.workloadByKey.has(from) !== head.workloadByKey.has(from);
}

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

function behavior(text: string): FateChange {
  return change('behavior', 'changed', text, 'low');
}

function refusalChanges(a: Fate, b: Fate, text: string, { from }: ChangeContext): FateChange[] {
  if (splitChange(a).rest === splitChange(b).rest) return [];
  const isAboutTls = (a.reason === 'mtls') !== (b.reason === 'mtls');
  // That a process without a proxy meets the access rules at all means that plain text is taken.
  if (isAboutTls) return [change('mtls', 'changed', text, a.reason === 'mtls' ? 'high' : 'medium')];
  if (from === unmeshed) return [];
  // Declaring a use without being let in: one change, however the requests are refused then.
  if (a.reason === 'egress') return [behavior(`${describeFate(a)} -> not let through for other reasons`)];
  if (b.reason === 'egress') return [behavior(`not let through for other reasons -> ${describeFate(b)}`)];
  return [behavior(text)];
}

/** The same workload lets in, or talks, otherwise than before. */
function targetChanges(a: Fate, b: Fate, { from }: ChangeContext): FateChange[] {
  const before = targetsOf(a.shares);
  const kind = from === outside ? 'exposure' : 'access';
  return [...targetsOf(b.shares)].flatMap(([key, head]) => {
    const base = before.get(key);
    return base ? targetChange(base, head, kind) : [];
  });
}

type Target = Share['targets'][number];

function targetChange(base: Target, head: Target, kind: RowKind): FateChange[] {
  const [was, is] = [base, head].map(({ fate }) => (fate.outcome === 'allowed' ? 'lets in' : 'denies'));
  const who = head.workload ?? 'the outside';
  if (was !== is) {
    const isGain = is === 'lets in';
    return [change(kind, isGain ? 'gained' : 'lost', `${who} ${was} -> ${is}`, isGain ? 'high' : 'medium')];
  }
  if (base.tls === head.tls) return [];
  return [
    change('mtls', 'changed', `TLS to ${who}: ${base.tls} -> ${head.tls}`, base.tls === 'mutual' ? 'high' : 'medium'),
  ];
}

function targetsOf(shares: readonly Share[]): Map<string, Target> {
  return new Map(
    shares.flatMap((share) =>
      share.targets.map((t) => [`${share.host} ${share.port} ${share.subset} ${t.workload}`, t] as const),
    ),
  );
}

function trafficChanges(a: Fate, b: Fate): FateChange[] {
  const moved = (text: string) => change('traffic', 'changed', text, 'medium');
  const [before, after] = [a.shares, b.shares].map(describeSplit);
  if (before !== after) return [moved(`${before} -> ${after}`)];
  const [was, is] = [a.shares, b.shares].map((shares) =>
    [...new Set(shares.flatMap((share) => share.targets.map((t) => t.workload ?? share.host)))].sort().join(', '),
  );
  return was === is ? [] : [moved(`served by ${was || 'nobody'} -> ${is || 'nobody'}`)];
}

function copyChanges(a: Fate, b: Fate): FateChange[] {
  const [before, after] = [a.mirrors ?? [], b.mirrors ?? []];
  if (contentKey(before) === contentKey(after)) return [];
  const describe = (shares: readonly Share[]) =>
    shares.map((share) => `${describeSplit([share])}${isReached(share) ? '' : ' (refused)'}`).join(', ') || 'nowhere';
  return [change('traffic', 'changed', `copied to: ${describe(before)} -> ${describe(after)}`, 'medium')];
}

/** Timeouts, retries, headers and so on. */
function handlingChanges(a: Fate, b: Fate): FateChange[] {
  const texts = [
    ...difference('timeout', a.timeoutMs, b.timeoutMs, (ms) => (ms ? `${ms} ms` : 'none')),
    ...difference('host', a.forward?.host, b.forward?.host, (host) => host ?? 'as sent'),
    ...featureChanges(a, b),
  ];
  return texts.map(behavior);
}
