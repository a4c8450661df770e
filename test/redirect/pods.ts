// What stands in a namespace: the redirection, the application, and its Envoy under the proxy's own user.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { defaultInjectConfig, injectPod } from '../../webhook/index.ts';
import { findEnvoy } from '../../compiler/test/support/envoy.ts';
import type { Exchanged } from './exchange.ts';
import { type Namespace, runInit } from './namespaces.ts';

export interface Application {
  call(host: string, port: number, text: string): Promise<Exchanged>;
  /** `GET shoes:80 /path`. */
  askHttp2(host: string, port: number, what: string): Promise<Exchanged>;
}

/** What the injector gives an init container for a pod with these annotations, done to a namespace. */
export function redirectTraffic(namespace: Namespace, annotations: Readonly<Record<string, string>> = {}): void {
  const pod = { metadata: { annotations }, spec: { containers: [{ name: 'app' }] } };
  const labels = { 'fairlead.dev/injection': 'enabled' };
  const { pod: injected } = injectPod(pod, { name: 'shop', labels }, defaultInjectConfig);
  const init = injected.spec?.initContainers?.find((c) => c.name === 'fairlead-init');
  if (!init) throw new Error('the injector added no init container');
  runInit(namespace, init as unknown as Parameters<typeof runInit>[1]);
}

export async function startApplication(
  test: Test,
  namespace: Namespace,
  options: {
    readonly name: string;
    readonly http: readonly number[];
    readonly tcp?: readonly number[];
    readonly http2?: readonly number[];
  },
): Promise<Application> {
  const script = join(import.meta.dirname, 'application.ts');
  const ports = [options.http, options.tcp ?? [], options.http2 ?? []].map((list) => list.join(','));
  const child = spawn('ip', ['netns', 'exec', namespace.name, process.execPath, script, options.name, ...ports], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  test.teardown(() => stop(child));
  const waiting = new Map<number, (exchanged: Exchanged) => void>();
  const ready = new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the application of ${options.name} ended`)));
    child.on('message', ({ id, exchanged }: { id: number; exchanged?: Exchanged }) => {
      if (exchanged) waiting.get(id)?.(exchanged);
      else resolve();
    });
  });
  await ready;
  let lastId = 0;
  const tell = (host: string, port: number, text: string, isHttp2: boolean) =>
    new Promise<Exchanged>((resolve) => {
      const id = ++lastId;
      waiting.set(id, resolve);
      child.send({ id, host, port, text, isHttp2 });
    });
  return {
    call: (host, port, text) => tell(host, port, text, false),
    askHttp2: (host, port, what) => tell(host, port, what, true),
  };
}

/** As in a pod: user 1337, whose traffic is not redirected. Reading files of root's is all it may besides. */
export function startSidecar(test: Test, namespace: Namespace, bootstrap: object): { log(): string } {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-redirect-'));
  const config = join(folder, 'bootstrap.json');
  const logFile = join(folder, 'envoy.log');
  writeFileSync(config, JSON.stringify(bootstrap), { mode: 0o600 });
  const out = openSync(logFile, 'w');
  const asProxy = ['setpriv', '--reuid', '1337', '--regid', '1337', '--clear-groups'];
  const mayRead = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
  const envoy = [findEnvoy() ?? 'envoy', '-c', config, '--disable-hot-restart', '--concurrency', '1', '-l', 'warning'];
  const child = spawn('ip', ['netns', 'exec', namespace.name, ...asProxy, ...mayRead, ...envoy], {
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  test.teardown(async () => {
    await stop(child);
    rmSync(folder, { recursive: true });
  });
  return { log: () => readFileSync(logFile, 'utf8') };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
