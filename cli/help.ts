// `fairlead help`: the help of a command, or of one below it. In the place of commander's own, which has no words for a name that is none.
import type { Command } from 'commander';
import { didYouMean } from '../compiler/index.ts';
import { UsageError } from './io.ts';

/** To be called once all commands are there. What the list of commands shows is commander's own, by the same name. */
export function addHelp(parent: Command): void {
  parent
    .helpCommand('help [command]', 'display help for command')
    .command('help', { hidden: true })
    .argument('[command...]')
    .addHelpText('after', '\nExample:\n  fairlead help check')
    .action((names: readonly string[]) => names.reduce(commandBelow, parent).help());
  for (const command of parent.commands) if (command.commands.length > 0) addHelp(command);
}

function commandBelow(parent: Command, name: string): Command {
  const found = parent.commands.find((command) => command.name() === name);
  if (found) return found;
  const names = parent
    .createHelp()
    .visibleCommands(parent)
    .map((command) => command.name());
  throw new UsageError(
    `there is no command "${name}"`,
    didYouMean(name, names) ?? (names.length > 0 ? `commands: ${names.join(', ')}` : `${parent.name()} has none`),
  );
}
