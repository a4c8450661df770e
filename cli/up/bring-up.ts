// Puts the parts of `fairlead up` together: local mesh, Git watcher, webhook, status server. No logic of the parts themselves.
import { join } from 'node:path';
import { hasErrors } from '../../compiler/index.ts';
import { type LocalFile, type LocalMesh, startLocalMesh } from '../../runtime/index.ts';
import { startWebhook, type WebhookServer, WebhookStartError } from '../../webhook/index.ts';
import { parsePort } from '../port.ts';
import { BranchFollower } from '../follow/branch-follower.ts';
import { findSubject } from '../follow/subject.ts';
import type { ExitCode, Io } from '../io.ts';
import { type Progress, startProgress } from '../progress.ts';
import { absolute, claimStateFolder, publishAddress, removeStateFolder, stateFolder } from '../up-state.ts';
import { announceReady } from './announce-ready.ts';
import { requireEnvoy } from './envoy.ts';
import { readLocal } from './local.ts';
import { Parts } from './parts.ts';
import { startStatusServer } from './status-server.ts';
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
  const up: { mesh?: LocalMesh } = {};
  const follower = new BranchFollower({
    io,
    subject,
    ...(setting.branch !== undefined && { branch: setting.branch }),
    stateDir: setting.folder,
    pollMs: 500,
    isLive: () => up.mesh?.deployer.live !== undefined,
  });
  follower.announcer.tell(diagnostics);
  if (hasErrors(diagnostics)) return 1;

  const mesh = await startMesh(setting, local, follower);
  if (!mesh) return 1;
  up.mesh = mesh;
  parts.add(() => mesh.close());
  const webhook = await startOwnWebhook(setting, mesh, follower);
  if (!webhook) return 2;
  parts.add(() => webhook.close());
  parts.add(() => follower.close());
  const watch = await follower.start(mesh.deployer);

  const status = (): UpStatus => ({
    subject: absolute(io.cwd, setting.argument),
    ...(watch.directory !== undefined && { repository: watch.directory }),
    path: subject.path,
    ...(watch.branch !== undefined && { branch: watch.branch }),
    proxy: setting.proxy,
    webhook: { url: webhook.url, caFile: webhookCaFile(setting) },
    meshCaFile: mesh.trustBundleFile,
    ...mesh.status(),
  });
  const wait = (commit: string, timeoutMs: number) => mesh.deployer.waitForCommit(commit, { timeoutMs });
  const server = await startStatusServer({ status, wait });
  parts.add(() => server.close());
  publishAddress(setting.folder, server.url);
  await untilIdle(mesh, progress, parts);
  if (parts.isClosed) return undefined;
  announceReady(io, { status: status(), mesh: mesh.deployer.live?.mesh, argument: setting.argument, local });
  return undefined;
}

/** Undefined if there is no room for it; that has been told. */
async function startMesh(
  { proxy, folder }: Setting,
  local: LocalFile,
  follower: BranchFollower,
): Promise<LocalMesh | undefined> {
  const started = await startLocalMesh({
    proxy,
    local,
    stateDir: folder,
    compile: (commit) => follower.compile(commit),
    report: (diagnostic) => follower.announcer.tell([diagnostic]),
    onRecord: (record) => follower.tellRecord(record),
  });
  if (started.ok) return started.mesh;
  follower.announcer.tell(started.diagnostics);
  return undefined;
}

function webhookCaFile({ folder }: Setting): string {
  return join(folder, 'webhook-ca.pem');
}

/** Undefined if its port is taken; that has been told. */
async function startOwnWebhook(
  setting: Setting,
  { deployer }: LocalMesh,
  follower: BranchFollower,
): Promise<WebhookServer | undefined> {
  try {
    return await startWebhook({
      host: '127.0.0.1',
      port: parsePort(setting.webhookPort),
      mesh: () => follower.treeOf(deployer.live?.commit),
      caFile: webhookCaFile(setting),
      log: () => {},
    });
  } catch (error) {
    if (!(error instanceof WebhookStartError)) throw error;
    follower.announcer.tell(error.diagnostics);
    return undefined;
  }
}

/** Resolves when the first commit is decided, if there is one. */
async function untilIdle({ deployer, processes }: LocalMesh, progress: Progress, parts: Parts): Promise<void> {
  const ticker = setInterval(() => {
    const running = processes.status().filter(({ state }) => state === 'running').length;
    const commit = deployer.history()[0]?.commit.slice(0, 12) ?? '';
    progress.update(`bringing up ${commit}: ${running} processes run`);
  }, 200);
  parts.add(() => clearInterval(ticker));
  await deployer.idle();
  clearInterval(ticker);
}

/** Everything said makes room for itself. */
function clearing(io: Io, clear: () => void): Io {
  const after = (write: (text: string) => void) => (text: string) => {
    clear();
    write(text);
  };
  return { ...io, stdout: after(io.stdout), stderr: after(io.stderr) };
}
