// Many ADS clients in a process of their own, so that their processor time is not counted as the control plane's.
// Started by `startFleet`; talks to it over IPC.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { AdsClient } from '../../runtime/test/support/ads-client.ts';

export interface FleetClient {
  readonly node: string;
  /** `namespace/name`. */
  readonly workload: string;
  readonly token: string;
}

interface ConnectRequest {
  readonly kind: 'connect';
  readonly port: number;
  readonly rootCertificates: string;
  readonly clients: readonly FleetClient[];
}

type Request = ConnectRequest | { readonly kind: 'report' };

/** What clients received since the last report. */
export interface FleetReport {
  readonly touched: number;
  readonly responses: number;
  readonly bytes: number;
  /** When the last response arrived, in milliseconds since the epoch. */
  readonly lastAtMs: number;
}

export class Fleet {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when every client has opened its stream; what they are sent comes later. */
  async connect(request: Omit<ConnectRequest, 'kind'>): Promise<void> {
    this.#child.send({ kind: 'connect', ...request } satisfies Request);
    await once(this.#child, 'message');
  }

  async report(): Promise<FleetReport> {
    this.#child.send({ kind: 'report' } satisfies Request);
    const [report] = (await once(this.#child, 'message')) as [FleetReport];
    return report;
  }

  /** Waits until nothing has arrived for `quietMs`, for what no ledger tells. */
  async untilQuiet(quietMs: number): Promise<FleetReport> {
    let total: FleetReport = { touched: 0, responses: 0, bytes: 0, lastAtMs: 0 };
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, quietMs));
      const next = await this.report();
      if (next.responses === 0) return total;
      total = {
        touched: Math.max(total.touched, next.touched),
        responses: total.responses + next.responses,
        bytes: total.bytes + next.bytes,
        lastAtMs: Math.max(total.lastAtMs, next.lastAtMs),
      };
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}

export function startFleet(): Fleet {
  return new Fleet(fork(import.meta.filename, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
}

if (process.argv[1] === import.meta.filename) {
  const clients: AdsClient[] = [];
  let seen = new Map<string, { responses: number; bytes: number }>();
  let lastAtMs = 0;
  const note = (node: string, bytes: number): undefined => {
    const before = seen.get(node) ?? { responses: 0, bytes: 0 };
    seen.set(node, { responses: before.responses + 1, bytes: before.bytes + bytes });
    lastAtMs = performance.timeOrigin + performance.now();
  };
  process.on('message', async (request: Request) => {
    if (request.kind === 'report') {
      const all = [...seen.values()];
      const sum = (pick: (s: { responses: number; bytes: number }) => number) => all.reduce((n, s) => n + pick(s), 0);
      process.send?.({
        touched: seen.size,
        responses: sum((s) => s.responses),
        bytes: sum((s) => s.bytes),
        lastAtMs,
      } satisfies FleetReport);
      seen = new Map();
      return;
    }
    for (const { node, workload, token } of request.clients) {
      const client = new AdsClient({
        port: request.port,
        rootCertificates: request.rootCertificates,
        node: { id: node, cluster: workload },
        variant: 'delta',
        token,
        decodeResources: false,
        judge: (response) => note(node, response.bytes),
      });
      clients.push(client);
      for (const type of ['cluster', 'endpoints', 'listener', 'route'] as const) client.subscribe(type);
      // Not a thousand TLS handshakes in one tick: a fleet of pods does not start in one either.
      if (clients.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    process.send?.({});
  });
}
