// Puts the parts of `fairlead up` together: local mesh, Git watcher, webhook, status server. No logic of the parts themselves.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrors } from '../../compiler/index.ts';
import { startLocalMesh, watchBranch } from '../../runtime/index.ts';
import { startWebhook } from '../../webhook/index.ts';
import { type Io, UsageError } from '../io.ts';
import { absolute, createStateFolder, readState, stateFolder, writeState } from '../up-state.ts';
import { Announcer } from './announce.ts';
import { CommitReader } from './commit-reader.ts';
import { readLocal } from './local.ts';
import { parsePort } from '../commands/serve.ts';
import { startStatusServer } from './status-server.ts';
import { findSubject, type Subject } from './subject.ts';
import type { UpStatus } from './up-client.ts';

export interface UpOptions {
  readonly proxy: 'embedded' | 'envoy';
  readonly branch?: string;
  readonly local?: string;
  readonly webhookPort: string;
}

export interface RunningUp {
  close(): Promise<void>;
}

/** Undefined where it could not be brought up; what is wrong has been told. */
export async function bringUp(io: Io, argument: string, options: UpOptions): Promise<RunningUp | undefined> {
  const running = readState(io.cwd, argument);
  if (running)
    throw new UsageError(
      `"${argument}" is up already, as process ${running.pid}`,
      'stop that one first, or ask it: fairlead status',
    );
  const folder = stateFolder(io.cwd, argument);
  createStateFolder(folder);
  const parts = new Parts(() => rmSync(folder, { recursive: true, force: true }));
  try {
    const subject = await findSubject(io.cwd, argument, folder);
    if (subject.note !== undefined) io.stderr(`note: ${subject.note}\n`);
    const isUp = await startParts(io, subject, { ...options, argument, folder }, parts);
    if (isUp) return parts;
  } catch (error) {
    await parts.close();
    throw error;
  }
  await parts.close();
  return undefined;
}

interface Setting extends UpOptions {
  readonly argument: string;
  readonly folder: string;
}

async function startParts(io: Io, subject: Subject, setting: Setting, parts: Parts): Promise<boolean> {
  const announcer = new Announcer(io);
  const { local, diagnostics } = readLocal(io.cwd, setting.local ?? subject.folder);
  announcer.tell(diagnostics);
  if (hasErrors(diagnostics)) return false;

  const commits = new CommitReader(subject.path);
  const started = await startLocalMesh({
    proxy: setting.proxy,
    local,
    stateDir: setting.folder,
    compile: (commit) => commits.compile(commit),
    report: (diagnostic) => announcer.tell([diagnostic]),
    onRecord: (record) => announcer.record(record, commits.lookup(record.commit)),
  });
  if (!started.ok) {
    announcer.tell(started.diagnostics);
    return false;
  }
  const { mesh } = started;
  parts.add(() => mesh.close());

  const webhookCaFile = join(setting.folder, 'webhook-ca.pem');
  const webhook = await startWebhook({
    host: '127.0.0.1',
    port: parsePort(setting.webhookPort),
    mesh: () => commits.treeOf(mesh.deployer.live?.commit),
    caFile: webhookCaFile,
    log: () => {},
  });
  parts.add(() => webhook.close());

  const watch = await watchBranch({
    repository: subject.repository,
    ...(setting.branch !== undefined && { branch: setting.branch }),
    stateDir: setting.folder,
    pollMs: 500,
    onCommit: ({ commit, skipped }) => mesh.deployer.submit(commit, skipped),
    onTrouble: (diagnostic) => announcer.tell([diagnostic]),
  });
  parts.add(() => watch.close());
  commits.readFrom(watch.directory ?? subject.repository);

  const status = (): UpStatus => ({
    subject: absolute(io.cwd, setting.argument),
    ...(watch.branch !== undefined && { branch: watch.branch }),
    proxy: setting.proxy,
    webhook: { url: webhook.url, caFile: webhookCaFile },
    meshCaFile: mesh.trustBundleFile,
    ...mesh.status(),
  });
  const server = await startStatusServer({
    status,
    wait: (commit, timeoutMs) => mesh.deployer.waitForCommit(commit, { timeoutMs }),
  });
  parts.add(() => server.close());
  writeState(setting.folder, { pid: process.pid, subject: absolute(io.cwd, setting.argument), address: server.url });

  await mesh.deployer.idle();
  announcer.ready(status(), setting.argument);
  return true;
}

/** What was started, ended in the opposite order, once. */
class Parts implements RunningUp {
  readonly #closers: (() => unknown)[] = [];
  readonly #last: () => void;

  constructor(last: () => void) {
    this.#last = last;
  }

  add(close: () => unknown): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) await close();
    this.#last();
  }
}
