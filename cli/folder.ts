// A folder that is not there is a mistake in the call: the same words and exit code 2 from every command.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from './io.ts';

export { makeFolder } from '../compiler/index.ts';

/** Throws UsageError; `REV:path` and URLs are for others to judge. */
export function refuseAbsentFolder(cwd: string, argument: string): void {
  const path = resolve(cwd, argument);
  if (argument.includes(':') || existsSync(path)) return;
  throw new UsageError(
    `cannot read "${path}": there is no such file or folder`,
    'name a folder of intent files, or a Git revision as REV:path',
    'FL0113',
  );
}

/** What `--policies` and `--no-policies` come to. Throws UsageError for a folder that is not there. */
export function policyChoice(cwd: string, given: boolean | string | undefined): boolean | string {
  if (typeof given !== 'string') return given ?? true;
  const path = resolve(cwd, given);
  const hint = 'name a folder that holds policies: NAME/policy.rego';
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new UsageError(`cannot read "${path}": there is no such file or folder`, hint, 'FL0113');
  if (!found.isDirectory()) throw new UsageError(`cannot read "${path}": it is not a folder`, hint, 'FL0113');
  return path;
}
