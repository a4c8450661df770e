// `fairlead reach`: who can call whom, with what, decided by which lines.
import { Option } from 'commander';
import { formatSpan, type ReachRow } from '../../compiler/index.ts';
import { resolveCaller, resolveService } from '../caller.ts';
import { writeErrors } from '../io.ts';
import { hasMesh, loadAndCheck } from '../load.ts';
import type { CommandFile } from '../command-file.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly format: 'text' | 'json';
}

export const reachCommand: CommandFile = (program, io, finish) => {
  program
    .command('reach')
    .description('show who can call whom, with what, and by which lines')
    .argument('[dir]', 'folder or REV:path', '.')
    .option(
      '--from <caller>',
      'only this calling workload or gateway, "outside" for callers of all gateways, or "unmeshed" for a process without a proxy',
    )
    .option('--to <service>', 'only this service, as name, namespace/name or host')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead reach mesh/ --to shoes\n  fairlead reach mesh/ --from outside\n  fairlead reach mesh/ --from inventory --to shoes',
    )
    .action(async (dir: string, { from, to, format }: Options) => {
      const checked = await loadAndCheck(io, dir, { policies: false });
      const code = writeErrors(io, checked, format);
      if (code !== 0 || !hasMesh(checked)) return finish(1);
      const { reach, renderData } = await import('../../compiler/index.ts');
      const { mesh } = checked;
      const rows = reach(mesh, {
        ...(from !== undefined && { from: resolveCaller(mesh, from) }),
        ...(to !== undefined && { to: resolveService(mesh, to) }),
      });
      io.stdout(
        format === 'json'
          ? renderData(rows, checked.folders.named)
          : rows.map((row) => renderRow(row, checked.folders.named)).join('\n') || 'nobody reaches it\n',
      );
      finish(rows.some((row) => row.reach !== 'none') ? 0 : 1);
    });
};

const callersShown = 6;

function renderRow(row: ReachRow, folder: string): string {
  const { from, host, port, by, isCopy, reach, requests, because, example } = row;
  const more = from.length > callersShown ? ` and ${from.length - callersShown} more` : '';
  const what = reach === 'all' ? 'any request' : reach === 'none' ? 'nothing' : requests.join('\n         or ');
  const isDirect = by.gateway === undefined && by.host === host && by.port === port;
  const address = `${by.scheme}://${by.host}:${by.port}${by.gateway === undefined ? '' : ` at gateway ${by.gateway}`}`;
  const lines = [
    `${from.slice(0, callersShown).join(', ')}${more} → ${host}:${port}`,
    ...(isDirect ? [] : [`  by       ${address}`]),
    `  reaches  ${what}${isCopy ? ', as a copy' : ''}`,
    `  example  ${example.text}`,
    ...(because
      ? [`  because  ${because.text}${because.origin ? `, at ${formatSpan(because.origin, folder)}` : ''}`]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}
