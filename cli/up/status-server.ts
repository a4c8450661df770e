// Answers `fairlead status` and `fairlead wait` on loopback. Reads only; nothing it tells is secret.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StatusSource {
  status(): unknown;
  /** Resolves with the record of a commit once it is final, or as it is after `timeoutMs`. */
  wait(commit: string, timeoutMs: number): Promise<unknown>;
}

export interface StatusServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Clients ask again for more. */
const longestWaitMs = 60_000;

export async function startStatusServer(source: StatusSource): Promise<StatusServer> {
  const server = createServer((request, response) => {
    answer(source, request, response).catch((error: unknown) => send(response, 500, { error: String(error) }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(source: StatusSource, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  // A page in a browser on this machine has no business here: its requests carry an Origin.
  if (request.headers.origin !== undefined) return send(response, 403, { error: 'not for browsers' });
  if (request.method === 'GET' && url.pathname === '/status') return send(response, 200, source.status());
  if (request.method === 'GET' && url.pathname === '/wait') {
    const timeoutMs = Math.min(longestWaitMs, Math.max(0, Number(url.searchParams.get('timeoutMs') ?? 0) || 0));
    return send(response, 200, (await source.wait(url.searchParams.get('commit') ?? '', timeoutMs)) ?? null);
  }
  send(response, 404, { error: `nothing at ${url.pathname}` });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}
