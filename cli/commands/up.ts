// `fairlead up`: everything on this machine, deploying each commit of a repository, until Ctrl-C.
import { Option } from 'commander';
import type { CommandFile } from '../command-file.ts';
import { untilStopped } from '../signals.ts';
import type { UpOptions } from '../up/bring-up.ts';

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
      '\nRuns until Ctrl-C and leaves nothing behind. Services without a program in local.yaml are built-in echo servers.' +
        '\n\nExamples:\n  fairlead up examples/shop\n  fairlead up /srv/git/mesh.git --proxy envoy --local ./laptop',
    )
    .action(async (subject: string, options: UpOptions) => {
      const stopped = untilStopped();
      const { runUp } = await import('../up/bring-up.ts');
      finish(await runUp(io, subject, options, stopped));
    });
};
