// An upstream for tests: answers with what it saw, or misbehaves as the path says.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Echo {
  readonly server: string;
  readonly method: string;
  readonly url: string;
  /** As received. */
  readonly headers: readonly string[];
  readonly body: string;
}

export interface EchoServer {
  readonly port: number;
  /** Everything seen so far, in order. */
  readonly seen: Echo[];
  close(): void;
}

/**
 * `x-echo-status: 503,200` answers the n-th request of an `x-echo-id` with the n-th status (the last for the rest);
 * `x-echo-delay: 500` waits; `x-echo-reset: 1` closes the connection; `x-echo-headers: {"a":"b"}` adds headers.
 */
export async function startEchoServer(name: string): Promise<EchoServer> {
  const seen: Echo[] = [];
  const tries = new Map<string, number>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const echo: Echo = {
        server: name,
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.rawHeaders,
        body: Buffer.concat(chunks).toString('latin1'),
      };
      seen.push(echo);
      answer(request, response, echo, tries);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, echo: Echo, tries: Map<string, number>): void {
  const header = (name: string) => request.headers[name] as string | undefined;
  const id = header('x-echo-id') ?? '';
  const attempt = tries.get(id) ?? 0;
  tries.set(id, attempt + 1);
  const statuses = (header('x-echo-status') ?? '200').split(',').map(Number);
  const resets = Number(header('x-echo-reset') ?? 0);
  if (resets > attempt) return void request.socket.destroy();
  const status = statuses[Math.min(attempt, statuses.length - 1)] ?? 200;
  const body = Buffer.from(JSON.stringify(echo));
  const extra = JSON.parse(header('x-echo-headers') ?? '{}') as Record<string, string | string[]>;
  setTimeout(
    () => {
      response.sendDate = true;
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(!header('x-echo-chunked') && { 'content-length': body.length }),
        ...extra,
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    },
    Number(header('x-echo-delay') ?? 0),
  );
}
