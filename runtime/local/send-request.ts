// Real requests into a local mesh: as an application through its sidecar, or as someone outside through a gateway.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { SocketAddress } from '../../compiler/index.ts';
import { startTimer } from '../timers.ts';

export interface MeshRequest {
  /** GET unless given. */
  readonly method?: string;
  /** `http://shoes/stock`, `https://shop.example.com/`, `tcp://postgres:5432`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** 20,000 unless given. */
  readonly timeoutMs?: number;
}

export interface MeshAnswer {
  /** 0 if there was no HTTP answer. */
  readonly status: number;
  readonly headers: Readonly<http.IncomingHttpHeaders>;
  readonly body: string;
  /** Why there was no answer; for TCP, why the connection did not open. */
  readonly error?: string;
}

/** `at` is where to connect: a sidecar's outbound listener or a gateway's. `ca` is trusted for https. */
export function sendHttp(at: SocketAddress, request: MeshRequest, ca?: string): Promise<MeshAnswer> {
  const url = new URL(request.url);
  const isTls = url.protocol === 'https:';
  const options = {
    host: at.address,
    port: at.port,
    method: request.method ?? 'GET',
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      ...(request.body !== undefined && { 'content-length': String(Buffer.byteLength(request.body)) }),
      ...request.headers,
    },
    timeout: request.timeoutMs ?? 20_000,
    agent: false,
    ...(isTls && { servername: url.hostname, ...(ca !== undefined && { ca }) }),
  } as const;
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ status: 0, headers: {}, body: '', error: error.message });
    const outgoing = (isTls ? https : http).request(options, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (text: string) => {
        body += text;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }));
      incoming.on('error', fail);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${options.timeout} ms`)));
    outgoing.on('error', fail);
    outgoing.end(request.body);
  });
}

/**
 * Connects, and waits until the server speaks, hangs up, or `body` (sent first, if given) is answered. Status 200 stands for a
 * connection that stays open. A proxy that denies a connection first accepts it and then closes it.
 */
export function sendTcp(at: SocketAddress, request: MeshRequest): Promise<MeshAnswer> {
  const quietMs = Math.min(request.timeoutMs ?? 20_000, request.body === undefined ? 300 : 20_000);
  return new Promise((resolve) => {
    const socket = net.connect({ host: at.address, port: at.port });
    const finish = (answer: Partial<MeshAnswer>) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ status: 0, headers: {}, body: '', ...answer });
    };
    const timer = startTimer(quietMs, () =>
      finish(request.body === undefined ? { status: 200 } : { error: 'no answer' }),
    );
    socket.once('connect', () => request.body !== undefined && socket.write(Buffer.from(request.body, 'latin1')));
    socket.once('data', (data) => finish({ status: 200, body: data.toString('latin1') }));
    socket.once('close', () => finish({ error: 'the connection was closed' }));
    socket.once('error', (error) => finish({ error: error.message }));
  });
}
