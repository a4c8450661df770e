// Asks one wide question by one command, in a process of its own, and says what it cost from its start.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WideInput } from './wide-inputs.ts';
import { wideTree } from './wide-intent.ts';

export interface Usage {
  /** Of processor time, all threads together: other work on the machine does not count. */
  readonly ms: number;
  readonly wallMs: number;
  readonly peakMb: number;
}

export interface Measured extends Usage {
  /** `exact`, or what was not analysed. */
  readonly answer: string;
}

interface Sides {
  readonly base: string;
  readonly head: string;
}

const root = join(import.meta.dirname, '../..');
/** What `make build` makes and a package has: users do not run the sources. */
const program = join(root, 'dist/cli/main.js');

/** The arguments of `node` for each. Admission has no command: a server that has the mesh asks it. */
const commands: Readonly<Record<string, (sides: Sides) => readonly string[]>> = {
  check: ({ head }) => [program, 'check', head],
  explain: ({ head }) => [program, 'explain', head, '--from', 'shop/inventory', '--request', 'GET http://shoes/p1/a'],
  reach: ({ head }) => [program, 'reach', '--to', 'shop/shoes', head],
  review: ({ base, head }) => [program, 'review', '--base', base, '--head', head],
  admission: ({ base, head }) => [join(import.meta.dirname, 'wide-admission.mjs'), base, head],
};

export const commandNames = Object.keys(commands);

const timeoutMs = 60_000;

export function askWide(input: WideInput, command: string, n: number): Measured {
  const argsOf = commands[command];
  if (!argsOf) throw new Error(`no command "${command}"; known: ${commandNames.join(', ')}`);
  if (!existsSync(program)) throw new Error('there is no dist/: make build');
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  try {
    const sides = { base: written(folder, 'base', input, n), head: written(folder, 'head', input, n) };
    return inFreshProcess(argsOf(sides));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function written(folder: string, side: keyof Sides, input: WideInput, n: number): string {
  const directory = join(folder, side);
  mkdirSync(directory);
  for (const { path, text } of wideTree(input, n, side === 'head').files) writeFileSync(join(directory, path), text);
  return directory;
}

function inFreshProcess(args: readonly string[]): Measured {
  const preload = ['--import', join(import.meta.dirname, 'report-usage.mjs')];
  const run = spawnSync(process.execPath, [...preload, ...args], {
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const usage = run.output?.[3];
  if (run.status !== 0 || !usage) {
    const error = /^(?:\w*Error|fatal error|FATAL ERROR|error\[\w+\]): .*$/im.exec(run.stderr)?.[0];
    const answer = `failed: ${error ?? String(run.error ?? run.signal ?? run.status)}`;
    return { ms: timeoutMs, wallMs: timeoutMs, peakMb: 0, answer };
  }
  return { ...(JSON.parse(usage) as Usage), answer: answerOf(run.stdout) };
}

function answerOf(text: string): string {
  return /not analysed: [^;\n"]*/.exec(text)?.[0] ?? 'exact';
}
