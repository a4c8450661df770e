// `fairlead reach`: who can call whom, with what, decided by which lines.
import { Option } from 'commander';
import type { ReachRow } from '../../compiler/index.ts';
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
    .option('--from <caller>', 'only this calling workload, or "unmeshed" for a process without a proxy')
    .option('--to <service>', 'only this service, as name, namespace/name or host')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead reach mesh/ --to shoes\n  fairlead reach mesh/ --from inventory --to shoes',
    )
    .action(async (dir: string, { from, to, format }: Options) => {
      const checked = await loadAndCheck(io, dir, { policies: false });
      const code = writeErrors(io, checked, format);
      if (code !== 0 || !hasMesh(checked)) return finish(1);
      const { reach } = await import('../../compiler/index.ts');
      const { mesh } = checked;
      const rows = reach(mesh, {
        ...(from !== undefined && { from: from === 'unmeshed' ? from : resolveCaller(mesh, from) }),
        ...(to !== undefined && { to: resolveService(mesh, to) }),
      });
      io.stdout(
        format === 'json'
          ? `${JSON.stringify(rows, null, 2)}\n`
          : rows.map(renderRow).join('\n') || 'nobody reaches it\n',
      );
      finish(rows.some((row) => row.reach !== 'none') ? 0 : 1);
    });
};

const callersShown = 6;

function renderRow({ from, host, port, reach, requests, example }: ReachRow): string {
  const more = from.length > callersShown ? ` and ${from.length - callersShown} more` : '';
  const what = reach === 'all' ? 'any request' : reach === 'none' ? 'nothing' : requests.join('\n         or ');
  const decided = example.verdict.steps.findLast((step) => step.origin !== undefined);
  const place = decided?.origin
    ? `\n  because  ${decided.text}, at ${decided.origin.file}:${decided.origin.start.line}:${decided.origin.start.column}`
    : '';
  return `${from.slice(0, callersShown).join(', ')}${more} → ${host}:${port}\n  reaches  ${what}\n  example  ${example.text}${place}\n`;
}
