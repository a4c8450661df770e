// One try of a request to change the protocol (WebSocket). On 101 the two connections are joined; any other answer is passed on.
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { ConnectFailure } from '../upstream/connector.ts';
import type { UpstreamCluster } from '../upstream/cluster.ts';
import type { UpstreamHost } from '../upstream/host.ts';
import type { ResetKind } from './retry-policy.ts';
import type { RoutedStream } from './routed-stream.ts';
import { type TryEvents, type TryTarget, upstreamHeaders } from './try.ts';

/** Has a connection of its own, which ends with it. */
export class UpgradeTry {
  readonly #stream: RoutedStream;
  readonly #protocol: string;
  readonly #cluster: UpstreamCluster;
  readonly #host: UpstreamHost;
  readonly #events: TryEvents;
  #request: ClientRequest | undefined;
  #socket: Socket | undefined;
  #isOver = false;
  #isReleased = false;

  constructor(stream: RoutedStream, protocol: string, target: TryTarget, events: TryEvents) {
    this.#stream = stream;
    this.#protocol = protocol;
    this.#cluster = target.cluster;
    this.#host = target.host;
    this.#events = events;
  }

  start(): void {
    this.#cluster.active++;
    this.#host.active++;
    this.#host.requests++;
    this.#host.connect((error, socket) => {
      if (!socket) return this.#fail('connect-failure', error instanceof ConnectFailure ? error.reason : '', false);
      if (this.#isOver) return void socket.destroy();
      this.#socket = socket;
      this.#send(socket);
    });
  }

  #send(socket: Socket): void {
    const { head } = this.#stream;
    const flat = ['host', head.authority, ...head.headers.flat];
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
    sent.end();
  }

  /** The server does not change the protocol. */
  #pass(response: IncomingMessage): void {
    const status = response.statusCode ?? 0;
    if (status >= 500) this.#host.failures++;
    if (this.#isOver || !this.#events.onHead(status, upstreamHeaders(response.rawHeaders)))
      return void response.destroy();
    response.on('data', (chunk: Buffer) => {
      if (this.#stream.write(chunk)) return;
      response.pause();
      this.#stream.onDrain(() => response.resume());
    });
    response.on('error', () => this.#fail('reset', '', true));
    response.on('end', () => this.#end());
  }

  #join(response: IncomingMessage, upstream: Socket, first: Buffer): void {
    if (this.#isOver) return void upstream.destroy();
    const headers = upstreamHeaders(response.rawHeaders);
    headers.set('connection', 'upgrade');
    headers.set('upgrade', String(response.headers.upgrade ?? this.#protocol));
    upstream.on('error', () => {});
    this.#events.onHead(101, headers);
    this.#stream.join(upstream, first, () => this.#end());
  }

  /** The request has no body that could be under way. */
  onRequestComplete(): void {}

  cancel(): void {
    if (this.#isOver) return;
    this.#over();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#over();
    this.#events.onEnd();
  }

  #fail(kind: ResetKind, transport: string, isSent: boolean): void {
    if (this.#isOver) return;
    this.#host.failures++;
    this.#over();
    this.#events.onFailure(kind, transport, isSent);
  }

  #over(): void {
    this.#isOver = true;
    this.#request?.destroy();
    this.#socket?.destroy();
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#cluster.active--;
    this.#host.active--;
  }
}
