// One request and its answer: runs the filters, then the route's action. The router's upstream side is in forward.ts.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionRequest } from '../../../compiler/xds.ts';
import type { FilterStream, LocalReply } from '../filters/filter.ts';
import type { RuntimeContext } from '../runtime-context.ts';
import type { ConnectionManager, RouteSource } from './connection-manager.ts';
import { Forward } from './forward.ts';
import { HeaderList } from './header-list.ts';
import { mutateResponse } from './header-mutation.ts';
import { badRequest, notFound, streamTimedOut, toGrpc, upgradeRefused } from './local-reply.ts';
import { prepareRequest, receivedHeaders } from './prepare-request.ts';
import { RequestBody } from './request-body.ts';
import { connectionOf, hasBody, isGrpcRequest, refusalOf, unreadable } from './request-checks.ts';
import { parseTarget, stripHost } from './request-target.ts';
import type { RequestHead } from './request-head.ts';
import { ResponseWriter } from './response-writer.ts';
import { type Destination, passesUpgrade, type Route } from './route.ts';
import { findRoute, tlsRedirect, type VirtualHost } from './route-table.ts';
import type { RoutedStream } from './routed-stream.ts';
import { limitOf } from './stream-duration.ts';
import { addFlag, type ConnectionInfo, type StreamInfo } from './stream-info.ts';
import { chooseWeighted } from './weighted-choice.ts';
import { startTimer } from '../../timers.ts';

/** The connection a stream came on. */
export interface StreamConnection {
  readonly info: ConnectionInfo;
  /** The answer should be the connection's last. */
  readonly isDraining: boolean;
  /** What came after the head of a request to change the protocol. */
  readonly first?: Buffer | undefined;
}

export class HttpStream implements FilterStream, RoutedStream {
  readonly manager: ConnectionManager;
  readonly context: RuntimeContext;
  readonly info: StreamInfo;
  readonly head: RequestHead;
  readonly request: IncomingMessage;
  route: Route | undefined;
  virtualHost: VirtualHost | undefined;
  destination: Destination | undefined;
  upgrade: string | undefined;
  readonly #writer: ResponseWriter;
  readonly #connection: StreamConnection;
  #filterIndex = 0;
  #forward: Forward | undefined;
  #timers: NodeJS.Timeout[] | undefined;
  #isEnded = false;
  /** The connection closes after this answer. */
  #isLast = false;
  readonly #isGrpc: boolean;

  constructor(
    manager: ConnectionManager,
    context: RuntimeContext,
    connection: StreamConnection,
    response: ServerResponse,
  ) {
    const request = response.req;
    this.manager = manager;
    this.context = context;
    this.request = request;
    this.#connection = connection;
    const headers = receivedHeaders(request.rawHeaders);
    const { path, authority, scheme } = parseTarget(request.url ?? '', headers);
    this.head = { method: request.method ?? '', path, authority: authority ?? '', scheme, headers };
    this.info = {
      connection: connection.info,
      startTime: context.clock(),
      startedAt: performance.now(),
      protocol: `HTTP/${request.httpVersion}`,
      head: this.head,
      responseCode: 0,
      flags: [],
      bytesReceived: 0,
      bytesSent: 0,
      attempts: 0,
    };
    this.#writer = new ResponseWriter(request, response, manager, this.info);
    response.on('close', () => this.#onClose());
    const asked = connectionOf(headers);
    const received = { httpVersion: request.httpVersion, isTls: connection.info.isTls, asked };
    const unread = unreadable(this.head, authority, received, manager);
    this.#isGrpc = !unread && isGrpcRequest(headers, asked);
    const refusal = unread ?? refusalOf(this.head, authority, received, manager);
    if (refusal) this.reply(refusal);
    else this.#start(asked);
  }

  #start(asked: ConnectionRequest): void {
    const { manager, head } = this;
    const isUpgrade = asked.upgrade !== undefined;
    head.authority = stripHost(head.authority, manager, this.info.connection.localPort);
    prepareRequest(head, manager, this.info.connection, asked);
    this.#findRoute();
    if (isUpgrade && passesUpgrade(this.route, manager.upgrades, asked.upgrade)) this.upgrade = asked.upgrade;
    // An upgrade has no end of its own: whatever is answered, nothing can follow it.
    if (isUpgrade) this.#isLast = true;
    const limitMs = limitOf(this.route, head.headers);
    if (limitMs !== undefined) this.after(limitMs, () => this.onIdle(streamTimedOut(this.request.complete)));
    if (isUpgrade && this.route && !this.upgrade) this.reply(upgradeRefused);
    else this.resume();
  }

  #findRoute(): void {
    const { table } = this.manager.routes as RouteSource;
    // Envoy takes the scheme of the request from it, and without one looks for no route.
    if (this.head.headers.get('x-forwarded-proto') === '') return;
    const host = table?.virtualHost(this.head.authority);
    this.virtualHost = host;
    if (!host) return;
    this.info.virtualHostName = host.name;
    if (host.requireTls !== 'NONE' && this.head.headers.get('x-forwarded-proto') !== 'https') {
      this.route = tlsRedirect;
      return;
    }
    const route = findRoute(host, this.head, this.context.random);
    this.route = route;
    if (!route) return;
    this.info.routeName = route.name;
    if (route.action.kind === 'forward') {
      const { destinations } = route.action;
      this.destination =
        destinations.length === 1 ? destinations[0] : chooseWeighted(destinations, this.context.random());
      if (this.destination) this.info.upstreamCluster = this.destination.cluster;
    }
  }

  random(): number {
    return this.context.random();
  }

  after(delayMs: number, task: () => void): void {
    const timer = startTimer(delayMs, () => {
      if (!this.#isEnded) task();
    });
    (this.#timers ??= []).push(timer);
  }

  resume(): void {
    const { filters } = this.manager;
    while (this.#filterIndex < filters.length) {
      const filter = filters[this.#filterIndex++];
      if (!filter) break;
      const override = this.#override(filter.name);
      if (override?.isDisabled) continue;
      if (filter.onRequest(this, override) === 'stop') return;
    }
    this.#act();
  }

  #override(name: string) {
    return this.destination?.overrides[name] ?? this.route?.overrides[name];
  }

  #act(): void {
    const { route, destination } = this;
    if (!route) {
      this.reply(notFound);
      return;
    }
    const { action } = route;
    switch (action.kind) {
      case 'redirect': {
        const location = action.location(this.head, this.head.headers.get('x-forwarded-proto') ?? '');
        this.reply({ status: action.status, details: 'direct_response', headers: ['location', location] });
        return;
      }
      case 'direct':
        this.reply({ status: action.status, body: action.body, details: 'direct_response' });
        return;
      case 'forward':
        if (!destination) {
          this.reply({ status: 503, details: 'no_cluster_chosen', flag: 'NC' });
          return;
        }
        this.#forward = new Forward(this, action, destination);
        this.#forward.start();
    }
  }

  reply(reply: LocalReply): void {
    if (this.#isEnded || this.#writer.isStarted) return;
    if (reply.flag) addFlag(this.info, reply.flag);
    this.info.responseCodeDetails = reply.details;
    const isGrpc = this.#isGrpc && !reply.isBare;
    const { status, body } = isGrpc ? { status: 200, body: '' } : { body: '', ...reply };
    const headers = new HeaderList([...(reply.headers ?? [])]);
    if (body !== '') {
      headers.set('content-length', String(Buffer.byteLength(body)));
      headers.set('content-type', 'text/plain');
    }
    this.info.responseCode = status;
    // A route that answers itself says nothing of what is answered in its place.
    const isOfRoute = reply.details === 'direct_response' || this.route?.action.kind === 'forward';
    if (!reply.isBare && isOfRoute) this.applyResponseMutations(headers);
    if (isGrpc) toGrpc(headers, reply, this.head.method);
    // What is left of the request would have to be read first; a request that cannot be read cannot be followed by another.
    if (reply.status === 400 || reply.status === 431 || (hasBody(this.request) && !this.request.complete))
      this.#isLast = true;
    this.respond(status, headers);
    this.write(Buffer.from(body));
    this.end();
  }

  applyResponseMutations(headers: HeaderList): void {
    const { route, destination } = this;
    if (destination?.responseMutation) mutateResponse(headers, destination.responseMutation, this.info);
    for (const mutation of route?.responseMutations ?? []) mutateResponse(headers, mutation, this.info);
  }

  respond(status: number, headers: HeaderList): void {
    const { filters } = this.manager;
    // A filter that has not seen the request has nothing to say of the answer.
    for (let i = this.#filterIndex - 1; i >= 0; i--) {
      const filter = filters[i];
      if (!filter?.onResponse) continue;
      const override = this.#override(filter.name);
      if (!override?.isDisabled) filter.onResponse(this, headers, override);
    }
    this.info.responseCode = status;
    this.info.responseHeaders = headers;
    this.#writer.writeHead(status, headers, this.#isLast || this.#connection.isDraining);
  }

  write(chunk: Buffer): boolean {
    return this.#writer.write(chunk);
  }

  onDrain(task: () => void): void {
    this.#writer.onDrain(task);
  }

  end(): void {
    this.#writer.end();
    this.#finish();
  }

  join(upstream: Socket, first: Buffer, onEnd: () => void): void {
    const idleMs = this.manager.streamIdleTimeoutMs;
    this.#writer.join(
      upstream,
      { fromServer: first, fromCaller: this.#connection.first ?? Buffer.alloc(0), idleMs },
      onEnd,
    );
  }

  abort(): void {
    this.#writer.abort();
  }

  openBody(isKept: boolean, onComplete: () => void): RequestBody | undefined {
    return hasBody(this.request) ? new RequestBody(this.request, isKept, onComplete) : undefined;
  }

  /** The socket was silent for too long. */
  onIdle(reply: LocalReply): void {
    if (this.#isEnded) return;
    this.#forward?.cancel();
    if (this.#writer.isStarted) this.abort();
    else this.reply(reply);
  }

  /** The rest of the request cannot be read. */
  onBroken(): void {
    this.#forward?.cancel();
    if (this.#writer.isStarted) this.abort();
    else this.reply(badRequest);
  }

  /** Nothing is read from the connection after this request. */
  get isLast(): boolean {
    return this.#isLast;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  #onClose(): void {
    if (this.#isEnded) return;
    addFlag(this.info, 'DC');
    this.info.responseCodeDetails ??= 'downstream_remote_disconnect';
    this.#forward?.cancel();
    this.#finish();
  }

  #finish(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const timer of this.#timers ?? []) clearTimeout(timer);
    const { info } = this;
    info.endedAt = performance.now();
    info.bytesReceived = this.#forward?.bytesReceived ?? 0;
    this.context.stats.onRequest(info, this.manager);
    for (const log of this.manager.accessLogs) log(info);
  }
}
