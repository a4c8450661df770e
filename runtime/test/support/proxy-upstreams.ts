// Two servers that say who they are, and a configuration that leads to them. Both are closed with the test file.
import t from 'tap';
import { startEchoServer } from './echo-server.ts';
import { sendRaw } from './raw-http.ts';
import type { Resources } from './resource-ads-server.ts';
import { assignment, connectionManager, edsCluster, forward, listener, routes } from './resources.ts';

export const [v1, v2] = [await startEchoServer('v1'), await startEchoServer('v2')];
t.teardown(() => [v1, v2].map((server) => server.close()));

export const get = (port: number, path = '/', more = '') =>
  sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`);
export const serverOf = (body: string) => (JSON.parse(body) as { server: string }).server;
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One listener `in` with RDS `main`, clusters `one` and `two` over EDS. */
export function base(port: number, changes: Resources = {}): Resources {
  return {
    cluster: [edsCluster('one'), edsCluster('two')],
    endpoints: [assignment('one', [v1.port]), assignment('two', [v2.port])],
    listener: [listener('in', port, [connectionManager('main')])],
    route: [routes('main', forward('one'))],
    ...changes,
  };
}
