// `fairlead check`: syntax, schema, references, meaning and org rules of an intent repository.
import type { CommandFile } from '../command-file.ts';
import { type Format, formats, writeFindings } from '../io.ts';
import { loadAndCheck } from '../load.ts';
import { Option } from 'commander';

interface Options {
  readonly format: Format;
  readonly policies?: boolean | string;
  readonly showDefaults?: true;
}

export const checkCommand: CommandFile = (program, io, finish) => {
  program
    .command('check')
    .description('check intent: syntax, schema, references, meaning and org rules')
    .argument('[dir]', 'folder or REV:path', '.')
    .addOption(new Option('--format <format>', 'how to print findings').choices(formats).default('text'))
    .option('--policies <dir>', 'folder with org rules of your own, besides the shipped ones')
    .option('--no-policies', 'leave the org rules out')
    .option('--show-defaults', 'print every default the language has, and stop')
    .addHelpText('after', '\nExamples:\n  fairlead check mesh/\n  fairlead check main:mesh --format github')
    .action(async (dir: string, options: Options) => {
      if (options.showDefaults) {
        const { renderDefaults } = await import('../../compiler/index.ts');
        io.stdout(renderDefaults());
        return finish(0);
      }
      const checked = await loadAndCheck(io, dir, { policies: options.policies ?? true });
      const code = writeFindings(io, checked, options.format);
      if (options.format === 'text' && code === 0) {
        io.stdout(
          `${counted(checked.documents.length, 'document')} in ${counted(checked.tree.files.length, 'file')} checked, nothing stands in the way\n`,
        );
      }
      finish(code);
    });
};

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
