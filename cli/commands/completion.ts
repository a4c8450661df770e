// `fairlead completion`: a completion script for a shell, made from the program itself so that it cannot fall behind.
import { Argument, type Command } from 'commander';
import type { CommandFile } from '../command-file.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

export const completionCommand: CommandFile = (program, io, finish) => {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .addHelpText('after', '\nExample:\n  source <(fairlead completion bash)')
    .action((shell: (typeof shells)[number]) => {
      const words = wordsOf(program);
      io.stdout(
        shell === 'fish'
          ? fish(words)
          : shell === 'zsh'
            ? `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`
            : bash(words),
      );
      finish(0);
    });
};

interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly string[];
  readonly subcommands: readonly string[];
}

function wordsOf(program: Command): CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [...command.options.flatMap((o) => (o.long ? [o.long] : [])), '--help'],
    subcommands: command.commands.map((c) => c.name()),
  }));
}

function bash(words: readonly CommandWords[]): string {
  const cases = words.map((w) => `    ${w.name}) words="${[...w.subcommands, ...w.options].join(' ')}" ;;`);
  return [
    '_fairlead() {',
    '  local words current="${COMP_WORDS[COMP_CWORD]}"',
    '  COMPREPLY=()',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    `    *) words="${words.map((w) => w.name).join(' ')}" ;;`,
    '  esac',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${words.map((w) => w.name).join(' ')}"; fi`,
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '  if [ ${#COMPREPLY[@]} -eq 0 ] || [[ "$current" == */* ]]; then COMPREPLY+=($(compgen -f -- "$current")); fi',
    '}',
    'complete -o filenames -F _fairlead fairlead',
    '',
  ].join('\n');
}

function fish(words: readonly CommandWords[]): string {
  return words
    .flatMap((w) => [
      `complete -c fairlead -n __fish_use_subcommand -a ${w.name} -d '${w.description.replace(/'/g, "\\'")}'`,
      ...w.subcommands.map((s) => `complete -c fairlead -n '__fish_seen_subcommand_from ${w.name}' -a ${s}`),
      ...w.options.map((o) => `complete -c fairlead -n '__fish_seen_subcommand_from ${w.name}' -l ${o.slice(2)}`),
    ])
    .join('\n')
    .concat('\n');
}
