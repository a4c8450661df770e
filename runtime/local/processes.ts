// The processes of a local mesh: started through the keeper, restarted with a growing pause when they fail, and gone after close.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Diagnostic, makeDiagnostic, makeFolder } from '../../compiler/index.ts';
import type { KeeperEvent, KeeperRequest } from './keeper-messages.ts';
import { startTimer } from '../timers.ts';

export interface Program {
  /** Unique among the programs, and the name of its log: `app-shop-shoes-0`. */
  readonly id: string;
  /** The first word `node` is the Node that runs this. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ProgramStatus {
  readonly id: string;
  readonly state: 'starting' | 'running' | 'waiting' | 'missing' | 'stopped';
  readonly pid?: number;
  /** How often it was started again. */
  readonly restarts: number;
  readonly logFile: string;
}

export interface ProcessesOptions {
  readonly stateDir: string;
  /** Told of every program that ends by itself or cannot be started. */
  readonly report: (diagnostic: Diagnostic) => void;
  readonly firstPauseMs?: number;
}

interface Entry {
  readonly program: Program;
  state: ProgramStatus['state'];
  pid?: number;
  restarts: number;
  pauseMs: number;
  startedAt: number;
  timer?: NodeJS.Timeout;
}

const longestPauseMs = 10_000;
/** Longer than the keeper's own limit for a graceful end. */
const closeLimitMs = 4_000;

/** A program file beside the caller's: `.ts` from the sources, `.js` in the package. */
export function siblingProgram(name: string, base: string): string {
  return new URL(`./${name}${base.endsWith('.ts') ? '.ts' : '.js'}`, base).pathname;
}

export class Processes {
  readonly #options: ProcessesOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #waiters = new Set<() => void>();
  #keeper: ChildProcess | undefined;
  #isClosing = false;

  constructor(options: ProcessesOptions) {
    this.#options = options;
    makeFolder(join(options.stateDir, 'logs'), 0o700);
  }

  /** Starts it and keeps it running. A program of the same id must have been stopped before. */
  start(program: Program): void {
    const pauseMs = this.#options.firstPauseMs ?? 250;
    const entry: Entry = { program, state: 'starting', restarts: 0, pauseMs, startedAt: 0 };
    this.#entries.set(program.id, entry);
    this.#launch(entry);
  }

  /** Resolves when the program has ended; it is not started again. */
  async stop(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return;
    clearTimeout(entry.timer);
    const isRunning = entry.state === 'starting' || entry.state === 'running';
    entry.state = 'stopped';
    if (isRunning) {
      this.#send({ op: 'stop', id });
      await this.#until(() => entry.pid === undefined, closeLimitMs);
    }
    this.#entries.delete(id);
  }

  /** Sends a signal to a program that runs; one that is just starting or waiting to be started does not get it. */
  signal(id: string, signal: NodeJS.Signals): void {
    const pid = this.#entries.get(id)?.pid;
    if (pid === undefined) return;
    try {
      process.kill(pid, signal);
    } catch {
      // It has just ended, and is about to be started again.
    }
  }

  status(): readonly ProgramStatus[] {
    return [...this.#entries.values()].map(({ program, state, pid, restarts }) => {
      return { id: program.id, state, ...(pid !== undefined && { pid }), restarts, logFile: this.logFile(program.id) };
    });
  }

  logFile(id: string): string {
    return join(this.#options.stateDir, 'logs', `${id.replace(/[^\w.-]/g, '_')}.log`);
  }

  /** The last lines that a program wrote. */
  async tail(id: string, lines = 20): Promise<readonly string[]> {
    const text = await readFile(this.logFile(id), 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-lines);
  }

  /** Ends every program and the keeper; afterwards no process is left. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const entry of this.#entries.values()) clearTimeout(entry.timer);
    const keeper = this.#keeper;
    if (!keeper || keeper.exitCode !== null || keeper.signalCode !== null) return this.#killGroups();
    const ended = new Promise((resolve) => keeper.once('exit', resolve));
    this.#send({ op: 'close' });
    const timer = startTimer(closeLimitMs, () => keeper.kill('SIGKILL'));
    await ended;
    clearTimeout(timer);
    this.#killGroups();
  }

  #launch(entry: Entry): void {
    const { program } = entry;
    entry.state = 'starting';
    entry.startedAt = performance.now();
    const [first = '', ...rest] = program.command;
    const command = [first === 'node' ? process.execPath : first, ...rest];
    const { id, cwd, env } = program;
    this.#send({ op: 'start', id, command, cwd, env, logFile: this.logFile(id) });
  }

  #send(request: KeeperRequest): void {
    this.#keeper ??= this.#startKeeper();
    // A keeper that dies meanwhile is replaced by its exit handler, which starts everything anew.
    if (this.#keeper.connected) this.#keeper.send(request, () => {});
  }

  #startKeeper(): ChildProcess {
    const keeper = spawn(process.execPath, [siblingProgram('keeper', import.meta.url)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached: true,
    });
    keeper.on('message', (message) => this.#hear(message as KeeperEvent));
    keeper.once('error', () => this.#loseKeeper(keeper));
    keeper.once('exit', () => this.#loseKeeper(keeper));
    return keeper;
  }

  #hear(event: KeeperEvent): void {
    const entry = this.#entries.get(event.id);
    if (!entry) return;
    if (event.event === 'started') {
      entry.pid = event.pid;
      if (entry.state === 'starting') entry.state = 'running';
    } else {
      delete entry.pid;
      this.#ended(entry, event);
    }
    for (const wake of this.#waiters) wake();
  }

  #ended(entry: Entry, event: Exclude<KeeperEvent, { event: 'started' }>): void {
    if (this.#isClosing || entry.state === 'stopped') return;
    const { id, command } = entry.program;
    if (event.event === 'failed' && event.isMissing) {
      entry.state = 'missing';
      const message = `${id}: the program "${command[0]}" cannot be started: ${event.message}`;
      this.#options.report(makeDiagnostic('FL0854', { message, hint: 'install it, or name another one' }));
      return;
    }
    if (performance.now() - entry.startedAt > longestPauseMs) entry.pauseMs = this.#options.firstPauseMs ?? 250;
    entry.state = 'waiting';
    entry.timer = startTimer(entry.pauseMs, () => {
      entry.restarts += 1;
      this.#launch(entry);
    });
    const how = event.event === 'failed' ? `could not be started: ${event.message}` : event.how;
    this.#options.report(
      makeDiagnostic('FL0853', {
        message: `${id} ${how}; it is started again in ${entry.pauseMs} ms`,
        hint: `its log is ${this.logFile(id)}`,
      }),
    );
    entry.pauseMs = Math.min(entry.pauseMs * 2, longestPauseMs);
  }

  /** Without its keeper nothing would end with us: what it held is ended here, and started again under a new one. */
  #loseKeeper(keeper: ChildProcess): void {
    if (this.#keeper !== keeper) return;
    this.#keeper = undefined;
    if (this.#isClosing) return;
    this.#killGroups();
    for (const entry of this.#entries.values()) {
      delete entry.pid;
      if (entry.state === 'running' || entry.state === 'starting') {
        this.#ended(entry, { event: 'exited', id: entry.program.id, how: 'lost its keeper' });
      }
    }
  }

  #killGroups(): void {
    for (const { pid } of this.#entries.values()) {
      if (pid === undefined) continue;
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // Ended already, as it should.
      }
    }
  }

  async #until(isDone: () => boolean, limitMs: number): Promise<void> {
    if (isDone()) return;
    await new Promise<void>((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiters.delete(check);
        resolve();
      };
      const check = () => isDone() && finish();
      const timer = startTimer(limitMs, finish);
      this.#waiters.add(check);
    });
  }
}
