// The HTTP side of a filter chain: node:http's parser behind sockets that the listener hands over.
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RuntimeContext } from '../runtime-context.ts';
import { idleStream } from '../http/local-reply.ts';
import { isContinueExpected, receivedHeaders } from '../http/prepare-request.ts';
import { HttpStream } from '../http/stream.ts';
import type { ConnectionManager } from '../http/connection-manager.ts';
import type { ConnectionInfo } from '../http/stream-info.ts';
import { type ParserError, parserReply } from './parser-reply.ts';
import { startTimer, timerMs } from '../../timers.ts';

interface Connection {
  readonly info: ConnectionInfo;
  isDraining: boolean;
  stream: HttpStream | undefined;
  requests: number;
  first?: Buffer;
}

export class HttpEndpoint {
  /** Swapped in place: requests that come after the swap see the new configuration, also on old connections. */
  manager: ConnectionManager;
  readonly #context: RuntimeContext;
  readonly #server: Server;
  readonly #connections = new Map<Duplex, Connection>();

  constructor(manager: ConnectionManager, context: RuntimeContext) {
    this.manager = manager;
    this.#context = context;
    this.#server = createServer(
      {
        maxHeaderSize: manager.maxHeaderBytes,
        requireHostHeader: false,
        keepAliveTimeout: timerMs(manager.idleTimeoutMs),
        requestTimeout: timerMs(manager.requestTimeoutMs),
        headersTimeout: timerMs(manager.headersTimeoutMs || 300_000),
        noDelay: true,
        shouldUpgradeCallback: (request) => this.#isUpgrade(request),
      },
      (request, response) => this.#onRequest(request, response),
    );
    this.#server.on('checkContinue', (request, response) => this.#onExpect(request, response));
    this.#server.on('checkExpectation', (request, response) => this.#onExpect(request, response));
    this.#server.maxHeadersCount = 0;
    this.#server.timeout = timerMs(manager.streamIdleTimeoutMs);
    this.#server.on('timeout', (socket) => this.#onIdle(socket));
    this.#server.on('clientError', (error: ParserError, socket) => this.#onParserError(error, socket));
    this.#server.on('upgrade', (request, socket, first) => this.#onUpgrade(request, socket as Socket, first));
    this.#server.on('connect', (request, socket) => this.#onConnectMethod(request, socket));
  }

  accept(socket: Socket, info: ConnectionInfo): void {
    this.#connections.set(socket, { info, isDraining: false, stream: undefined, requests: 0 });
    socket.once('close', () => this.#connections.delete(socket));
    this.#server.emit('connection', socket);
  }

  /** The chain is gone: every connection ends with its next answer, and idle ones after a while. */
  drain(idleMs: number): void {
    for (const connection of this.#connections.values()) connection.isDraining = true;
    const timer = startTimer(idleMs, () => this.#server.closeIdleConnections());
    timer.unref();
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  destroy(): void {
    this.#server.closeAllConnections();
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  /** Of those that the configuration lets through the parser takes its hands off; any other is a request like all. */
  #isUpgrade({ headers }: IncomingMessage): boolean {
    return this.manager.upgrades.has((headers.upgrade ?? '').toLowerCase());
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, first: Buffer): void {
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.on('finish', () => socket.end());
    const connection = this.#connections.get(socket);
    if (connection) connection.first = first;
    this.#onRequest(request, response);
  }

  /** Other expectations are for the server behind. */
  #onExpect(request: IncomingMessage, response: ServerResponse): void {
    if (isContinueExpected(receivedHeaders(request.rawHeaders))) response.writeContinue();
    this.#onRequest(request, response);
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(request.socket);
    if (!connection) return void response.destroy();
    const { maxRequestsPerConnection } = this.manager;
    connection.requests++;
    if (maxRequestsPerConnection > 0 && connection.requests >= maxRequestsPerConnection) connection.isDraining = true;
    try {
      connection.stream = new HttpStream(this.manager, this.#context, connection, response);
    } catch (error) {
      // One request must never end the process that serves all the others.
      this.#context.log({ level: 'error', message: `internal: ${error instanceof Error ? error.stack : error}` });
      response.destroy();
    }
  }

  #onIdle(socket: Socket): void {
    const stream = this.#connections.get(socket)?.stream;
    if (stream && !stream.isEnded) stream.onIdle(idleStream);
    else socket.destroy();
  }

  #onParserError(error: ParserError, socket: Duplex): void {
    const stream = this.#connections.get(socket)?.stream;
    if (stream && !stream.isEnded) stream.onBroken();
    else if (socket.writable && !stream?.isLast) socket.end(parserReply(error, this.manager, this.#context.clock()));
    else if (socket.writable) socket.end();
    else socket.destroy();
  }

  /** CONNECT has no path: no route can match it, and Envoy answers as for a path it cannot take. */
  #onConnectMethod(request: IncomingMessage, socket: Duplex): void {
    const error = { code: request.url?.startsWith('/') ? undefined : 'CONNECT' };
    socket.end(parserReply(error, this.manager, this.#context.clock()));
  }
}
