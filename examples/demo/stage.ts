// What the steps of the demo stand on: printing, running commands as a user would, and refusing to go on when something is not as shown.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { styleText } from 'node:util';

const root = join(import.meta.dirname, '../..');
const cli = join(root, 'cli/main.ts');
export const commandTimeoutMs = 30_000;

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Ends the demo with exit code 1: a step did not behave as shown. */
export class DemoFailure extends Error {}

export function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new DemoFailure(`expected ${what}`);
}

export function title(number: number, text: string): void {
  console.log(`\n${styleText('bold', `── ${number}. ${text} `.padEnd(100, '─'))}`);
}

export function say(text: string): void {
  console.log(indent(text.trimEnd()));
}

/** Prints the command as it would be typed. */
export function showCommand(words: readonly string[]): void {
  say(styleText('cyan', `$ ${words.map((w) => (/^[\w@%+=:,./-]+$/.test(w) ? w : `'${w}'`)).join(' ')}`));
}

export function run(command: string, args: readonly string[], cwd = root): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, [...args], { cwd, timeout: commandTimeoutMs, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 2;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Runs `fairlead`, showing the command and what it prints. */
export async function fairlead(
  args: readonly string[],
  cwd: string,
  options: { readonly quiet?: true } = {},
): Promise<Outcome> {
  if (!options.quiet) showCommand(['fairlead', ...args]);
  const outcome = await run(process.execPath, [cli, ...args], cwd);
  if (!options.quiet) say(`${outcome.stdout}${outcome.stderr}`);
  return outcome;
}

export function startFairlead(args: readonly string[], cwd: string): ChildProcess {
  showCommand(['fairlead', ...args]);
  return spawn(process.execPath, [cli, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

export async function git(
  args: readonly string[],
  cwd: string,
  options: { readonly quiet?: true } = {},
): Promise<string> {
  if (!options.quiet) showCommand(['git', ...args]);
  const outcome = await run(
    'git',
    ['-c', 'user.name=demo', '-c', 'user.email=demo@localhost', '-c', 'commit.gpgsign=false', ...args],
    cwd,
  );
  expect(outcome.code === 0, `git ${args[0]} to succeed, but: ${outcome.stderr}`);
  return outcome.stdout.trim();
}

function indent(text: string): string {
  return text.replace(/^/gm, '   ');
}
