// The stage of the demo: a bare repository with the shop in it, a developer's clone, and `fairlead up` watching the repository.
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, fairlead, git, say, sayEdit, startFairlead } from './stage.ts';

const exampleFolder = join(import.meta.dirname, '../shop');
const readyTimeoutMs = 45_000;

/** What `fairlead status --format json` tells of a running mesh. */
export interface Status {
  readonly commit: string;
  readonly webhook: { readonly url: string; readonly caFile: string };
  /** Root certificate of the mesh, for clients of HTTPS gateways. */
  readonly meshCaFile: string;
  /** Addresses are `host:port`. */
  readonly addresses: {
    readonly gateways: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly instances: readonly Instance[];
  };
  readonly proxies: readonly {
    readonly id: string;
    readonly workload: string;
    readonly state: string;
    /** The program it runs in. */
    readonly program?: string;
  }[];
  readonly programs: readonly { readonly id: string; readonly logFile: string }[];
}

export interface Instance {
  readonly name: string;
  readonly workload: string;
  readonly outboundHttp?: string;
  readonly outboundTcp: Readonly<Record<string, string>>;
}

export class Shop {
  readonly folder = mkdtempSync(join(tmpdir(), 'fairlead-demo-'));
  readonly repository = join(this.folder, 'shop.git');
  readonly clone = join(this.folder, 'shop');
  #up: ChildProcess | undefined;
  #output = '';

  async createRepository(): Promise<void> {
    await git(['init', '--quiet', '--bare', '--initial-branch=main', this.repository], this.folder, { quiet: true });
    await git(['clone', '--quiet', this.repository, this.clone], this.folder, { quiet: true });
    await git(['checkout', '--quiet', '-b', 'main'], this.clone, { quiet: true });
    for (const part of ['intent', 'services', 'local.yaml', 'README.md'])
      cpSync(join(exampleFolder, part), join(this.clone, part), { recursive: true });
    await this.commit('the shop as it is', { quiet: true });
  }

  /** Commits everything in the clone and pushes it; returns the commit. */
  async commit(message: string, options: { readonly quiet?: true } = {}): Promise<string> {
    await git(['add', '--all'], this.clone, { quiet: true });
    await git(['commit', '--quiet', '-m', message], this.clone, options);
    await git(['push', '--quiet', 'origin', 'HEAD'], this.clone, options);
    return git(['rev-parse', 'HEAD'], this.clone, { quiet: true });
  }

  read(file: string): string {
    return readFileSync(join(this.clone, file), 'utf8');
  }

  /** Replaces text in a file of the clone; the text must be there, or the demo no longer shows what it says. */
  edit(file: string, from: string, to: string): void {
    const path = join(this.clone, file);
    const text = readFileSync(path, 'utf8');
    expect(text.includes(from), `${file} to contain "${from}"`);
    writeFileSync(path, text.replace(from, to));
    sayEdit(file, from.trim(), to.trim());
  }

  async start(proxy: string): Promise<void> {
    const up = startFairlead(['up', this.repository, '--local', this.clone, '--proxy', proxy], this.folder);
    this.#up = up;
    let exited: number | undefined;
    up.on('exit', (code) => (exited = code ?? 1));
    for (const stream of [up.stdout, up.stderr]) stream?.on('data', (chunk: Buffer) => (this.#output += chunk));
    const deadline = Date.now() + readyTimeoutMs;
    while (!this.#output.includes('ready:')) {
      expect(exited === undefined, `fairlead up to keep running, but it ended with ${exited}:\n${this.#output}`);
      expect(
        Date.now() < deadline,
        `fairlead up to be ready within ${readyTimeoutMs / 1000} s; it said:\n${this.#output}`,
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    say(this.#output);
  }

  get output(): string {
    return this.#output;
  }

  async status(): Promise<Status> {
    const { code, stdout, stderr } = await fairlead(['status', this.repository, '--format', 'json'], this.folder, {
      quiet: true,
    });
    expect(code === 0, `fairlead status to answer, but: ${stderr}`);
    return JSON.parse(stdout) as Status;
  }

  /** Stops `fairlead up` as Ctrl-C does; returns its exit code. */
  async stop(): Promise<number | null> {
    const up = this.#up;
    this.#up = undefined;
    if (!up || up.exitCode !== null || up.signalCode !== null) return up?.exitCode ?? 0;
    const ended = new Promise<number | null>((resolve) => up.on('exit', (code) => resolve(code)));
    up.kill('SIGINT');
    const killer = setTimeout(() => up.kill('SIGKILL'), 15_000);
    const code = await ended;
    clearTimeout(killer);
    return code;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
