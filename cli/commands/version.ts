// `fairlead version`: which Fairlead, Node and language version this is, for bug reports and for tools.
import { Option } from 'commander';
import type { CommandFile } from '../command-file.ts';

export const versionCommand: CommandFile = (program, io, finish) => {
  program
    .command('version')
    .description('print the version of Fairlead, of Node and of the intent language')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExample:\n  fairlead version --format json | jq -r .fairlead')
    .action(async ({ format }: { format: 'text' | 'json' }) => {
      const { apiVersion } = await import('../../compiler/index.ts');
      const versions = { fairlead: program.version() ?? 'unknown', node: process.versions.node, language: apiVersion };
      io.stdout(
        format === 'json'
          ? `${JSON.stringify(versions, null, 2)}\n`
          : Object.entries(versions)
              .map(([name, version]) => `${name.padEnd(8)}  ${version}\n`)
              .join(''),
      );
      finish(0);
    });
};
