// A `fairlead up` of its own for a test: started, asked, told to stop, and looked after: what it leaves behind is found.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { UpStatus } from '../../cli/up/up-client.ts';
import { fairlead, git, type Outcome } from './cli.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');

/** Every folder that an `up` makes is below this one of the test's own. */
export interface Place {
  readonly folder: string;
  /** TMPDIR of every command run here. */
  readonly tmp: string;
}

export interface RunningUp {
  readonly process: ChildProcess;
  output(): string;
  /** Resolves when the output holds the text; fails when the process ends before, or after 30 s. */
  says(text: string | RegExp): Promise<void>;
  /** Sends the signal and resolves with the exit code, or with the signal that ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
  ended: Promise<number | NodeJS.Signals | null>;
}

export function startUp(
  t: Pick<Test, 'teardown'>,
  place: Place,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): RunningUp {
  let output = '';
  const child = spawn(process.execPath, [main, 'up', ...args], {
    cwd: place.folder,
    env: { ...process.env, NO_COLOR: '1', TMPDIR: place.tmp, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  );
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  return {
    process: child,
    output: () => output,
    ended,
    says: async (text) => {
      const isThere = () => (typeof text === 'string' ? output.includes(text) : text.test(output));
      await until(() => isThere() || child.exitCode !== null || child.signalCode !== null, `"${text}" in:\n${output}`);
      if (!isThere())
        throw new Error(`it ended with ${child.exitCode ?? child.signalCode} and without "${text}":\n${output}`);
    },
    stop: (signal = 'SIGINT') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Resolves when the condition holds; fails after 30 s. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${what}`);
    await sleep(50);
  }
}

export function command(place: Place, ...args: readonly string[]): Promise<Outcome> {
  return fairlead(args, place.folder, { env: { TMPDIR: place.tmp } });
}

export async function statusOf(place: Place, subject: string): Promise<UpStatus> {
  return JSON.parse((await command(place, 'status', subject, '--format', 'json')).stdout) as UpStatus;
}

/** Processes of this place: they carry its folder in their command line, environment or working folder. */
export function processesOf({ folder }: Place): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .flatMap((pid) => {
      const read = (name: string) => {
        try {
          return readFileSync(`/proc/${pid}/${name}`, 'utf8').replaceAll('\0', ' ');
        } catch {
          return '';
        }
      };
      const line = read('cmdline');
      return line !== '' && (line.includes(folder) || read('environ').includes(folder)) ? [`${pid} ${line}`] : [];
    });
}

/** What is still there of an `up` that has ended: processes, and folders in its TMPDIR. */
export async function leftovers(place: Place): Promise<readonly string[]> {
  // A killed runner's keeper needs a moment to end what it holds.
  await until(() => processesOf(place).length === 0, 'no process left').catch(() => {});
  return [...processesOf(place), ...(existsSync(place.tmp) ? globSync('**', { cwd: place.tmp }) : [])].filter(
    (name) => name !== '.',
  );
}

/** The status and the body that a request through a sidecar gets. */
export function send(
  sidecar: string,
  method: string,
  url: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const [host = '', port = ''] = sidecar.split(':');
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host, port, method, path: url, headers: { host: new URL(url).host }, timeout: 10_000 },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${url}`)));
    request.on('error', reject);
    request.end();
  });
}

/** Commits everything in a work tree, and pushes it if there is where to; returns the commit. */
export async function commitAll(folder: string, message: string, ...push: readonly string[]): Promise<string> {
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', message);
  if (push.length > 0) await git(folder, 'push', '--quiet', ...push);
  return git(folder, 'rev-parse', 'HEAD');
}

/** `caller` may POST to `callee`; `methods` as written in intent. */
export function intent(methods = '[POST]'): string {
  return `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: callee, namespace: shop, labels: { team: a } }
spec:
  ports: [{ port: 80 }]
  access: { allow: [{ from: [{ service: caller }], methods: ${methods} }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: caller, namespace: shop, labels: { team: a } }
spec: { ports: [{ port: 80 }], uses: [callee] }
`;
}

export const badIntent = intent().replace('uses: [callee]', 'uses: [nobody]');
