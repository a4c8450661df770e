// `fairlead completion`: a completion script for a shell, made from the program itself so that it cannot fall behind.
import { Argument, type Command } from 'commander';
import type { CommandFile } from '../command-file.ts';
import {
  argumentValues,
  askedValues,
  type CompletedValue,
  optionValues,
  placeholderValues,
} from '../completed-values.ts';

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

/** A few words, or a kind of values. */
type Values = readonly string[] | CompletedValue;

interface OptionWords {
  readonly name: string;
  /** Absent for a flag. */
  readonly values?: Values;
}

interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  readonly subcommands: readonly string[];
  /** What the first argument may be, beside folders. */
  readonly argument: Values;
}

function wordsOf(program: Command): CommandWords[] {
  const shown = program.createHelp().visibleCommands(program);
  return shown
    .filter((command) => command.name() !== 'help')
    .map((command) => ({
      name: command.name(),
      description: command.description(),
      options: [...[command, ...command.commands].flatMap(optionsOf), { name: '--help' }],
      subcommands: command.commands.map((c) => c.name()),
      argument: command.registeredArguments[0]?.argChoices ?? argumentValues[command.name()] ?? 'nothing',
    }));
}

function optionsOf(command: Command): OptionWords[] {
  return command.options.flatMap(({ long, required, optional, argChoices, flags }): OptionWords[] => {
    if (!long) return [];
    if (!required && !optional) return [{ name: long }];
    const placeholder = /[<[]([^>\].]+)/.exec(flags)?.[1] ?? '';
    return [{ name: long, values: argChoices ?? optionValues[long] ?? placeholderValues[placeholder] ?? 'nothing' }];
  });
}

function isAsked(values: Values): values is (typeof askedValues)[number] {
  return typeof values === 'string' && (askedValues as readonly string[]).includes(values);
}

/** The command that fills COMPREPLY. `$dir` is the folder on the command line, if it names one. */
function bashReply(values: Values): string {
  if (typeof values !== 'string') return `COMPREPLY=($(compgen -W "${values.join(' ')}" -- "$current"))`;
  if (values === 'folders') return 'COMPREPLY=($(compgen -d -- "$current"))';
  if (values === 'files') return 'COMPREPLY=($(compgen -f -- "$current"))';
  if (!isAsked(values)) return 'COMPREPLY=()';
  return `COMPREPLY=($(compgen -W "$(fairlead complete ${values} "$dir" 2>/dev/null)" -- "$current"))`;
}

function bash(words: readonly CommandWords[]): string {
  const names = words.map((w) => w.name).join(' ');
  const cases = words.map((w) => {
    const all = [...w.subcommands, ...w.options.map(({ name }) => name)].join(' ');
    const more = typeof w.argument === 'string' ? '' : ` ${w.argument.join(' ')}`;
    return `    ${w.name}) words="${all}${more}" ;;`;
  });
  const values = words.flatMap((w) =>
    w.options.flatMap((o) =>
      o.values === undefined ? [] : [`    '${w.name} ${o.name}') ${bashReply(o.values)}; return ;;`],
    ),
  );
  const first = words.flatMap((w) =>
    isAsked(w.argument) ? [`    ${w.name}) words="$words $(fairlead complete ${w.argument} 2>/dev/null)" ;;`] : [],
  );
  return [
    '_fairlead() {',
    '  local words word dir=. current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  COMPREPLY=()',
    `  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${names}" -- "$current")); return; fi`,
    '  for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do if [ -d "$word" ]; then dir="$word"; break; fi; done',
    '  case "${COMP_WORDS[1]} $before" in',
    ...values,
    '  esac',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    '  esac',
    '  if [[ "$current" != -* ]]; then case "${COMP_WORDS[1]}" in',
    ...first,
    '    *) ;;',
    '  esac; fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '  if [ ${#COMPREPLY[@]} -eq 0 ] || [[ "$current" == */* ]]; then COMPREPLY+=($(compgen -f -- "$current")); fi',
    '}',
    'complete -o filenames -F _fairlead fairlead',
    '',
  ].join('\n');
}

/** Options of `complete -c fairlead` for an option that takes such values. */
function fishValues(values: Values | undefined): string {
  if (values === undefined) return '';
  if (typeof values !== 'string') return ` -xa '${values.join(' ')}'`;
  if (values === 'folders') return " -xa '(__fish_complete_directories)'";
  if (isAsked(values)) return ` -xa '(fairlead complete ${values} 2>/dev/null)'`;
  return values === 'files' ? ' -rF' : ' -x';
}

function fish(words: readonly CommandWords[]): string {
  return words
    .flatMap((w) => {
      const seen = `complete -c fairlead -n '__fish_seen_subcommand_from ${w.name}'`;
      const first =
        typeof w.argument === 'string'
          ? isAsked(w.argument)
            ? `(fairlead complete ${w.argument} 2>/dev/null)`
            : ''
          : w.argument.join(' ');
      return [
        `complete -c fairlead -n __fish_use_subcommand -a ${w.name} -d '${w.description.replace(/'/g, "\\'")}'`,
        ...w.subcommands.map((s) => `${seen} -a ${s}`),
        ...(first === '' ? [] : [`${seen} -a '${first}'`]),
        ...w.options.map((o) => `${seen} -l ${o.name.slice(2)}${fishValues(o.values)}`),
      ];
    })
    .join('\n')
    .concat('\n');
}
