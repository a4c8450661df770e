// An HTTP/1.1 client that sends exactly the bytes it is given, for requests that no library would make.
import { connect } from 'node:net';

export interface RawResponse {
  /** 0 if the connection was closed without an answer. */
  readonly status: number;
  /** Names in lower case, in order, names and values alternating. */
  readonly headers: readonly string[];
  readonly body: string;
  readonly isClosed: boolean;
}

/** Gives up after `limitMs`, which only a hanging proxy ever reaches. */
export function sendRaw(
  port: number,
  request: string | Buffer,
  isHead = false,
  limitMs = 10_000,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let bytes = Buffer.alloc(0);
    const finish = (isClosed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...parse(bytes, isHead), isClosed });
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(
          `no complete answer to ${JSON.stringify(String(request).slice(0, 200))}, got ${JSON.stringify(bytes.toString('latin1'))}`,
        ),
      );
    }, limitMs);
    socket.on('error', () => finish(true));
    socket.on('close', () => finish(true));
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!isComplete(bytes, isHead)) return;
      // A closing connection is told from an open one by waiting for the end where the answer announces it.
      if (!/\r\nconnection: close\r\n/i.test(head(bytes))) finish(false);
    });
  });
}

/** The answer that begins with these bytes, if it is there as a whole; what ends with the connection never is. */
export function answerIn(bytes: Buffer, isHead: boolean): Omit<RawResponse, 'isClosed'> | undefined {
  return isComplete(bytes, isHead) ? parse(bytes, isHead) : undefined;
}

function head(bytes: Buffer): string {
  const end = bytes.indexOf('\r\n\r\n');
  return end < 0 ? '' : bytes.subarray(0, end + 2).toString('latin1');
}

/** Interim answers (100 Continue) stand before the real one. */
function withoutInterim(bytes: Buffer): Buffer {
  if (!/^HTTP\/1\.1 1\d\d /.test(bytes.subarray(0, 13).toString('latin1'))) return bytes;
  const end = bytes.indexOf('\r\n\r\n');
  return end < 0 ? Buffer.alloc(0) : withoutInterim(bytes.subarray(end + 4));
}

function isComplete(all: Buffer, isHead: boolean): boolean {
  const bytes = withoutInterim(all);
  const text = head(bytes);
  if (text === '') return false;
  const body = bytes.subarray(text.length + 2);
  const status = Number(text.slice(9, 12));
  if (isHead || status === 204 || status === 304) return true;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text);
  if (length) return body.length >= Number(length[1]);
  return /\r\ntransfer-encoding: chunked\r\n/i.test(text) && body.includes('0\r\n\r\n');
}

function parse(all: Buffer, isHead: boolean): Omit<RawResponse, 'isClosed'> {
  const bytes = withoutInterim(all);
  const text = head(bytes);
  if (text === '') return { status: 0, headers: [], body: '' };
  const headers: string[] = [];
  for (const line of text.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.push(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const raw = bytes.subarray(text.length + 2).toString('latin1');
  const isChunked = headers.some((h, i) => i % 2 === 0 && h === 'transfer-encoding');
  return { status: Number(text.slice(9, 12)), headers, body: isHead ? '' : isChunked ? dechunk(raw) : raw };
}

function dechunk(raw: string): string {
  let out = '';
  for (let at = 0; at < raw.length; ) {
    const end = raw.indexOf('\r\n', at);
    const size = Number.parseInt(raw.slice(at, end), 16);
    if (!size) break;
    out += raw.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
  return out;
}
