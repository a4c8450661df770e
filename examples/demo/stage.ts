// What the steps of the demo stand on: printing, running commands as a user would, and refusing to go on when something is not as shown.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters, styleText } from 'node:util';

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

/** A request and what came of it, in columns. */
export function sayAnswer(request: string, status: number, by: string): void {
  const style = status < 400 ? 'green' : 'yellow';
  say(`${request.padEnd(44)}  ${paint(style, String(status))} ${by}`);
}

/** A change to a file, as a diff shows it. */
export function sayEdit(file: string, from: string, to: string): void {
  say(`${paint('bold', file)}\n${paint('red', `  - ${from}`)}\n${paint('green', `  + ${to}`)}`);
}

/** Colours on a terminal only. */
function paint(style: 'bold' | 'cyan' | 'green' | 'red' | 'yellow', text: string): string {
  return styleText(style, text);
}

/** Prints the command as it would be typed. */
export function showCommand(words: readonly string[]): void {
  say(styleText('cyan', `$ ${words.map((w) => (/^[\w@%+=:,./-]+$/.test(w) ? w : `'${w}'`)).join(' ')}`));
}

/** Commands write into pipes here, and are told to colour what ends on a terminal. */
const env =
  process.stdout.isTTY && process.env.NO_COLOR === undefined ? { ...process.env, FORCE_COLOR: '1' } : process.env;

export function run(command: string, args: readonly string[], cwd = root): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      command,
      [...args],
      { cwd, env, timeout: commandTimeoutMs, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 2;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

interface FairleadOptions {
  readonly quiet?: true;
  /** Shown instead of the arguments, where these are long. */
  readonly shownAs?: string;
  /** How many lines to show of an output that goes on in the same way; the last one is always shown. */
  readonly lines?: number;
}

/** Runs `fairlead`, showing the command and what it prints. What it returns is without colours. */
export async function fairlead(args: readonly string[], cwd: string, options: FairleadOptions = {}): Promise<Outcome> {
  if (options.shownAs !== undefined) say(paint('cyan', `$ fairlead ${options.shownAs}`));
  else if (!options.quiet) showCommand(['fairlead', ...args]);
  const { code, stdout, stderr } = await run(process.execPath, [cli, ...args], cwd);
  if (!options.quiet) say(shortened(`${stdout}${stderr}`, options.lines));
  return { code, stdout: stripVTControlCharacters(stdout), stderr: stripVTControlCharacters(stderr) };
}

function shortened(text: string, limit: number | undefined): string {
  const lines = text.trimEnd().split('\n');
  if (limit === undefined || lines.length <= limit + 2) return text;
  return [...lines.slice(0, limit), `… ${lines.length - limit - 1} more lines like these …`, lines.at(-1)].join('\n');
}

export function startFairlead(args: readonly string[], cwd: string): ChildProcess {
  showCommand(['fairlead', ...args]);
  return spawn(process.execPath, [cli, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
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
