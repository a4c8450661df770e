// One try of a request that undici cannot send: one to change the protocol (WebSocket), and one whose body has not begun, since undici
// keeps the head back until it does. On 101 the two connections are joined; any other answer is passed on.
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { startTimer } from '../../timers.ts';
import { ConnectFailure } from '../upstream/connector.ts';
import type { ResetKind } from './retry-policy.ts';
import type { RoutedStream } from './routed-stream.ts';
import { type TryEvents, type TryTarget, upstreamHeaders } from './try.ts';

/** Has a connection of its own, which ends with it. */
export class OwnConnectionTry {
  readonly #stream: RoutedStream;
  readonly #target: TryTarget;
  readonly #events: TryEvents;
  #request: ClientRequest | undefined;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = 0;
  #isOver = false;

  constructor(stream: RoutedStream, target: TryTarget, events: TryEvents) {
    this.#stream = stream;
    this.#target = target;
    this.#events = events;
  }

  start(): void {
    const { cluster, host, body } = this.#target;
    cluster.active++;
    host.active++;
    host.requests++;
    if (!body || body.isComplete) this.onRequestComplete();
    host.connect((error, socket) => {
      if (!socket) return this.#fail('connect-failure', error instanceof ConnectFailure ? error.reason : '', false);
      if (this.#isOver) return void socket.destroy();
      this.#socket = socket;
      this.#send(socket);
    });
  }

  #send(socket: Socket): void {
    const { head } = this.#stream;
    const { body } = this.#target;
    const flat = ['host', head.authority, ...head.headers.flat];
    if (body && head.headers.get('content-length') === undefined) flat.push('transfer-encoding', 'chunked');
    const sent = httpRequest({
      createConnection: () => socket,
      method: head.method,
      path: head.path,
      headers: flat as unknown as Record<string, string>,
      setHost: false,
    });
    this.#request = sent;
    sent.on('error', (error: NodeJS.ErrnoException) =>
      this.#fail(error.code?.startsWith('HPE_') ? 'protocol-error' : 'reset', '', true),
    );
    sent.on('response', (response) => this.#pass(response));
    sent.on('upgrade', (response, upstream, first) => this.#join(response, upstream as Socket, first));
    if (!body) return void sent.end();
    sent.flushHeaders();
    body.open().pipe(sent);
  }

  /** The server does not change the protocol. */
  #pass(response: IncomingMessage): void {
    const status = response.statusCode ?? 0;
    clearTimeout(this.#timer);
    this.#stream.info.upstreamServiceMs = performance.now() - (this.#sentAt || performance.now());
    if (status >= 500) this.#target.host.failures++;
    if (this.#isOver) return void response.destroy();
    if (!this.#events.onHead(status, upstreamHeaders(response.rawHeaders))) {
      this.#over();
      return;
    }
    response.on('data', (chunk: Buffer) => {
      if (this.#stream.write(chunk)) return;
      response.pause();
      this.#stream.onDrain(() => response.resume());
    });
    response.on('error', () => this.#fail('reset', '', true));
    response.on('end', () => this.#end());
  }

  #join(response: IncomingMessage, upstream: Socket, first: Buffer): void {
    if (this.#isOver || this.#stream.upgrade === undefined) {
      upstream.destroy();
      this.#fail('protocol-error', '', true);
      return;
    }
    clearTimeout(this.#timer);
    const headers = upstreamHeaders(response.rawHeaders);
    headers.set('connection', 'upgrade');
    headers.set('upgrade', String(response.headers.upgrade ?? this.#stream.upgrade));
    upstream.on('error', () => {});
    this.#events.onHead(101, headers);
    this.#stream.join(upstream, first, () => this.#end());
  }

  onRequestComplete(): void {
    this.#sentAt = performance.now();
    const { body, perTryTimeoutMs } = this.#target;
    // A connection that may change its protocol is not an exchange that could be late.
    if (body && perTryTimeoutMs > 0 && !this.#isOver)
      this.#timer ??= startTimer(perTryTimeoutMs, () => this.#fail('timeout', '', true));
  }

  cancel(): void {
    this.#over();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#over();
    this.#events.onEnd();
  }

  #fail(kind: ResetKind, transport: string, isSent: boolean): void {
    if (this.#isOver) return;
    this.#target.host.failures++;
    this.#over();
    this.#events.onFailure(kind, transport, isSent);
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#target.body?.close();
    this.#request?.destroy();
    this.#socket?.destroy();
    this.#target.cluster.active--;
    this.#target.host.active--;
  }
}
