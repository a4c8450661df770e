// `fairlead check`: syntax, schema, references, meaning and org rules of an intent repository.
import { Option } from 'commander';
import type { CommandFile } from '../command-file.ts';
import { policyChoice } from '../folder.ts';
import { type ExitCode, formats, type Io, UsageError, writeFindings } from '../io.ts';
import { type Checked, checkTree, readTree } from '../load.ts';
import { foldersOf } from '../repository-folder.ts';

const checkFormats = [...formats, 'sarif'] as const;

interface Options {
  readonly format: (typeof checkFormats)[number];
  readonly policies?: boolean | string;
  readonly showDefaults?: true;
  readonly watch?: true;
}

export const checkCommand: CommandFile = (program, io, finish) => {
  program
    .command('check')
    .description('check intent: syntax, schema, references, meaning and org rules')
    .argument('[dir]', 'folder or REV:path; - reads documents from standard input', '.')
    .addOption(
      new Option('--format <format>', 'how to print findings; sarif is for code scanning')
        .choices(checkFormats)
        .default('text'),
    )
    .option('--policies <dir>', 'folder with org rules of your own, besides the shipped ones')
    .option('--no-policies', 'leave the org rules out')
    .option('--watch', 'check again whenever a file of the folder changes, until Ctrl-C')
    .option('--show-defaults', 'print every default the language has, and stop')
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead check mesh/\n  fairlead check main:mesh --format github\n  helm template chart | fairlead check -',
    )
    .action(async (dir: string, options: Options) => {
      if (options.showDefaults) {
        const { renderDefaults } = await import('../../compiler/index.ts');
        io.stdout(renderDefaults());
        return finish(0);
      }
      const say = (checked: Checked) => tell(io, checked, { ...options, version: program.version() ?? 'unknown' });
      const policies = policyChoice(io.cwd, options.policies);
      const tree = await readTree(io, dir);
      const folders = foldersOf(io, dir, tree);
      const first = await say(await checkTree(tree, folders, { policies }));
      if (!options.watch) return finish(first);
      if (dir === '-' || tree.commit !== undefined)
        throw new UsageError(`"${dir}" does not change`, '--watch is for a folder');
      const { watchTree } = await import('../watch.ts');
      finish(
        await watchTree(io, dir, tree, async (changed) => {
          if (io.isTerminal) io.stdout(clearScreen);
          await say(await checkTree(changed, folders, { policies }));
        }),
      );
    });
};

/** Screen and what was scrolled off it, then to the top. */
const clearScreen = '\u001b[2J\u001b[3J\u001b[H';

async function tell(
  io: Io,
  checked: Checked,
  { format, version }: Options & { readonly version: string },
): Promise<ExitCode> {
  if (format === 'sarif') {
    const { hasErrors, renderSarif, sarifOf } = await import('../../compiler/index.ts');
    io.stdout(renderSarif(checked.diagnostics.map(sarifOf), { version, folder: checked.folders.inRepository }));
    return hasErrors(checked.diagnostics) ? 1 : 0;
  }
  const code = writeFindings(io, checked, format);
  if (format === 'text' && code === 0) {
    io.stdout(
      `${counted(checked.documents.length, 'document')} in ${counted(checked.tree.files.length, 'file')} checked, nothing stands in the way\n`,
    );
  }
  return code;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
