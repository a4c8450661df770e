// `fairlead wait`: until a commit is live on every proxy, or is refused, or time is up.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { loadRevision, renderText } from '../../compiler/index.ts';
import type { DeployRecord } from '../../runtime/index.ts';
import { type ExitCode, type Io, UsageError } from '../io.ts';
import { lookupIn } from '../load.ts';
import type { CommandFile } from '../program.ts';
import { fetchWait, upAddress } from '../up/up-client.ts';
import { short } from './status.ts';

const run = promisify(execFile);

export const waitCommand: CommandFile = (program, io, finish) => {
  program
    .command('wait')
    .description('wait until a commit is live on every proxy, or refused')
    .argument('[dir-or-repo]', 'what was brought up', '.')
    .requiredOption('--commit <rev>', 'commit to wait for')
    .option('--timeout <duration>', 'how long to wait, such as 500ms, 30s or 2m', '30s')
    .option('--address <url>', 'the status server, where it is not found by itself')
    .action(async (subject: string, options: { commit: string; timeout: string; address?: string }) => {
      const timeoutMs = parseDuration(options.timeout);
      const commit = await resolveCommit(io, subject, options.commit);
      const record = await fetchWait(upAddress(io.cwd, subject, options.address), commit, timeoutMs);
      if (!record) {
        io.stderr(`commit ${short(commit)} was not seen within ${options.timeout}\n`);
        return finish(1);
      }
      finish(report(io, subject, record, options.timeout));
    });
};

function report(io: Io, subject: string, record: DeployRecord, timeout: string): ExitCode {
  const { commit, state, diagnostics, timings, phases } = record;
  if (state === 'deployed') {
    const affected = Math.max(0, ...phases.map((phase) => phase.affected));
    const after = Math.round((timings.finishedAt ?? timings.queuedAt) - timings.queuedAt);
    io.stdout(
      `commit ${short(commit)} is live: ${affected} of the proxies had something to change, all have acknowledged, ${after} ms after it was seen\n`,
    );
    return 0;
  }
  const why = {
    refused: 'refused; last good stays',
    failed: 'failed and was rolled back',
    superseded: `superseded by ${short(record.supersededBy)}`,
  };
  io.stdout(
    `commit ${short(commit)} ${state === 'queued' || state === 'deploying' ? `is still ${state} after ${timeout}` : `was ${why[state]}`}\n`,
  );
  const lookup = lookupIn(loadRevision(resolve(io.cwd, subject), commit, ''));
  if (diagnostics.length > 0) io.stderr(renderText(diagnostics, { lookup, color: io.colorErrors }));
  return 1;
}

/** A full commit id where the repository is at hand; what was given, otherwise. */
async function resolveCommit(io: Io, subject: string, revision: string): Promise<string> {
  const found = await run('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], {
    cwd: resolve(io.cwd, subject),
  }).catch(() => undefined);
  if (found) return found.stdout.trim();
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  throw new UsageError(`"${revision}" is no commit of ${subject}`);
}

function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const factor = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  if (number === undefined || factor === undefined)
    throw new UsageError(`"${text}" is no duration`, 'write it like 500ms, 30s or 2m');
  return Number(number) * factor;
}
