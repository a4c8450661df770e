// Puts the parts of `fairlead up` together: local mesh, Git watcher, webhook, status server. No logic of the parts themselves.
import { join } from 'node:path';
import { hasErrors } from '../../compiler/index.ts';
import { gitProgram, type LocalMesh, startLocalMesh, watchBranch } from '../../runtime/index.ts';
import { startWebhook, WebhookStartError } from '../../webhook/index.ts';
import { parsePort } from '../commands/serve.ts';
import type { ExitCode, Io } from '../io.ts';
import { startProgress } from '../progress.ts';
import { absolute, claimStateFolder, publishAddress, removeStateFolder, stateFolder } from '../up-state.ts';
import { Announcer } from './announce.ts';
import { CommitReader } from './commit-reader.ts';
import { requireEnvoy } from './envoy.ts';
import { readLocal } from './local.ts';
import { Parts } from './parts.ts';
import { startStatusServer } from './status-server.ts';
import { findSubject } from './subject.ts';
import type { UpStatus } from './up-client.ts';

export interface UpOptions {
  readonly proxy: 'embedded' | 'envoy';
  readonly branch?: string;
  readonly local?: string;
  readonly webhookPort: string;
}

/** Runs until `stopped`, or until it cannot be brought up; afterwards nothing of it is left, however far it had come. */
export async function runUp(
  io: Io,
  argument: string,
  options: UpOptions,
  stopped: Promise<unknown>,
): Promise<ExitCode> {
  parsePort(options.webhookPort);
  if (options.proxy === 'envoy') await requireEnvoy(io.env);
  const folder = stateFolder(io.cwd, argument);
  claimStateFolder(folder, absolute(io.cwd, argument));
  const remove = () => removeStateFolder(folder);
  // A second Ctrl-C ends the process at once; its keeper ends the others, and the folder goes here.
  process.once('exit', remove);
  const parts = new Parts();
  const starting = startParts(io, { ...options, argument, folder }, parts);
  try {
    const failure = await Promise.race([starting, stopped.then(() => undefined)]);
    if (failure !== undefined) return failure;
    await stopped;
    io.stderr('stopping\n');
    return 0;
  } finally {
    await parts.close();
    await starting.catch(() => {});
    remove();
    process.off('exit', remove);
  }
}

interface Setting extends UpOptions {
  readonly argument: string;
  readonly folder: string;
}

/** An exit code where it could not be brought up; what is wrong has been told. */
async function startParts(plainIo: Io, setting: Setting, parts: Parts): Promise<ExitCode | undefined> {
  const progress = startProgress();
  const io = clearing(plainIo, progress.clear);
  parts.add(progress.clear);
  const subject = await findSubject(io.cwd, setting.argument, setting.folder);
  if (subject.note !== undefined) io.stderr(`note: ${subject.note}\n`);
  const { local, diagnostics } = readLocal(io.cwd, setting.local, subject.folder);
  const announcer = new Announcer(io, () => mesh?.deployer.live !== undefined);
  announcer.tell(diagnostics);
  if (hasErrors(diagnostics)) return 1;

  let mesh: LocalMesh | undefined;
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
    return 1;
  }
  mesh = started.mesh;
  const { deployer, processes } = mesh;
  parts.add(() => started.mesh.close());

  const webhookCaFile = join(setting.folder, 'webhook-ca.pem');
  const webhook = await startWebhook({
    host: '127.0.0.1',
    port: parsePort(setting.webhookPort),
    mesh: () => commits.treeOf(deployer.live?.commit),
    caFile: webhookCaFile,
    log: () => {},
  }).catch((error: unknown) => {
    if (!(error instanceof WebhookStartError)) throw error;
    announcer.tell(error.diagnostics);
  });
  if (!webhook) return 2;
  parts.add(() => webhook.close());

  const abort = new AbortController();
  parts.add(() => abort.abort());
  const watch = await watchBranch({
    repository: subject.repository,
    ...(setting.branch !== undefined && { branch: setting.branch }),
    stateDir: setting.folder,
    pollMs: 500,
    git: gitProgram({ signal: abort.signal }),
    onCommit: ({ commit, skipped, directory }) => {
      commits.readFrom(directory);
      deployer.submit(commit, skipped);
    },
    onTrouble: (diagnostic) => {
      // A look that our own end cuts short is no trouble.
      if (!parts.isClosed) announcer.tell([diagnostic]);
    },
  });
  parts.add(() => watch.close());

  const status = (): UpStatus => ({
    subject: absolute(io.cwd, setting.argument),
    ...(watch.directory !== undefined && { repository: watch.directory }),
    path: subject.path,
    ...(watch.branch !== undefined && { branch: watch.branch }),
    proxy: setting.proxy,
    webhook: { url: webhook.url, caFile: webhookCaFile },
    meshCaFile: started.mesh.trustBundleFile,
    ...started.mesh.status(),
  });
  const server = await startStatusServer({
    status,
    wait: (commit, timeoutMs) => deployer.waitForCommit(commit, { timeoutMs }),
  });
  parts.add(() => server.close());
  publishAddress(setting.folder, server.url);

  const ticker = setInterval(() => {
    const running = processes.status().filter(({ state }) => state === 'running').length;
    progress.update(`bringing up ${deployer.history()[0]?.commit.slice(0, 12) ?? ''}: ${running} processes run`);
  }, 200);
  parts.add(() => clearInterval(ticker));
  await deployer.idle();
  clearInterval(ticker);
  if (!parts.isClosed) announcer.ready(status(), deployer.live?.mesh, { argument: setting.argument, local });
  return undefined;
}

/** Everything said makes room for itself. */
function clearing(io: Io, clear: () => void): Io {
  const after = (write: (text: string) => void) => (text: string) => {
    clear();
    write(text);
  };
  return { ...io, stdout: after(io.stdout), stderr: after(io.stderr) };
}
