// The command line as data for commander: every command in the order in which help shows it.
import { Command } from 'commander';
import type { CommandFile } from './command-file.ts';
import { bootstrapCommand } from './commands/bootstrap.ts';
import { checkCommand } from './commands/check.ts';
import { compileCommand } from './commands/compile.ts';
import { completeCommand } from './commands/complete.ts';
import { completionCommand } from './commands/completion.ts';
import { addHelp } from './help.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand } from './commands/init.ts';
import { injectCommand } from './commands/inject.ts';
import { proxyCommand } from './commands/proxy.ts';
import { reachCommand } from './commands/reach.ts';
import { reviewCommand } from './commands/review.ts';
import { schemaCommand } from './commands/schema.ts';
import { serveCommand } from './commands/serve.ts';
import { statusCommand } from './commands/status.ts';
import { testCommand } from './commands/test.ts';
import { upCommand } from './commands/up.ts';
import { versionCommand } from './commands/version.ts';
import { waitCommand } from './commands/wait.ts';
import { refuseEmpty } from './empty-values.ts';
import type { ExitCode, Io } from './io.ts';
import { withHint } from './words-of-others.ts';

const commands: readonly CommandFile[] = [
  initCommand,
  checkCommand,
  compileCommand,
  reviewCommand,
  testCommand,
  explainCommand,
  reachCommand,
  schemaCommand,
  injectCommand,
  upCommand,
  statusCommand,
  waitCommand,
  serveCommand,
  bootstrapCommand,
  proxyCommand,
  completionCommand,
  completeCommand,
  versionCommand,
];

export function buildProgram(io: Io, version: string, finish: (code: ExitCode) => void): Command {
  const program = new Command('fairlead')
    .description('Compiles, reviews, deploys, admits and runs service-mesh intent kept in Git.')
    .version(version, '-V, --version')
    .showHelpAfterError('(add --help for what is accepted)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      outputError: (text, write) => write(withHint(text)),
      getOutHasColors: () => io.color,
      getErrHasColors: () => io.colorErrors,
    })
    .addHelpText(
      'after',
      '\nAn argument that names a folder may also name a Git revision, as in `main:mesh`; it is read without a checkout.' +
        '\nExit codes: 0 fine, 1 findings or denied, 2 wrong usage or an internal error.',
    );
  for (const add of commands) add(program, io, finish);
  addHelp(program);
  program.hook('preAction', (_program, command) => refuseEmpty(command));
  return program;
}
