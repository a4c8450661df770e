// A socket that listens, and the configuration behind it, which is swapped without closing the socket.
import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { deniedDetails } from '../filters/rbac.ts';
import type { ConnectionInfo } from '../http/stream-info.ts';
import { Rejection } from '../rejection.ts';
import type { RuntimeContext } from '../runtime-context.ts';
import type { ServerTls } from '../tls/tls-settings.ts';
import { type ClientHello, inspect } from './client-hello.ts';
import { matchFilterChain } from './filter-chain-match.ts';
import { HttpEndpoint } from './http-endpoint.ts';
import type { FilterChain, ListenerSettings } from './listener-settings.ts';
import { logDenied, proxyConnection } from './tcp-proxy.ts';
import { type Secured, TlsTerminator } from './tls-terminator.ts';
import { startTimer } from '../../timers.ts';

/** Idle connections of a chain that is gone are closed after this. */
const drainIdleMs = 5_000;
/** Connections that came before the listener was ready wait; more than this are turned away. */
const maxParked = 1024;

let connectionIds = 0;

export class BoundListener {
  readonly #context: RuntimeContext;
  readonly #servers: readonly Server[];
  readonly #sockets = new Set<Socket>();
  readonly #endpoints = new Map<string, HttpEndpoint>();
  readonly #terminators = new WeakMap<FilterChain, TlsTerminator>();
  readonly #parked = new Set<Socket>();
  #settings: ListenerSettings | undefined;

  private constructor(servers: readonly Server[], context: RuntimeContext) {
    this.#servers = servers;
    this.#context = context;
    for (const server of servers) server.on('connection', (socket: Socket) => this.#onConnection(socket));
  }

  /** Binds all addresses or none. Throws a Rejection if one cannot be had. */
  static async bind(settings: ListenerSettings, context: RuntimeContext): Promise<BoundListener> {
    const results = await Promise.allSettled(settings.addresses.map((at) => bindAddress(settings.name, at)));
    const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) {
      for (const server of servers) server.close();
      throw failed.reason;
    }
    for (const server of servers) {
      server.on('error', (error) =>
        context.log({ level: 'error', message: `listener ${settings.name}: ${error.message}` }),
      );
    }
    return new BoundListener(servers, context);
  }

  /** The port, where the configuration said 0. */
  get port(): number {
    const address = this.#servers[0]?.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  /** Puts a configuration to work; connections of chains that stay go on under it, those of others drain. */
  activate(settings: ListenerSettings): void {
    this.#settings = settings;
    const chains = allChains(settings);
    const kept = new Map(chains.map((chain) => [chain.key, chain]));
    for (const [key, endpoint] of this.#endpoints) {
      const chain = kept.get(key);
      if (chain?.terminal.kind === 'http') endpoint.manager = chain.terminal.manager;
      else {
        endpoint.drain(drainIdleMs);
        this.#endpoints.delete(key);
      }
    }
    for (const socket of this.#parked) this.#onConnection(socket);
    this.#parked.clear();
  }

  /** Stops listening; requests in flight finish. Calls back when the last connection is closed. */
  drain(onClosed: () => void): void {
    let open = this.#servers.length;
    for (const server of this.#servers) {
      server.close(() => {
        if (--open === 0) onClosed();
      });
    }
    for (const socket of this.#parked) socket.destroy();
    for (const endpoint of this.#endpoints.values()) endpoint.drain(drainIdleMs);
  }

  async close(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const endpoint of this.#endpoints.values()) endpoint.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #onConnection(socket: Socket): void {
    if (!this.#sockets.has(socket)) {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#parked.delete(socket);
      });
      socket.on('error', () => {});
    }
    const settings = this.#settings;
    if (!settings) {
      if (this.#parked.size < maxParked) this.#parked.add(socket);
      else socket.destroy();
    } else if (settings.isInspecting) this.#inspect(socket, settings);
    else this.#serve(socket, settings.chains[0] ?? settings.defaultChain);
  }

  /** Waits for the first bytes and puts them back. */
  #inspect(socket: Socket, settings: ListenerSettings): void {
    let bytes: Buffer = Buffer.alloc(0);
    const timer = startTimer(settings.inspectionTimeoutMs, () => socket.destroy());
    const stop = () => {
      clearTimeout(timer);
      socket.off('data', onData);
      socket.off('end', onEnd);
    };
    const onEnd = () => {
      stop();
      socket.destroy();
    };
    const onData = (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const seen = inspect(bytes);
      if (seen === 'more') return;
      stop();
      socket.pause();
      socket.unshift(bytes);
      const hello: ClientHello | undefined = seen.isTls ? seen : undefined;
      const chain = matchFilterChain(settings.chains, {
        transportProtocol: hello ? 'tls' : 'raw_buffer',
        serverName: hello?.serverName ?? '',
        applicationProtocols: hello?.alpn ?? [],
      });
      this.#serve(socket, chain ?? settings.defaultChain, hello);
    };
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('close', stop);
    socket.resume();
  }

  #serve(socket: Socket, chain: FilterChain | undefined, hello?: ClientHello): void {
    if (!chain) return void socket.destroy();
    if (chain.tls) this.#handshake(socket, chain, chain.tls);
    else this.#dispatch(socket, chain, connectionInfo(socket, hello?.serverName, undefined, []));
  }

  #handshake(socket: Socket, chain: FilterChain, tls: ServerTls): void {
    let terminator = this.#terminators.get(chain);
    if (!terminator) {
      terminator = new TlsTerminator(tls, this.#context, (secured) => this.#onSecured(secured, chain));
      this.#terminators.set(chain, terminator);
    }
    terminator.accept(socket);
  }

  #onSecured({ socket, serverName, peer, localUriSans }: Secured, chain: FilterChain): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#dispatch(socket, chain, connectionInfo(socket, serverName, peer, localUriSans));
  }

  #dispatch(socket: Socket, chain: FilterChain, info: ConnectionInfo): void {
    for (const rule of chain.connectionRules) {
      const verdict = rule({ connection: info });
      if (verdict.isAllowed) continue;
      this.#context.stats.onConnectionDenied();
      if (chain.terminal.kind === 'tcp') {
        logDenied(deniedDetails(verdict.policy), info, chain.terminal.proxy, this.#context);
      }
      return void socket.destroy();
    }
    if (chain.terminal.kind === 'tcp') {
      proxyConnection(socket, info, chain.terminal.proxy, this.#context);
      return;
    }
    let endpoint = this.#endpoints.get(chain.key);
    if (!endpoint) {
      endpoint = new HttpEndpoint(chain.terminal.manager, this.#context);
      this.#endpoints.set(chain.key, endpoint);
    }
    endpoint.accept(socket, info);
    socket.resume();
  }
}

async function bindAddress(listener: string, at: { readonly address: string; readonly port: number }): Promise<Server> {
  const server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Rejection(
          'FL0822',
          `listener ${listener} cannot bind ${at.address}:${at.port}: ${error.code ?? error.message}`,
          'free the port, or give the listener another',
        ),
      ),
    );
    server.listen({ host: at.address, port: at.port }, resolve);
  });
  return server;
}

export function allChains(settings: ListenerSettings): readonly FilterChain[] {
  return settings.defaultChain ? [...settings.chains, settings.defaultChain] : settings.chains;
}

function connectionInfo(
  socket: Socket,
  sni: string | undefined,
  peer: ConnectionInfo['peer'],
  localUriSans: readonly string[],
): ConnectionInfo {
  const isTls = socket instanceof TLSSocket;
  return {
    id: ++connectionIds,
    remoteAddress: plainAddress(socket.remoteAddress),
    remotePort: socket.remotePort ?? 0,
    localAddress: plainAddress(socket.localAddress),
    localPort: socket.localPort ?? 0,
    isTls,
    localUriSans,
    ...(isTls && { tlsVersion: socket.getProtocol() ?? '' }),
    ...(sni !== undefined && { sni }),
    ...(peer && { peer }),
  };
}

/** A socket bound to `::` shows IPv4 callers as `::ffff:1.2.3.4`. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
