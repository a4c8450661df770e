// One endpoint of a cluster with its connections. Lives as long as some version of the cluster lists it.
import { type Dispatcher, Pool } from 'undici';
import { timerMs } from '../../timers.ts';
import type { SecretStore } from '../tls/secret-store.ts';
import type { Balanced } from './balancer.ts';
import { type ConnectOptions, connectTo } from './connector.ts';

export interface HostSettings extends ConnectOptions {
  /** Milliseconds an idle connection is kept. */
  readonly idleTimeoutMs: number;
}

/** What the load assignment says of an endpoint. */
export interface HostSpec {
  readonly address: string;
  readonly port: number;
  readonly hostname: string;
  readonly weight: number;
  readonly isHealthy: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export class UpstreamHost implements Balanced {
  spec: HostSpec;
  active = 0;
  requests = 0;
  failures = 0;
  readonly settings: HostSettings;
  readonly #secrets: SecretStore;
  #pool: Pool | undefined;

  constructor(spec: HostSpec, settings: HostSettings, secrets: SecretStore) {
    this.spec = spec;
    this.settings = settings;
    this.#secrets = secrets;
  }

  get weight(): number {
    return this.spec.weight;
  }

  get isHealthy(): boolean {
    return this.spec.isHealthy;
  }

  get isTls(): boolean {
    return this.settings.tls !== undefined;
  }

  /** `address:port`, as Envoy's access log has it. */
  get label(): string {
    return this.spec.address.includes(':')
      ? `[${this.spec.address}]:${this.spec.port}`
      : `${this.spec.address}:${this.spec.port}`;
  }

  get dispatcher(): Dispatcher {
    this.#pool ??= new Pool('http://upstream.invalid', {
      connect: (_, callback) => {
        connectTo(this.spec, this.settings, this.#secrets, (error, socket) =>
          socket ? callback(null, socket) : callback(error ?? new Error('no connection'), null),
        );
      },
      pipelining: 1,
      keepAliveTimeout: timerMs(this.settings.idleTimeoutMs),
      keepAliveMaxTimeout: timerMs(this.settings.idleTimeoutMs),
      headersTimeout: 0,
      bodyTimeout: 0,
      // Envoy's default for the heads of answers.
      maxHeaderSize: 60 * 1024,
      strictContentLength: true,
      allowH2: false,
    });
    return this.#pool;
  }

  /** A connection of its own, for TCP proxying and upgrades. */
  connect(done: Parameters<typeof connectTo>[3]): ReturnType<typeof connectTo> {
    return connectTo(this.spec, this.settings, this.#secrets, done);
  }

  /** Lets requests in flight finish, then closes the connections. */
  drain(): void {
    const pool = this.#pool;
    this.#pool = undefined;
    pool?.close().catch(() => {});
  }

  /** Ends everything now. */
  destroy(): void {
    const pool = this.#pool;
    this.#pool = undefined;
    pool?.destroy().catch(() => {});
  }
}
