// A value that is empty is a mistake, such as a variable that is not set: it would otherwise mean the current folder, or HEAD.
import type { Command } from 'commander';
import { UsageError } from './io.ts';

/** Throws UsageError for any argument or option of the command line that has a value without a letter. No command is left out. */
export function refuseEmpty(command: Command): void {
  for (const [i, argument] of command.registeredArguments.entries()) {
    const name = argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
    if (isEmpty(command.args[i])) throw new UsageError(`the argument ${name} is empty`, hintOf(argument.required));
  }
  for (const option of command.options) {
    const name = option.attributeName();
    const values: readonly unknown[] = [command.getOptionValue(name)].flat();
    if (command.getOptionValueSource(name) !== 'cli' || !values.some(isEmpty)) continue;
    throw new UsageError(`${option.long} is empty`, `${hintOf(option.mandatory)}: ${option.flags}`);
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

function hintOf(isNeeded: boolean): string {
  return isNeeded ? 'write a value' : 'write a value, or leave it out';
}
