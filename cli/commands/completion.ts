// `fairlead completion`: a completion script for a shell, made from the program itself so that it cannot fall behind.
import { Argument, type Command, type Option } from 'commander';
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
  /** `--out`, `-o`. */
  readonly names: readonly string[];
  /** Absent for a flag. */
  readonly values?: Values;
}

interface CommandWords {
  /** `serve webhook`. */
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  readonly subcommands: readonly string[];
  /** What the first argument may be, beside folders. */
  readonly argument: Values;
}

function wordsOf(program: Command): CommandWords[] {
  return shownBelow(program).flatMap((command) => [
    commandWords(command, command.name()),
    ...shownBelow(command).map((sub) => commandWords(sub, `${command.name()} ${sub.name()}`)),
  ]);
}

function shownBelow(command: Command): Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown.filter((one) => one.name() !== 'help');
}

function commandWords(command: Command, name: string): CommandWords {
  return {
    name,
    description: command.description(),
    options: [...command.options.map(optionWords), { names: ['--help'] }],
    subcommands: shownBelow(command).map((sub) => sub.name()),
    argument: command.registeredArguments[0]?.argChoices ?? argumentValues[name] ?? 'nothing',
  };
}

function optionWords({ long, short, required, optional, argChoices, flags }: Option): OptionWords {
  const names = [long, short].filter((name) => name !== undefined && name !== null);
  if (!required && !optional) return { names };
  const placeholder = /[<[]([^>\].]+)/.exec(flags)?.[1] ?? '';
  return { names, values: argChoices ?? optionValues[long ?? ''] ?? placeholderValues[placeholder] ?? 'nothing' };
}

/** What follows one of these is no folder of intent. */
function namesWithValue(words: readonly CommandWords[]): readonly string[] {
  const valued = words.flatMap(({ options }) => options.filter(({ values }) => values !== undefined));
  return [...new Set(valued.flatMap(({ names }) => names))];
}

/** Commands that are one word of several. */
function isSubcommand({ name }: CommandWords): boolean {
  return name.includes(' ');
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
  const names = words.filter((w) => !isSubcommand(w)).map((w) => w.name);
  const cases = words.map((w) => {
    const all = [...w.subcommands, ...w.options.flatMap((o) => o.names.slice(0, 1))];
    const more = typeof w.argument === 'string' ? [] : w.argument;
    return `    '${w.name}') words="${[...all, ...more].join(' ')}" ;;`;
  });
  const values = words.flatMap((w) =>
    w.options.flatMap((o) =>
      o.values === undefined
        ? []
        : [`    ${o.names.map((name) => `'${w.name} ${name}'`).join('|')}) ${bashReply(o.values)}; return ;;`],
    ),
  );
  const first = words.flatMap((w) =>
    isAsked(w.argument) ? [`    ${w.name}) words="$words $(fairlead complete ${w.argument} 2>/dev/null)" ;;`] : [],
  );
  const subcommands = words.filter(isSubcommand).map((w) => `'${w.name}'`);
  return [
    '_fairlead() {',
    '  local words word dir=. last= command="${COMP_WORDS[1]}"',
    '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  COMPREPLY=()',
    `  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${names.join(' ')}" -- "$current")); return; fi`,
    '  if [ "$COMP_CWORD" -gt 2 ]; then case "$command ${COMP_WORDS[2]}" in',
    `    ${subcommands.join('|')}) command="$command \${COMP_WORDS[2]}" ;;`,
    '  esac; fi',
    // zsh reads a plain C of `:COMP_CWORD-2` as a modifier.
    '  for word in "${COMP_WORDS[@]:2:$((COMP_CWORD-2))}"; do',
    `    case "$last" in ${namesWithValue(words).join('|')}) ;; *) if [ -d "$word" ]; then dir="$word"; break; fi ;; esac`,
    '    last="$word"',
    '  done',
    '  case "$command $before" in',
    ...values,
    '  esac',
    '  case "$command" in',
    ...cases,
    '  esac',
    '  if [[ "$current" != -* ]]; then case "$command" in',
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
  if (isAsked(values)) return ` -xa '(fairlead complete ${values} (__fairlead_dir) 2>/dev/null)'`;
  return values === 'files' ? ' -rF' : ' -x';
}

/** `__fairlead_at`: whether these are the command; `__fairlead_dir`: the folder on the command line, as `$dir` of bash. */
function fishFunctions(words: readonly CommandWords[]): string[] {
  return [
    'function __fairlead_at',
    '  set -l words (commandline -opc)',
    '  set -l last (math (count $argv) + 1)',
    '  test (count $words) -ge $last; and test "$words[2..$last]" = "$argv"',
    'end',
    'function __fairlead_dir',
    '  set -l words (commandline -opc)',
    "  set -l last ''",
    '  set -e words[1..2]',
    '  for word in $words',
    `    if not contains -- "$last" ${namesWithValue(words).join(' ')}; and test -d "$word"`,
    '      echo $word',
    '      return',
    '    end',
    '    set last $word',
    '  end',
    '  echo .',
    'end',
  ];
}

function fish(words: readonly CommandWords[]): string {
  const lines = words.flatMap((w) => {
    const at = `complete -c fairlead -n '__fairlead_at ${w.name}'`;
    const first =
      typeof w.argument === 'string'
        ? isAsked(w.argument)
          ? `(fairlead complete ${w.argument} 2>/dev/null)`
          : ''
        : w.argument.join(' ');
    const isNext = `__fairlead_at ${w.name}; and test (count (commandline -opc)) -eq ${w.name.split(' ').length + 1}`;
    return [
      ...(isSubcommand(w)
        ? []
        : [`complete -c fairlead -n __fish_use_subcommand -a ${w.name} -d '${w.description.replace(/'/g, "\\'")}'`]),
      ...w.subcommands.map((s) => `complete -c fairlead -n '${isNext}' -a ${s}`),
      ...(first === '' ? [] : [`${at} -a '${first}'`]),
      ...w.options.map(({ names, values }) => `${at} ${names.map(fishName).join(' ')}${fishValues(values)}`),
    ];
  });
  return [...fishFunctions(words), ...lines, ''].join('\n');
}

function fishName(name: string): string {
  return name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`;
}
