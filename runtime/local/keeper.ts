// A process of its own that holds all other processes of a local mesh, so that none outlives the runner: when the runner's end of
// the channel closes, for whatever reason (even SIGKILL), the keeper ends what it holds and then itself.
// Out of its reach are only processes that leave their group with setsid, and those left when the keeper itself is SIGKILLed
// together with the runner.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import type { KeeperEvent, KeeperRequest } from './keeper-messages.ts';
import { startTimer } from '../timers.ts';

/** Between SIGTERM and SIGKILL. */
const graceMs = 2_000;
const logLimit = 5 << 20;

const children = new Map<string, ChildProcess>();
let isClosing = false;

function tell(event: KeeperEvent): void {
  // The channel may close at any moment; then nobody listens any more.
  if (process.connected) process.send?.(event, undefined, undefined, () => {});
}

function start(request: Extract<KeeperRequest, { op: 'start' }>): void {
  const { id, command, cwd, env, logFile } = request;
  const [program = '', ...args] = command;
  if (isClosing || children.has(id)) return;
  try {
    const log = openLog(logFile);
    // Detached: a group of its own, which also takes in what the program starts, and which Ctrl-C in the terminal does not reach.
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    children.set(id, child);
    child.once('spawn', () => tell({ event: 'started', id, pid: child.pid ?? 0 }));
    child.once('error', (error: NodeJS.ErrnoException) => {
      children.delete(id);
      fail(id, error);
    });
    child.once('exit', (code, signal) => {
      children.delete(id);
      // What it started itself must not stay behind.
      if (child.pid) signalGroup(child.pid, 'SIGKILL');
      tell({ event: 'exited', id, how: signal ? `was ended by ${signal}` : `exited with code ${code}` });
      if (isClosing && children.size === 0) process.exit(0);
    });
  } catch (error) {
    fail(id, error as NodeJS.ErrnoException);
  }
}

function fail(id: string, error: NodeJS.ErrnoException): void {
  tell({ event: 'failed', id, message: error.message, isMissing: error.code === 'ENOENT' || error.code === 'EACCES' });
}

/** Appends; a log that has grown large is put aside first. */
function openLog(file: string): number {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > logLimit) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
}

function stop(id: string): void {
  const child = children.get(id);
  if (!child?.pid) return;
  const { pid } = child;
  signalGroup(pid, 'SIGTERM');
  const timer = startTimer(graceMs, () => signalGroup(pid, 'SIGKILL'));
  child.once('exit', () => clearTimeout(timer));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

function close(): void {
  if (isClosing) return;
  isClosing = true;
  if (children.size === 0) process.exit(0);
  for (const id of children.keys()) stop(id);
  // Whatever does not even go after SIGKILL is in the kernel's hands.
  startTimer(graceMs + 1_000, () => process.exit(1));
}

process.on('message', (message) => {
  const request = message as KeeperRequest;
  if (request.op === 'start') start(request);
  else if (request.op === 'stop') stop(request.id);
  else close();
});
process.on('disconnect', close);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, close);
