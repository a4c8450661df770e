// The application in a namespace: answers HTTP with what it sees, a TCP port with what it was sent, and calls others when told to.
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { exchange } from './exchange.ts';

const [name = '', httpPorts = '', tcpPorts = ''] = process.argv.slice(2);
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
];

process.on('message', async ({ id, host, port, text }: { id: number; host: string; port: number; text: string }) => {
  process.send?.({ id, exchanged: await exchange(host, port, text) });
});
process.on('disconnect', () => process.exit(0));
await Promise.all(listening);
process.send?.({ id: 0 });
