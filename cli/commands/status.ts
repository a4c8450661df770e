// `fairlead status`: what is live, what each commit came to, and which proxy has what.
import Table from 'cli-table3';
import { Option } from 'commander';
import type { CommandFile } from '../program.ts';
import { fetchStatus, type UpStatus, upAddress } from '../up/up-client.ts';

interface Options {
  readonly format: 'text' | 'json';
  readonly address?: string;
}

export const statusCommand: CommandFile = (program, io, finish) => {
  program
    .command('status')
    .description('show what is live and which proxy has what')
    .argument('[dir-or-repo]', 'what was brought up', '.')
    .option('--address <url>', 'the status server, where it is not found by itself')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (subject: string, { format, address }: Options) => {
      const status = await fetchStatus(upAddress(io.cwd, subject, address));
      io.stdout(format === 'json' ? `${JSON.stringify(status, null, 2)}\n` : renderStatus(status));
      finish(status.proxies.some((proxy) => proxy.state !== 'current') ? 1 : 0);
    });
};

const bare = { style: { head: [], border: [], compact: true }, chars: borderless() };

function renderStatus(status: UpStatus): string {
  const proxies = new Table({ head: ['PROXY', 'WORKLOAD', 'STATE', 'COMMIT'], ...bare });
  for (const { id, workload, state, ackedCommit } of status.proxies)
    proxies.push([id, workload, state, short(ackedCommit)]);
  const deployments = new Table({ head: ['COMMIT', 'STATE', 'FINDINGS', 'COMPILE', 'ROLL-OUT', 'AT'], ...bare });
  for (const { commit, state, diagnostics, timings } of status.deployments.slice(0, 10)) {
    const at = new Date(timings.finishedAt ?? timings.queuedAt).toISOString();
    deployments.push([
      short(commit),
      state,
      String(diagnostics.length),
      ms(timings.compileMs),
      ms(timings.rollOutMs),
      at,
    ]);
  }
  const head = `live: ${short(status.commit)} of ${status.subject}, ${status.proxies.length} ${status.proxy} proxies`;
  return `${head}\n\n${trimmed(proxies)}\n\n${trimmed(deployments)}\n`;
}

export function short(commit: string | undefined): string {
  return commit === undefined ? 'none' : commit.slice(0, 12);
}

function ms(value: number | undefined): string {
  return value === undefined ? '-' : `${Math.round(value)} ms`;
}

function trimmed(table: InstanceType<typeof Table>): string {
  return table.toString().replace(/ +$/gm, '').replace(/^ /gm, '');
}

/** Columns with nothing but space between them, as kubectl prints. */
function borderless(): Record<string, string> {
  const names =
    'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid';
  return { ...Object.fromEntries(names.split(' ').map((name) => [name, ''])), middle: '  ' };
}
