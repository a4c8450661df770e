// Endpoint discovery from files: a file, or a folder of them, watched. A bad file keeps what it said before. Never compiles.
import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { type Diagnostic, formatSpan, keyOf, makeDiagnostic, type Span, wholeFile } from '../../compiler/index.ts';
import { type Cancel, type Clock, systemClock } from '../clock.ts';
import type { DiscoverySink, DiscoverySource } from './discovery-source.ts';
import { type ParsedInstances, parseInstances } from './parse-instances.ts';

export interface InstanceFilesOptions {
  /** A YAML or JSON file, or a folder of them (not searched deeper). */
  readonly path: string;
  readonly clock?: Clock;
  /** Editors write in several steps; changes are taken in this long after the last: 50 unless given. */
  readonly debounceMs?: number;
  /** Also looked at this often, for file systems that report no changes: 2,000 unless given. */
  readonly pollMs?: number;
}

interface FileState {
  /** As last read; undefined if it could not be. */
  readonly text: string | undefined;
  readonly parsed: ParsedInstances;
  /** Last good. */
  readonly good: Pick<ParsedInstances, 'instances' | 'spans'>;
  readonly diagnostics: readonly Diagnostic[];
}

const nothing = { instances: [], spans: [] };
/** Some tens of thousands of instances; more is a mistake, such as a database dump in the wrong folder. */
const largestFileBytes = 16 * 1024 * 1024;

const isInstanceFile = (name: string): boolean => /\.(ya?ml|json)$/.test(name) && !name.startsWith('.');

/** Diagnostics are for what is in the files, for two that disagree, and for a path that does not exist yet. */
export class InstanceFiles implements DiscoverySource {
  readonly #options: InstanceFilesOptions;
  readonly #clock: Clock;
  #sink: DiscoverySink | undefined;
  #states = new Map<string, FileState>();
  #lastInstances = '';
  #lastDiagnostics = '[]';
  #reading: Promise<void> = Promise.resolve();
  #fsWatcher: FSWatcher | undefined;
  #cancelDebounce: Cancel = () => undefined;
  #cancelPoll: Cancel = () => undefined;
  #isClosed = false;

  constructor(options: InstanceFilesOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async start(sink: DiscoverySink): Promise<void> {
    this.#sink = sink;
    await this.reload();
    if (this.#isClosed) return;
    this.#watch();
    this.#poll();
  }

  /** Reads now, as if something had changed. Readings never overlap: the later one must win. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(() => (this.#isClosed ? undefined : this.#read()));
    return this.#reading;
  }

  close(): void {
    this.#isClosed = true;
    this.#fsWatcher?.close();
    this.#cancelDebounce();
    this.#cancelPoll();
  }

  #watch(): void {
    try {
      this.#fsWatcher = watch(this.#options.path, () => {
        this.#cancelDebounce();
        this.#cancelDebounce = this.#clock.schedule(this.#options.debounceMs ?? 50, () => void this.reload());
      });
      // A watched path that is deleted ends the watching; polling goes on.
      this.#fsWatcher.on('error', () => this.#fsWatcher?.close());
      this.#fsWatcher.unref();
    } catch {
      this.#fsWatcher = undefined;
    }
  }

  #poll(): void {
    this.#cancelPoll = this.#clock.schedule(this.#options.pollMs ?? 2_000, () => {
      this.reload().finally(() => {
        if (!this.#isClosed) this.#poll();
      });
    });
  }

  async #read(): Promise<void> {
    const { files, failure } = await listFiles(this.#options.path);
    // A path that cannot be listed for a moment, as while it is being replaced, must not take every endpoint away.
    if (!failure) {
      const read = new Map<string, FileState>();
      for (const file of files) read.set(file, await this.#readFile(file));
      this.#states = judge(read);
    }
    this.#tell(failure ? [failure] : []);
  }

  async #readFile(file: string): Promise<FileState> {
    const before = this.#states.get(file);
    const good = before?.good ?? nothing;
    const label = this.#label(file);
    try {
      if ((await stat(file)).size > largestFileBytes) throw new Error(`larger than ${largestFileBytes} bytes`);
      const text = await readFile(file, 'utf8');
      const parsed = before?.text === text ? before.parsed : parseInstances(label, text);
      return { text, parsed, good, diagnostics: [] };
    } catch (error) {
      const message = `cannot read ${label}: ${(error as Error).message}`;
      const diagnostics = [makeDiagnostic('FL0806', { message, span: wholeFile(label) })];
      return { text: undefined, parsed: { ...nothing, diagnostics }, good, diagnostics: [] };
    }
  }

  #label(file: string): string {
    return relative(this.#options.path, file) || basename(file);
  }

  #tell(failures: readonly Diagnostic[]): void {
    if (this.#isClosed) return;
    const states = [...this.#states.values()];
    const diagnostics = [...failures, ...states.flatMap((state) => state.diagnostics)];
    const diagnosticsText = JSON.stringify(diagnostics);
    if (diagnosticsText !== this.#lastDiagnostics) this.#sink?.onDiagnostics(diagnostics);
    this.#lastDiagnostics = diagnosticsText;
    const instances = states.flatMap((state) => state.good.instances);
    const instancesText = JSON.stringify(instances);
    if (instancesText !== this.#lastInstances) this.#sink?.onInstances(instances);
    this.#lastInstances = instancesText;
  }
}

/** A file counts as a whole: with any finding in it, what it last said when it was good stays. */
function judge(read: ReadonlyMap<string, FileState>): Map<string, FileState> {
  const seen = new Map<string, Span>();
  const judged = new Map<string, FileState>();
  for (const [file, state] of read) {
    const diagnostics = [...state.parsed.diagnostics, ...duplicates(state.parsed, seen)];
    const good = diagnostics.length > 0 ? state.good : state.parsed;
    for (const [i, instance] of good.instances.entries()) seen.set(keyOf(instance), spanAt(good.spans, i));
    judged.set(file, { ...state, good, diagnostics });
  }
  return judged;
}

function spanAt(spans: readonly Span[], index: number): Span {
  return spans[index] ?? wholeFile('');
}

function duplicates({ instances, spans }: ParsedInstances, others: ReadonlyMap<string, Span>): readonly Diagnostic[] {
  const seen = new Map(others);
  return instances.flatMap((instance, i) => {
    const key = keyOf(instance);
    const span = spanAt(spans, i);
    const first = seen.get(key);
    seen.set(key, first ?? span);
    if (!first) return [];
    const related = [{ message: `first at ${formatSpan(first)}`, span: first }];
    return [makeDiagnostic('FL0808', { message: `instance ${key} is listed twice`, span, related })];
  });
}

async function listFiles(path: string): Promise<{ readonly files: readonly string[]; readonly failure?: Diagnostic }> {
  try {
    if (!(await stat(path)).isDirectory()) return { files: [path] };
    const names = (await readdir(path)).filter(isInstanceFile).sort();
    return { files: names.map((name) => join(path, name)) };
  } catch (error) {
    const message = `cannot read the instances in ${path}: ${(error as Error).message}`;
    return { files: [], failure: makeDiagnostic('FL0806', { message, hint: 'the path must be a file or a folder' }) };
  }
}
