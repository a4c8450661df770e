// The admin HTTP server of the control plane: status, waiting for a commit, health, metrics. For this machine only; it changes nothing.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from './ads-server.ts';
import type { ControlPlane } from './control-plane.ts';
import { collectMetrics } from './metrics.ts';

const loopback = '127.0.0.1';
const defaultWaitMs = 30_000;
const longestWaitMs = 600_000;

export interface AdminApi {
  readonly address: ListenAddress;
  close(): Promise<void>;
}

export interface AdminApiOptions {
  readonly plane: ControlPlane;
  /** 0 picks a free one. */
  readonly port: number;
  /** False while nothing was published yet; default: whether any commit is known. */
  readonly isReady?: () => boolean;
}

/** Rejects with a readable message if the port is taken. */
export async function serveAdminApi(options: AdminApiOptions): Promise<AdminApi> {
  const { plane } = options;
  const metrics = collectMetrics(plane);
  const isReady = options.isReady ?? (() => plane.ledger.commits().length > 0);
  const routes: Record<string, (url: URL, response: ServerResponse) => Promise<void> | void> = {
    '/healthz': (_url, response) => sendText(response, 200, 'ok\n'),
    '/readyz': (_url, response) =>
      isReady() ? sendText(response, 200, 'ok\n') : sendText(response, 503, 'nothing is published yet\n'),
    '/status': (_url, response) => sendJson(response, 200, statusJson(plane)),
    '/wait': (url, response) => wait(plane, url, response),
    '/metrics': async (_url, response) => sendText(response, 200, await metrics.text(), metrics.contentType),
  };
  const server = createServer((request, response) => {
    answer(routes, request, response).catch((error: Error) => sendJson(response, 500, { error: error.message }));
  });
  const port = await listen(server, options.port);
  return {
    address: { host: loopback, port },
    close: () =>
      new Promise((resolve) => {
        metrics.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  routes: Record<string, (url: URL, response: ServerResponse) => Promise<void> | void>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A web page that the user visits must not be able to read this through a name that resolves to loopback.
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
    sendJson(response, 403, { error: 'the admin API answers to loopback names only' });
    return;
  }
  const url = URL.parse(request.url ?? '/', `http://${loopback}`);
  const route = url && Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
  if (!url || !route) sendJson(response, 404, { error: `no such path; there are ${Object.keys(routes).join(', ')}` });
  else if (request.method !== 'GET') sendJson(response, 405, { error: 'only GET is served' });
  else await route(url, response);
}

function statusJson(plane: ControlPlane): object {
  const [latest] = plane.ledger.commits();
  return {
    commits: plane.ledger.commits(),
    ...(latest !== undefined && { latest: plane.ledger.report(latest) }),
    proxies: plane.status(),
  };
}

/** 200 once every proxy has the commit, 409 if one refused it, 504 if neither came to pass in time. */
async function wait(plane: ControlPlane, url: URL, response: ServerResponse): Promise<void> {
  const commit = url.searchParams.get('commit');
  const timeoutMs = Number(url.searchParams.get('timeout') ?? defaultWaitMs);
  if (!commit || !(timeoutMs >= 0 && timeoutMs <= longestWaitMs)) {
    sendJson(response, 400, { error: `say /wait?commit=C&timeout=MS, with at most ${longestWaitMs} ms` });
    return;
  }
  const report = await plane.ledger.waitFor(commit, { timeoutMs, nodes: url.searchParams.getAll('node') });
  const status = report.outcome === 'acked' ? 200 : report.outcome === 'nacked' ? 409 : 504;
  sendJson(response, status, report);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  sendText(response, status, JSON.stringify(body, undefined, 2) + '\n', 'application/json');
}

function sendText(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'another process has the port' : error.message;
      reject(new Error(`cannot listen on ${loopback}:${port}: ${reason}`));
    });
    server.listen(port, loopback, () => resolve((server.address() as AddressInfo).port));
  });
}
