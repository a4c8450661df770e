// Requests as bytes on connections that stay open: in the order and spelling given, with nothing that a library would add or refuse.
import net from 'node:net';
import tls from 'node:tls';
import { headerPairs, type SocketAddress, type TestRequest } from '../../compiler/index.ts';
import { answerIn, type RawResponse } from '../../runtime/test/support/raw-http.ts';

export type Written = Pick<TestRequest, 'method' | 'path' | 'headers'>;

/** Values are UTF-8. */
export function bytesToSend({ method, path, headers }: Written, authority: string): Buffer {
  const lines = [['host', authority] as const, ...headerPairs(headers)].map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
}

/** `host`, or `host:port` where the port is not the scheme's own. */
export function usualAuthority({ scheme, host, port }: Pick<TestRequest, 'scheme' | 'host' | 'port'>): string {
  return port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;
}

export type Answer = Omit<RawResponse, 'isClosed'>;

export interface Destination {
  readonly at: SocketAddress;
  readonly tls?: tls.ConnectionOptions;
}

export interface Sending {
  readonly bytes: Buffer;
  /** An answer to HEAD has no body. */
  readonly isHead: boolean;
  readonly limitMs: number;
}

/** Idle connections by destination. */
export class Connections {
  readonly #idle = new Map<string, net.Socket[]>();

  /** Rejects if the connection ends without an answer, or none comes in time. */
  async exchange(to: Destination, sending: Sending): Promise<Answer> {
    const key = JSON.stringify([to.at, to.tls?.servername]);
    const kept = this.#take(key);
    if (kept) {
      // It may have been closed while nothing was sent: then a new one decides.
      const answer = await this.#exchange(key, kept, sending).catch(() => undefined);
      if (answer) return answer;
    }
    return this.#exchange(key, await connected(to), sending);
  }

  close(): void {
    for (const socket of [...this.#idle.values()].flat()) socket.destroy();
    this.#idle.clear();
  }

  #take(key: string): net.Socket | undefined {
    const sockets = this.#idle.get(key) ?? [];
    for (let socket = sockets.pop(); socket; socket = sockets.pop()) {
      if (socket.destroyed || !socket.readable || !socket.writable) continue;
      socket.off('data', unasked);
      return socket;
    }
    return undefined;
  }

  async #exchange(key: string, socket: net.Socket, sending: Sending): Promise<Answer> {
    try {
      const { answer, isReusable } = await answerOn(socket, sending);
      if (!isReusable) socket.destroy();
      else this.#idle.set(key, [...(this.#idle.get(key) ?? []), socket.on('data', unasked)]);
      return answer;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }
}

/** Between two requests nothing may come: the next answer would not be the next request's. */
function unasked(this: net.Socket): void {
  this.destroy();
}

function connected({ at, tls: options }: Destination): Promise<net.Socket> {
  const where = { host: at.address, port: at.port };
  return new Promise((resolve, reject) => {
    const socket = options ? tls.connect({ ...options, ...where }) : net.connect(where);
    socket.once('error', reject);
    socket.once(options ? 'secureConnect' : 'connect', () => {
      socket.off('error', reject);
      // Between two requests nobody else listens.
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

function answerOn(
  socket: net.Socket,
  { bytes, isHead, limitMs }: Sending,
): Promise<{ readonly answer: Answer; readonly isReusable: boolean }> {
  return new Promise((resolve, reject) => {
    let got = Buffer.alloc(0);
    const fail = (error: Error) => finish(() => reject(error));
    const onClose = () => fail(new Error('the connection was closed'));
    const onData = (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
      const answer = answerIn(got, isHead);
      if (!answer) return;
      const isLast = answer.headers.some((name, i) => i % 2 === 0 && name === 'connection');
      finish(() => resolve({ answer, isReusable: !isLast && answer.status !== 101 }));
    };
    const timer = setTimeout(() => fail(new Error(`no answer within ${limitMs} ms`)), limitMs);
    const finish = (end: () => void) => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose).off('error', fail);
      end();
    };
    socket.on('data', onData).on('close', onClose).on('error', fail);
    socket.write(bytes);
  });
}
