// `fairlead up`: everything on this machine, deploying each commit of a repository, until Ctrl-C.
import { Option } from 'commander';
import type { ExitCode } from '../io.ts';
import type { CommandFile } from '../program.ts';
import { untilStopped } from '../signals.ts';

interface Options {
  readonly proxy: 'embedded' | 'envoy';
  readonly branch?: string;
  readonly local?: string;
  readonly webhookPort: string;
}

export const upCommand: CommandFile = (program, io, finish) => {
  program
    .command('up')
    .description('run everything on this machine and deploy each commit: control plane, proxies, webhook, services')
    .argument('[dir-or-repo]', 'folder in a Git repository, bare repository, or URL', '.')
    .addOption(new Option('--proxy <kind>', 'which proxies to run').choices(['embedded', 'envoy']).default('embedded'))
    .option('--branch <name>', "branch to deploy (default: the repository's HEAD)")
    .option('--local <dir>', 'folder whose local.yaml says which programs stand for the services')
    .option('--webhook-port <port>', 'port of the webhook; 0 takes a free one', '0')
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead up examples/shop\n  fairlead up /srv/git/mesh.git --proxy envoy --local ./laptop',
    )
    .action(async (subject: string, options: Options) => {
      const { bringUp } = await import('../up/bring-up.ts');
      const stopped = untilStopped();
      const up = await bringUp(io, subject, options);
      if (!up) return finish(1 satisfies ExitCode);
      await stopped;
      io.stderr('stopping\n');
      await up.close();
      finish(0);
    });
};
