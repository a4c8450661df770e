// The application in a namespace: answers HTTP with what it sees, a TCP port with what it was sent, and calls others when told to.
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createTcpServer } from 'node:net';
import { askHttp2, exchange } from './exchange.ts';

const [name = '', httpPorts = '', tcpPorts = '', http2Ports = ''] = process.argv.slice(2);
const portsOf = (list: string) => list.split(',').filter(Boolean).map(Number);

const listening = [
  ...portsOf(httpPorts).map((port) => {
    const server = createServer(({ url, headers }, response) => {
      response.end(JSON.stringify({ name, port, url, certificate: headers['x-forwarded-client-cert'] }));
    });
    return new Promise<void>((resolve) => server.listen(port, '0.0.0.0', resolve));
  }),
  ...portsOf(tcpPorts).map((port) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => socket.end(`${name} got ${data}`));
    });
    return new Promise<void>((resolve) => server.listen(port, '0.0.0.0', resolve));
  }),
  ...portsOf(http2Ports).map((port) => {
    const server = createHttp2Server((request, response) => {
      response.end(`${name} got ${request.method} ${request.url} over HTTP/${request.httpVersion}`);
    });
    return new Promise<void>((resolve) => server.listen(port, '0.0.0.0', resolve));
  }),
];

interface Told {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  /** As it is, or what is asked over HTTP/2: method, authority and path. */
  readonly text: string;
  readonly isHttp2: boolean;
}

process.on('message', async ({ id, host, port, text, isHttp2 }: Told) => {
  process.send?.({ id, exchanged: await (isHttp2 ? askHttp2 : exchange)(host, port, text) });
});
process.on('disconnect', () => process.exit(0));
await Promise.all(listening);
process.send?.({ id: 0 });
