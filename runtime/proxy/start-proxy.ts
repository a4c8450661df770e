// Puts the parts of the embedded proxy together.
import { startAdmin } from './admin.ts';
import { type Bootstrap, readBootstrap } from './bootstrap.ts';
import { ConfigStore } from './config/config-store.ts';
import type { ListenerStatus } from './config/listener-store.ts';
import { type OwnWorkload, ProxyStats } from './stats.ts';
import { XdsClient } from './xds/client.ts';

export interface ProxyOptions {
  /** The same JSON that Envoy would read. */
  readonly bootstrap: object;
  /** Access logs and the proxy's own messages (these have a `level`), an object a line. */
  readonly log: (line: object) => void;
  /** Milliseconds since 1970; default the system's clock. */
  readonly clock?: () => number;
  /** In [0, 1); default Math.random. */
  readonly random?: () => number;
}

export interface Proxy {
  /** Resolves when every listener of the first configuration serves. Never rejects. */
  readonly ready: Promise<void>;
  /** undefined without an admin address in the bootstrap. */
  readonly adminPort: number | undefined;
  listeners(): readonly ListenerStatus[];
  /** Stops at once: connections are closed, sockets freed. */
  close(): Promise<void>;
}

/** Throws a BootstrapError for a bootstrap that cannot be used, and if the admin address is taken. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const bootstrap = readBootstrap(options.bootstrap);
  let resolve = () => {};
  const ready = new Promise<void>((done) => {
    resolve = done;
  });
  const stats = new ProxyStats(ownWorkload(bootstrap));
  const random = options.random ?? Math.random;
  const store = new ConfigStore({ random, clock: options.clock ?? Date.now, stats, log: options.log }, () => resolve());
  const admin = bootstrap.admin && (await startAdmin(bootstrap.admin, store, stats));
  const client = new XdsClient(bootstrap, store, store.context);
  client.start();
  return {
    ready,
    adminPort: admin?.port,
    listeners: () => store.listeners.status(),
    close: async () => {
      client.close();
      await Promise.all([store.close(), admin?.close()]);
    },
  };
}

/** `node.metadata` as Istio writes it, or else `node.cluster` as `namespace/name`. */
function ownWorkload({ node }: Bootstrap): OwnWorkload {
  const metadata = (node.metadata ?? {}) as Readonly<Record<string, unknown>>;
  const text = (key: string) => (typeof metadata[key] === 'string' ? metadata[key] : undefined);
  const [namespace = 'unknown', name] = String(text('workload') ?? node.cluster ?? '').split('/');
  return {
    name: text('WORKLOAD_NAME') ?? name ?? namespace,
    namespace: text('NAMESPACE') ?? (name === undefined ? 'unknown' : namespace),
    identity: text('identity') ?? 'unknown',
  };
}
