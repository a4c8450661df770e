// `fairlead test`: the MeshTests of an intent repository, decided statically.
import { Option } from 'commander';
import { writeErrors } from '../io.ts';
import { hasMesh, loadAndCheck } from '../load.ts';
import type { CommandFile } from '../command-file.ts';

const testFormats = ['text', 'json', 'junit'] as const;

export const testCommand: CommandFile = (program, io, finish) => {
  program
    .command('test')
    .description('run the MeshTests of the intent, without a cluster')
    .argument('[dir]', 'folder or REV:path', '.')
    .addOption(new Option('--format <format>', 'how to print results').choices(testFormats).default('text'))
    .addHelpText('after', '\nExamples:\n  fairlead test mesh/\n  fairlead test main:mesh --format junit > junit.xml')
    .action(async (dir: string, { format }: { format: (typeof testFormats)[number] }) => {
      const checked = await loadAndCheck(io, dir, { policies: false });
      const { renderErrorsJunit, renderTestJson, renderTestJunit, renderTestText, runTests } = await import(
        '../../compiler/index.ts'
      );
      const code = writeErrors(io, checked, format === 'json' ? 'json' : 'text');
      if (code !== 0 || !hasMesh(checked)) {
        if (format === 'junit')
          io.stdout(renderErrorsJunit(checked.diagnostics, { folder: checked.folders.inRepository }));
        return finish(1);
      }
      const report = runTests(checked.mesh);
      const renderers: Readonly<Record<typeof format, () => string>> = {
        text: () => renderTestText(report, { color: io.color, folder: checked.folders.named }),
        json: () => renderTestJson(report, { folder: checked.folders.named }),
        junit: () => renderTestJunit(report, { folder: checked.folders.inRepository }),
      };
      io.stdout(renderers[format]());
      if (report.results.length > 0) return finish(report.failed === 0 ? 0 : 1);
      io.stderr(
        'there is no case to test: what is not tested is not proved\n  = hint: write a MeshTest; docs/language.md shows one, and `fairlead schema MeshTest` what it may say\n',
      );
      finish(1);
    });
};
