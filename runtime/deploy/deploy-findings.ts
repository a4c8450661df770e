// What goes wrong when a commit is deployed, in words.
import { type Diagnostic, makeDiagnostic } from '../../compiler/index.ts';
import type { CommitReport } from '../control-plane/ledger.ts';

/** Why a roll-out stopped: what proxies refused, each with its place, or who did not answer. */
export function failure(commit: string, report: CommitReport | undefined): readonly Diagnostic[] {
  const short = commit.slice(0, 12);
  const refusals = (report?.proxies ?? []).filter((proxy) => proxy.state === 'nacked');
  if (refusals.length > 0) {
    const names = namesOf(report, ['nacked']);
    const place = refusals.flatMap((proxy) => proxy.diagnostics).find((d) => d.span)?.span;
    const hint = 'the proxies keep the last good commit; mend what they refuse and push again';
    return [
      makeDiagnostic('FL0843', { message: `commit ${short} was rejected by ${names}`, span: place, hint }),
      ...refusals.flatMap((proxy) => proxy.diagnostics),
    ];
  }
  const message = `commit ${short} was not acknowledged in time by ${namesOf(report, ['pending'])}`;
  return [
    makeDiagnostic('FL0844', {
      message,
      hint: 'look at the logs of these proxies; push the commit again when they answer',
    }),
  ];
}

export function stuckRollback(commit: string, report: CommitReport | undefined): Diagnostic {
  const names = namesOf(report, ['pending', 'nacked']);
  return makeDiagnostic('FL0845', {
    message: `the rollback to ${commit.slice(0, 12)} is not acknowledged by ${names}`,
    hint: 'look at the logs of these proxies, and restart them if they hang',
  });
}

/** The first few names, and how many more. */
function namesOf(report: CommitReport | undefined, states: readonly string[]): string {
  const names = (report?.proxies ?? []).filter(({ state }) => states.includes(state)).map(({ node }) => node);
  const more = names.length - 5;
  return `${names.slice(0, 5).join(', ') || 'some proxies'}${more > 0 ? ` and ${more} more` : ''}`;
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
