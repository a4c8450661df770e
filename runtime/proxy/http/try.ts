// One try of a request at one endpoint, on undici. Streams both ways with back-pressure.
import { type Dispatcher, errors } from 'undici';
import { hopByHopHeaders } from '../../../compiler/xds.ts';
import { ConnectFailure } from '../upstream/connector.ts';
import type { UpstreamCluster } from '../upstream/cluster.ts';
import type { UpstreamHost } from '../upstream/host.ts';
import { HeaderList } from './header-list.ts';
import type { RequestBody } from './request-body.ts';
import type { ResetKind } from './retry-policy.ts';
import type { RoutedStream } from './routed-stream.ts';
import { startTimer } from '../../timers.ts';

export interface TryEvents {
  /** False: the answer is not wanted. */
  onHead(status: number, headers: HeaderList): boolean;
  onFailure(kind: ResetKind, transport: string, isSent: boolean): void;
  onEnd(): void;
}

/** Where a try goes, and what it takes along. */
export interface TryTarget {
  readonly cluster: UpstreamCluster;
  readonly host: UpstreamHost;
  /** Undefined for a request without one. */
  readonly body: RequestBody | undefined;
  /** 0: none. */
  readonly perTryTimeoutMs: number;
}

/** An unwanted answer longer than this is cut off; a shorter one is read to keep the connection. */
const drainLimitBytes = 64 * 1024;

export class Try implements Dispatcher.DispatchHandler {
  readonly #stream: RoutedStream;
  readonly #cluster: UpstreamCluster;
  readonly #host: UpstreamHost;
  readonly #body: RequestBody | undefined;
  readonly #perTryTimeoutMs: number;
  readonly #events: TryEvents;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = 0;
  #isOver = false;
  #isUnwanted = false;
  #unwantedBytes = 0;
  #isCounted = true;

  constructor(stream: RoutedStream, target: TryTarget, events: TryEvents) {
    this.#stream = stream;
    this.#cluster = target.cluster;
    this.#host = target.host;
    this.#body = target.body;
    this.#perTryTimeoutMs = target.perTryTimeoutMs;
    this.#events = events;
  }

  start(): void {
    const { head } = this.#stream;
    this.#cluster.active++;
    this.#host.active++;
    this.#host.requests++;
    if (!this.#body || this.#body.isComplete) this.onRequestComplete();
    const flat = ['host', head.authority];
    const { flat: all } = head.headers;
    // The client knows no expectations.
    for (let i = 0; i < all.length; i += 2) if (all[i] !== 'expect') flat.push(all[i] as string, all[i + 1] as string);
    try {
      this.#host.dispatcher.dispatch(
        {
          path: head.path,
          method: head.method as Dispatcher.HttpMethod,
          headers: flat,
          body: this.#body?.open() ?? null,
          idempotent: true,
          blocking: false,
        },
        this,
      );
    } catch (error) {
      this.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
    }
  }

  onRequestComplete(): void {
    this.#sentAt = performance.now();
    if (this.#perTryTimeoutMs > 0 && !this.#isOver) {
      this.#timer ??= startTimer(this.#perTryTimeoutMs, () => this.#failWith('timeout', '', true));
    }
  }

  /** Stops the try; its connection is closed. */
  cancel(): void {
    if (this.#isOver) return;
    this.#over();
    this.#isUnwanted = true;
    this.#controller?.abort(new errors.RequestAbortedError());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isUnwanted) controller.abort(new errors.RequestAbortedError());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200 || this.#isOver) return;
    clearTimeout(this.#timer);
    this.#stream.info.upstreamServiceMs = performance.now() - (this.#sentAt || performance.now());
    const headers = upstreamHeaders(controller.rawHeaders as readonly (Buffer | string)[]);
    if (status >= 500) this.#host.failures++;
    this.#isUnwanted = true;
    const isWanted = this.#events.onHead(status, headers);
    if (isWanted) this.#isUnwanted = false;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isUnwanted || this.#isOver) {
      this.#unwantedBytes += chunk.length;
      if (this.#unwantedBytes > drainLimitBytes) controller.abort(new errors.RequestAbortedError());
      return;
    }
    if (this.#stream.write(chunk)) return;
    controller.pause();
    this.#stream.onDrain(() => controller.resume());
  }

  onResponseEnd(): void {
    this.#release();
    if (this.#isOver || this.#isUnwanted) return;
    this.#over();
    this.#events.onEnd();
  }

  onResponseError(_: unknown, error: Error): void {
    if (error instanceof ConnectFailure) this.#failWith('connect-failure', error.reason, false);
    else if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) {
      this.#failWith('protocol-error', '', true);
    } else if (error instanceof errors.InvalidArgumentError) this.#failWith('protocol-error', '', false);
    else this.#failWith('reset', '', true);
  }

  #failWith(kind: ResetKind, transport: string, isSent: boolean): void {
    this.#release();
    if (this.#isOver) return;
    this.#host.failures++;
    this.#over();
    if (kind === 'timeout') this.#controller?.abort(new errors.RequestAbortedError());
    this.#events.onFailure(kind, transport, isSent);
  }

  #over(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#body?.close();
  }

  #release(): void {
    if (!this.#isCounted) return;
    this.#isCounted = false;
    this.#cluster.active--;
    this.#host.active--;
  }
}

/** Names in lower case, without those of the upstream's own connection. */
export function upstreamHeaders(raw: readonly (Buffer | string)[]): HeaderList {
  const flat: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = text(raw[i]).toLowerCase();
    if (!hopByHopHeaders.has(name)) flat.push(name, text(raw[i + 1]));
  }
  return new HeaderList(flat);
}

function text(value: Buffer | string | undefined): string {
  return typeof value === 'string' ? value : (value?.toString('latin1') ?? '');
}
