// Writes one answer onto node:http, with the headers that Envoy's connection manager adds and without those that Node adds.
import { type IncomingMessage, STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionManager } from './connection-manager.ts';
import type { HeaderList } from './header-list.ts';
import { appendVia } from './prepare-request.ts';
import type { StreamInfo } from './stream-info.ts';
import { onSilence } from '../../timers.ts';

export class ResponseWriter {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #manager: ConnectionManager;
  readonly #info: StreamInfo;
  /** The head has left: Node keeps it back for the first bytes of the body. */
  #isFlushed = false;

  constructor(request: IncomingMessage, response: ServerResponse, manager: ConnectionManager, info: StreamInfo) {
    this.#request = request;
    this.#response = response;
    this.#manager = manager;
    this.#info = info;
  }

  get isStarted(): boolean {
    return this.#response.headersSent;
  }

  /** `isLast`: the connection closes after this answer. */
  writeHead(status: number, headers: HeaderList, isLast: boolean): void {
    const response = this.#response;
    this.#addOwn(headers);
    // Without these two Node would write `Connection: keep-alive`, `Keep-Alive` and `Date`, which are ours to decide.
    response.removeHeader('connection');
    response.sendDate = false;
    if (status === 101) response.shouldKeepAlive = false;
    else if (isLast || !response.shouldKeepAlive) {
      response.shouldKeepAlive = false;
      headers.set('connection', 'close');
    } else if (this.#request.httpVersion === '1.0') headers.set('connection', 'keep-alive');
    const isOurs = this.#info.responseCodeDetails !== 'via_upstream';
    if (isOurs && !headers.has('content-length') && status >= 200 && status !== 204) headers.set('content-length', '0');
    response.writeHead(status, STATUS_CODES[status] ?? '', headers.flat as unknown as Record<string, string>);
    // A body that comes together with the head goes out together with it.
    process.nextTick(() => {
      if (!this.#isFlushed) response.flushHeaders();
      this.#isFlushed = true;
    });
  }

  #addOwn(headers: HeaderList): void {
    const { serverHeader, serverName, via, isRequestIdReturned } = this.#manager;
    if (serverHeader === 'OVERWRITE') headers.set('server', serverName);
    else if (serverHeader === 'APPEND_IF_ABSENT' && !headers.has('server')) headers.add('server', serverName);
    if (!headers.has('date')) headers.add('date', httpDate(this.#info.startTime));
    const requestId = isRequestIdReturned ? this.#info.head?.headers.get('x-request-id') : undefined;
    if (requestId) headers.set('x-request-id', requestId);
    if (via !== '') appendVia(headers, via);
  }

  write(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    this.#info.bytesSent += chunk.length;
    this.#isFlushed = true;
    return this.#response.write(chunk);
  }

  onDrain(task: () => void): void {
    this.#response.once('drain', task);
  }

  end(): void {
    this.#isFlushed = true;
    this.#response.end();
  }

  abort(): void {
    this.#isFlushed = true;
    this.#response.destroy();
  }

  /** Hands the caller's connection over to a server that has changed the protocol. */
  join(upstream: Socket, parts: JoinedParts, onEnd: () => void): void {
    const response = this.#response;
    const downstream = response.socket;
    if (!downstream) return void upstream.destroy();
    response.flushHeaders();
    this.#isFlushed = true;
    response.detachSocket(downstream);
    downstream.write(parts.fromServer);
    upstream.write(parts.fromCaller);
    for (const socket of [downstream, upstream]) {
      onSilence(socket, parts.idleMs, () => socket.destroy());
      socket.on('error', () => {});
      socket.once('close', () => {
        downstream.destroy();
        upstream.destroy();
        onEnd();
      });
    }
    upstream.on('data', (chunk: Buffer) => {
      this.#info.bytesSent += chunk.length;
    });
    upstream.pipe(downstream);
    downstream.pipe(upstream);
    // A caller that says no more hears no more either, as through Envoy.
    downstream.once('end', () => downstream.destroy());
  }
}

interface JoinedParts {
  /** What came with the head of the answer, and with that of the request. */
  readonly fromServer: Buffer;
  readonly fromCaller: Buffer;
  /** 0: a silent connection is left alone. */
  readonly idleMs: number;
}

let dateSecond = 0;
let dateText = '';

/** `Date` to the second, formatted once a second. */
function httpDate(now: number): string {
  const second = Math.floor(now / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(now).toUTCString();
  }
  return dateText;
}
