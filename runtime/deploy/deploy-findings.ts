// What goes wrong when a commit is deployed, in words.
import { type Diagnostic, makeDiagnostic } from '../../compiler/index.ts';
import type { Acknowledgement, Receiver } from './deploy-target.ts';

/** A commit that did not get through, and who had to take it: `receivers` is their name in the plural, such as `proxies`. */
export interface Stuck {
  readonly commit: string;
  readonly receivers: string;
  /** Absent if it was not waited for. */
  readonly acknowledgement: Acknowledgement | undefined;
}

/** Why a roll-out stopped: what receivers refused, each with its place, or who did not answer. */
export function failure({ commit, receivers, acknowledgement }: Stuck): readonly Diagnostic[] {
  const short = commit.slice(0, 12);
  const refusals = (acknowledgement?.receivers ?? []).filter(({ state }) => state === 'nacked');
  if (refusals.length > 0) {
    const names = namesOf(refusals, receivers);
    const place = refusals.flatMap(({ diagnostics }) => diagnostics).find((d) => d.span)?.span;
    const hint = `the ${receivers} keep the last good commit; mend what they refuse and push again`;
    return [
      makeDiagnostic('FL0843', { message: `commit ${short} was rejected by ${names}`, span: place, hint }),
      ...refusals.flatMap(({ diagnostics }) => diagnostics),
    ];
  }
  const silent = (acknowledgement?.receivers ?? []).filter(({ state }) => state === 'pending');
  return [
    makeDiagnostic('FL0844', {
      message: `commit ${short} was not acknowledged in time by ${namesOf(silent, receivers)}`,
      hint: `look at the logs of these ${receivers}; push the commit again when they answer`,
    }),
  ];
}

export function stuckRollback({ commit, receivers, acknowledgement }: Stuck): Diagnostic {
  const stuck = (acknowledgement?.receivers ?? []).filter(({ state }) => state !== 'acked');
  return makeDiagnostic('FL0845', {
    message: `the rollback to ${commit.slice(0, 12)} is not acknowledged by ${namesOf(stuck, receivers)}`,
    hint: `look at the logs of these ${receivers}, and restart them if they hang`,
  });
}

/** The first few names, and how many more. */
function namesOf(stuck: readonly Receiver[], receivers: string): string {
  const names = stuck.map(({ name }) => name);
  const more = names.length - 5;
  return `${names.slice(0, 5).join(', ') || `some ${receivers}`}${more > 0 ? ` and ${more} more` : ''}`;
}

export function nothing(commit: string): Diagnostic {
  return makeDiagnostic('FL0846', {
    message: `commit ${commit.slice(0, 12)} holds no mesh`,
    hint: 'keep the intent where it was; to take the mesh down, stop it',
  });
}

export function internal(commit: string, error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  return makeDiagnostic('FL0001', { message: `deploying ${commit.slice(0, 12)} failed unexpectedly: ${reason}` });
}
