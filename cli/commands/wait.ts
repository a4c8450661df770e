// `fairlead wait`: until a commit is live on every proxy, or is refused, or time is up.
import { loadRevision, renderText } from '../../compiler/index.ts';
import type { DeployRecord } from '../../runtime/index.ts';
import { short } from '../commit-id.ts';
import { type ExitCode, type Io, UsageError } from '../io.ts';
import { liveAfter, proxiesChanged } from '../live-after.ts';
import { lookupIn } from '../load.ts';
import type { CommandFile } from '../command-file.ts';
import { fetchStatus, fetchWait, type UpStatus, upAddress } from '../up/up-client.ts';

export const waitCommand: CommandFile = (program, io, finish) => {
  program
    .command('wait')
    .description('wait until a commit is live on every proxy, or refused')
    .argument('[dir-or-repo]', 'what was brought up', '.')
    .requiredOption('--commit <rev>', 'commit to wait for: its id, a branch, or HEAD')
    .option('--timeout <duration>', 'how long to wait, such as 500ms, 30s or 2m', '30s')
    .option('--address <url>', 'the status server, where it is not found by itself')
    .addHelpText(
      'after',
      '\nExits 0 once the commit is live, 1 if it was refused, failed, was superseded or replaced, or time is up.' +
        '\n\nExample:\n  git push && fairlead wait /srv/git/mesh.git --commit HEAD --timeout 1m',
    )
    .action(async (subject: string, options: { commit: string; timeout: string; address?: string }) => {
      const timeoutMs = parseDuration(options.timeout);
      const address = upAddress(io.cwd, subject, options.address);
      const status = await fetchStatus(address);
      const commit = await resolveCommit(status, options.commit);
      const record = await fetchWait(address, commit, timeoutMs);
      if (!record) {
        io.stderr(`commit ${short(commit)} was not seen within ${options.timeout}\n`);
        return finish(1);
      }
      const { commit: live } = await fetchStatus(address);
      if (record.state === 'deployed' && live !== undefined && live !== commit) {
        io.stdout(`commit ${short(commit)} was live, and has been replaced by ${short(live)}\n`);
        return finish(1);
      }
      finish(report(io, status, record, options.timeout));
    });
};

function report(io: Io, { repository = '', path }: UpStatus, record: DeployRecord, timeout: string): ExitCode {
  const { commit, state, diagnostics, phases } = record;
  if (state === 'deployed') {
    io.stdout(
      `commit ${short(commit)} is live: ${proxiesChanged(phases)} changed, every proxy has acknowledged, ${liveAfter(record)} ms after it was seen\n`,
    );
    return 0;
  }
  const why = {
    refused: 'was refused; last good stays',
    failed: record.rolledBackTo === undefined ? 'failed' : `failed; ${short(record.rolledBackTo)} is live again`,
    superseded: `was superseded by ${short(record.supersededBy)}`,
    queued: `is still queued after ${timeout}`,
    deploying: `is still being deployed after ${timeout}`,
  }[state];
  io.stdout(`commit ${short(commit)} ${why}\n`);
  const lookup = lookupIn(loadRevision(repository, commit, path));
  if (diagnostics.length > 0) io.stderr(renderText(diagnostics, { lookup, color: io.colorErrors }));
  return 1;
}

/** A full commit id is taken as it is: it may be pushed later. Names mean what they mean in the repository that was brought up. */
async function resolveCommit({ subject, repository }: UpStatus, revision: string): Promise<string> {
  if (/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(revision)) return revision;
  const git = (await import('../../runtime/index.ts')).gitProgram();
  if (!subject.startsWith('/')) {
    // The mirror may lag behind, and has no HEAD of its own.
    const listed = await git(['ls-remote', '--', subject, 'HEAD', `refs/heads/${revision}`, `refs/tags/${revision}`]);
    const refs = (listed.ok ? listed.stdout : '').split('\n').map((line) => line.split('\t'));
    const found = refs.find(([, name]) =>
      [revision, `refs/heads/${revision}`, `refs/tags/${revision}`].includes(name ?? ''),
    );
    if (found?.[0]) return found[0];
  }
  const found =
    repository === undefined
      ? undefined
      : await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], repository);
  if (found?.ok) return found.stdout.trim();
  throw new UsageError(
    `"${revision}" is no commit of ${subject}`,
    'a commit that is still to be pushed needs its full id',
  );
}

function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const factor = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  if (number === undefined || factor === undefined)
    throw new UsageError(`"${text}" is no duration`, 'write it like 500ms, 30s or 2m');
  return Number(number) * factor;
}
