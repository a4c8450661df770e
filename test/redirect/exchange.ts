// One TCP connection: text sent, text received (each byte a character), and how it ended.
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

export interface Exchanged {
  readonly text: string;
  /** `open`: nobody closed it in time. */
  readonly end: 'closed' | 'open' | 'refused';
}

const patienceMs = 3_000;

export function exchange(host: string, port: number, text: string): Promise<Exchanged> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let received = '';
    let isConnected = false;
    const finish = (end: Exchanged['end']) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: received, end });
    };
    const timer = setTimeout(() => finish('open'), patienceMs);
    socket.setEncoding('latin1');
    socket.on('connect', () => {
      isConnected = true;
      socket.write(text, 'latin1');
    });
    socket.on('data', (chunk: string) => (received += chunk));
    socket.on('error', () => finish(isConnected ? 'closed' : 'refused'));
    socket.on('close', () => finish('closed'));
  });
}

/** `GET shoes:80 /path` over HTTP/2 with prior knowledge; the text is status and body. */
export function askHttp2(host: string, port: number, what: string): Promise<Exchanged> {
  const [method, authority, path] = what.split(' ');
  return new Promise((resolve) => {
    const session = connectHttp2(`http://${host}:${port}`);
    let text = '';
    const finish = (end: Exchanged['end']) => {
      clearTimeout(timer);
      session.destroy();
      resolve({ text, end });
    };
    const timer = setTimeout(() => finish('open'), patienceMs);
    session.on('error', () => finish('closed'));
    const asked = session.request({ ':method': method, ':authority': authority, ':path': path });
    asked.setEncoding('latin1');
    asked.on('response', (headers) => (text += `${headers[':status']} `));
    asked.on('data', (chunk: string) => (text += chunk));
    asked.on('error', () => {});
    asked.on('close', () => finish('closed'));
    asked.end();
  });
}

export function httpRequest(method: string, path: string, host: string): string {
  return `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Client-Cert: forged\r\nConnection: close\r\n\r\n`;
}

/** The first flight of a TLS client that names whom it wants, each byte as one character. */
export async function clientHello(servername: string): Promise<string> {
  const hello = await new Promise<Buffer>((resolve) => {
    const stream = new Duplex({ read: () => {}, write: (chunk: Buffer) => resolve(chunk) });
    connectTls({ socket: stream, servername, rejectUnauthorized: false }).on('error', () => {});
  });
  return hello.toString('latin1');
}

/** The status code; 0 where there was no answer at all. */
export function statusOf({ text }: Exchanged): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
}
