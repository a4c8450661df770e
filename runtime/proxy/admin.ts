// The admin page of the proxy, on the address the bootstrap names: for probes, scrapers and people.
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { ConfigStore } from './config/config-store.ts';
import type { ProxyStats } from './stats.ts';

export interface Admin {
  readonly port: number;
  close(): Promise<void>;
}

type Page = (response: ServerResponse) => void | Promise<void>;

export async function startAdmin(
  at: { readonly address: string; readonly port: number },
  store: ConfigStore,
  stats: ProxyStats,
): Promise<Admin> {
  const pages: Readonly<Record<string, Page>> = {
    '/ready': (response) => text(response, store.isReady ? 200 : 503, store.isReady ? 'LIVE\n' : 'PRE_INITIALIZING\n'),
    '/stats/prometheus': async (response) =>
      text(response, 200, await stats.registry.metrics(), stats.registry.contentType),
    '/config_dump': (response) => text(response, 200, configDump(store), 'application/json'),
    '/clusters': (response) => text(response, 200, clusters(store)),
    '/listeners': (response) =>
      text(
        response,
        200,
        store.listeners
          .status()
          .map((l) => `${l.name}::${l.address}:${l.port}\n`)
          .join(''),
      ),
  };
  const server = createServer((request, response) => {
    const page = pages[(request.url ?? '').split('?', 1)[0] ?? ''];
    if (!page) return text(response, 404, 'invalid path\n');
    Promise.resolve(page(response)).catch(() => response.destroy());
  });
  await listen(server, at);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : at.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { address, port }: { readonly address: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port }, resolve);
  });
}

function text(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=UTF-8'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-cache, max-age=0' }).end(body);
}

/** Secrets never enter the store's list of accepted resources; only their names do. */
function configDump(store: ConfigStore): string {
  const dump = Object.fromEntries(
    [...store.accepted].map(([type, resources]) => [
      type,
      Object.fromEntries([...resources].sort(([a], [b]) => (a < b ? -1 : 1))),
    ]),
  );
  return `${JSON.stringify(dump, null, 2)}\n`;
}

/** One fact a line, in the manner of Envoy's page. */
function clusters(store: ConfigStore): string {
  const lines: string[] = [];
  for (const cluster of store.clusters.active) {
    lines.push(`${cluster.name}::rq_active::${cluster.active}`);
    for (const host of cluster.hosts) {
      const start = `${cluster.name}::${host.label}`;
      lines.push(
        `${start}::health_flags::${host.isHealthy ? 'healthy' : '/failed_eds_health'}`,
        `${start}::weight::${host.weight}`,
      );
      lines.push(
        `${start}::rq_active::${host.active}`,
        `${start}::rq_total::${host.requests}`,
        `${start}::rq_error::${host.failures}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
