// The same targets on both sides, which let in, or are spoken to, otherwise than before.
import { type Fate, outside } from '../analysis/index.ts';
import { change, type ChangeContext, type FateChange } from './fate-change.ts';

type Share = Fate['shares'][number];

/** The same workload lets in, or denies, otherwise than before. */
export function targetChanges(a: Fate, b: Fate, { from }: ChangeContext): FateChange[] {
  const kind = from === outside ? 'exposure' : 'access';
  return targetsInBoth(a.shares, b.shares).flatMap(([base, head]) => {
    const [was, is] = [said(base), said(head)];
    if (was === is) return [];
    const isGain = is === 'lets in';
    const difference = { about: nameOf(head), from: was, to: is };
    return [change(kind, isGain ? 'gained' : 'lost', difference, isGain ? 'high' : 'medium')];
  });
}

/** Where the answer is the same, and the way to it is not. */
export function tlsChanges(before: readonly Share[], after: readonly Share[], word = 'TLS'): FateChange[] {
  return targetsInBoth(before, after).flatMap(([base, head]) => {
    if (base.tls === head.tls || said(base) !== said(head)) return [];
    const difference = { about: `${word} to ${nameOf(head)}`, from: base.tls, to: head.tls };
    return [change('mtls', 'changed', difference, head.tls === 'plain' ? 'high' : 'medium')];
  });
}

type Target = Share['targets'][number];

export function nameOf({ workload }: Target): string {
  return workload ?? 'the outside';
}

export function targetsInBoth(
  was: readonly Share[],
  is: readonly Share[],
): readonly (readonly [base: Target, head: Target])[] {
  const before = targetsOf(was);
  return [...targetsOf(is)].flatMap(([key, head]) => {
    const base = before.get(key);
    return base ? [[base, head] as const] : [];
  });
}

export function said({ fate }: Target): string {
  return fate.outcome === 'allowed' ? 'lets in' : 'denies';
}

function targetsOf(shares: readonly Share[]): Map<string, Target> {
  return new Map(
    shares.flatMap((share) =>
      share.targets.map((t) => [`${share.host} ${share.port} ${share.subset} ${t.workload}`, t] as const),
    ),
  );
}
