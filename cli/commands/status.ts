// `fairlead status`: what is live, what each commit came to, and which proxy has what.
import Table from 'cli-table3';
import { Option } from 'commander';
import { formatSpan, printable } from '../../compiler/index.ts';
import type { DeployRecord } from '../../runtime/index.ts';
import type { CommandFile } from '../command-file.ts';
import { short } from '../commit-id.ts';
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
    .addHelpText(
      'after',
      '\nExits 0 if every proxy has the live commit, 1 otherwise.' +
        '\n\nExamples:\n  fairlead status examples/shop\n  fairlead status examples/shop --format json | jq .addresses.gateways',
    )
    .action(async (subject: string, { format, address }: Options) => {
      const status = await fetchStatus(upAddress(io.cwd, subject, address));
      io.stdout(format === 'json' ? `${JSON.stringify(status, null, 2)}\n` : renderStatus(status));
      const isLive = status.commit !== undefined;
      finish(isLive && status.proxies.every((proxy) => proxy.state === 'current') ? 0 : 1);
    });
};

const bare = { style: { head: [], border: [], compact: true }, chars: borderless() };

function renderStatus(status: UpStatus): string {
  const count = status.proxies.length;
  const proxies = count === 1 ? `1 ${status.proxy} proxy` : `${count} ${status.proxy} proxies`;
  const head =
    status.commit === undefined
      ? `nothing of ${status.subject} is live yet`
      : `live: ${short(status.commit)} of ${status.subject}, ${proxies}`;
  return `${[head, renderProxies(status), renderDeployments(status), ...renderReasons(status)].filter((part) => part !== '').join('\n\n')}\n`;
}

function renderProxies({ proxies }: UpStatus): string {
  if (proxies.length === 0) return '';
  const table = new Table({ head: ['PROXY', 'WORKLOAD', 'STATE', 'COMMIT'], ...bare });
  for (const { id, workload, state, ackedCommit } of proxies) table.push([id, workload, state, short(ackedCommit)]);
  return trimmed(table);
}

const deploymentsShown = 10;

function renderDeployments({ deployments }: UpStatus): string {
  if (deployments.length === 0) return '';
  const table = new Table({ head: ['COMMIT', 'STATE', 'FINDINGS', 'COMPILE', 'ROLL-OUT', 'AT'], ...bare });
  for (const { commit, state, diagnostics, timings } of deployments.slice(0, deploymentsShown)) {
    const at = new Date(timings.finishedAt ?? timings.queuedAt).toISOString();
    const findings = String(diagnostics.length);
    table.push([short(commit), state, findings, ms(timings.compileMs), ms(timings.rollOutMs), at]);
  }
  return trimmed(table);
}

/** What stands in the way of the newest commit. */
function renderReasons({ deployments }: UpStatus): string[] {
  const newest: DeployRecord | undefined = deployments[0];
  if (newest?.state !== 'refused' && newest?.state !== 'failed') return [];
  const errors = newest.diagnostics.filter(({ severity }) => severity === 'error').slice(0, 5);
  return errors.map(
    ({ code, message, span }) =>
      `${short(newest.commit)}: error[${code}]: ${printable(message)}${span ? `, at ${formatSpan(span)}` : ''}`,
  );
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
