// Real requests: HTTP through a sidecar or a gateway, and a PostgreSQL greeting over TCP.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** `address` is `host:port` of a sidecar's outbound listener or of a gateway; the Host header says where the request is meant to go. */
export function send(
  address: string,
  method: string,
  url: string,
  options: { readonly agent?: http.Agent; readonly ca?: string; readonly body?: string } = {},
): Promise<Answer> {
  const target = new URL(url);
  const [host, port] = splitAddress(address);
  const client = options.ca === undefined ? http : https;
  return new Promise((resolve, reject) => {
    const request = client.request(
      {
        host,
        port,
        method,
        path: `${target.pathname}${target.search}`,
        headers: {
          host: target.host,
          ...(options.body !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(options.body),
          }),
        },
        timeout: 20_000,
        ...(options.agent && { agent: options.agent }),
        ...(options.ca !== undefined && {
          ca: options.ca,
          servername: net.isIP(target.hostname) ? '' : target.hostname,
        }),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
        response.on('error', reject);
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer from ${address} within 20 s`)));
    request.on('error', reject);
    request.end(options.body);
  });
}

/**
 * Opens a connection as a PostgreSQL client: SSLRequest, then StartupMessage. Resolves with what the server said, or with how it hung up.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function greetPostgres(address: string): Promise<string> {
  const [host, port] = splitAddress(address);
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    let stage: 'ssl' | 'startup' = 'ssl';
    const finish = (text: string) => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(5_000, () => finish('no answer'));
    socket.on('connect', () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
    socket.on('data', (data) => {
      if (stage === 'startup') return finish(describeStartupAnswer(data));
      stage = 'startup';
      socket.write(startupMessage());
    });
    socket.on('error', (error) => finish(`connection failed: ${error.message}`));
    socket.on('close', () => finish('connection closed by the proxy'));
  });
}

function startupMessage(): Buffer {
  const body = Buffer.from('user\0demo\0database\0shop\0\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(196608, 4);
  return Buffer.concat([head, body]);
}

/** `R` is an authentication message, `E` an error (an unknown role is as good an answer: a server spoke). */
function describeStartupAnswer(data: Buffer): string {
  const type = String.fromCharCode(data[0] ?? 0);
  if (type === 'R') return 'PostgreSQL answered: authentication message';
  if (type === 'E')
    return `PostgreSQL answered: ${data
      .toString('utf8', 5)
      .replace(/[^\x20-\x7e]+/g, ' ')
      .trim()}`;
  return `an unexpected answer of type ${type}`;
}

function splitAddress(address: string): [string, number] {
  const at = address.lastIndexOf(':');
  return [address.slice(0, at), Number(address.slice(at + 1))];
}
