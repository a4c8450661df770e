// The shop for tests: its intent in a Git repository of its own, and clients that read its answers.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { MeshAnswer } from '../../index.ts';

export const example = join(import.meta.dirname, '../../../examples/shop');
const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];

/** The shop's intent in a repository of its own. */
export class Repository {
  readonly folder: string;

  constructor(t: Test) {
    this.folder = mkdtempSync(join(tmpdir(), 'fairlead-shop-'));
    t.teardown(() => rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 }));
    cpSync(join(example, 'intent'), join(this.folder, 'intent'), { recursive: true });
    this.git('init', '--quiet', '-b', 'main');
    this.commit('the shop');
  }

  git(...args: string[]): string {
    return execFileSync('git', [...identity, ...args], { cwd: this.folder, encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  commit(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  edit(file: string, from: string, to: string): string {
    const path = join(this.folder, 'intent', file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
    writeFileSync(path, text.replace(from, to));
    return this.commit(`${file}: ${to}`);
  }
}

/** What a service of the shop says of the request it got. */
export function told(answer: MeshAnswer): Record<string, unknown> {
  return answer.status === 200 ? (JSON.parse(answer.body) as Record<string, unknown>) : { ...answer };
}

/** Runs until stopped; counts answers by status. */
export function underLoad(send: () => Promise<MeshAnswer>): () => Promise<Readonly<Record<string, number>>> {
  const statuses: Record<string, number> = {};
  let isStopped = false;
  const client = async (): Promise<void> => {
    while (!isStopped) {
      const { status, error } = await send();
      const key = error ?? String(status);
      statuses[key] = (statuses[key] ?? 0) + 1;
    }
  };
  const clients = [client(), client()];
  return async () => {
    isStopped = true;
    await Promise.all(clients);
    return statuses;
  };
}
