// The built-in echo servers: one process stands for every application that local.yaml does not name.
// Takes a JSON file with a list of EchoServer, read again on SIGHUP; answers HTTP with what it received, and TCP with the same bytes.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';

export interface EchoServer {
  readonly service: string;
  readonly version: string;
  readonly instance: string;
  readonly protocol: 'http' | 'tcp';
  readonly listen: { readonly address: string; readonly port: number };
}

function answer(server: EchoServer, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const { service, version, instance } = server;
  const { method, url: path, headers } = request;
  const forwarded = String(headers['x-forwarded-client-cert'] ?? '');
  const caller = /(?:^|[;,])URI=([^;,]+)/.exec(forwarded)?.[1] ?? null;
  response.writeHead(200, { 'content-type': 'application/json', 'x-instance': instance });
  response.end(`${JSON.stringify({ service, version, instance, method, path, caller, headers })}\n`);
}

const running = new Map<string, { readonly close: () => void }>();

function serve(server: EchoServer): void {
  const { address, port } = server.listen;
  const sockets = new Set<Socket>();
  const listener =
    server.protocol === 'http'
      ? createServer((request, response) => answer(server, request, response))
      : createTcpServer((socket) => {
          socket.on('error', () => socket.destroy());
          socket.pipe(socket);
        });
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  listener.on('error', (error) => {
    console.error(`${server.instance}: cannot listen on ${address}:${port}: ${error.message}`);
    process.exit(1);
  });
  listener.listen(port, address);
  const close = () => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  };
  running.set(JSON.stringify(server), { close });
}

function bringInLine(): void {
  const servers = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as EchoServer[];
  const wanted = new Set(servers.map((server) => JSON.stringify(server)));
  for (const [key, { close }] of running) {
    if (wanted.has(key)) continue;
    close();
    running.delete(key);
  }
  for (const server of servers) if (!running.has(JSON.stringify(server))) serve(server);
}

process.on('SIGHUP', bringInLine);
// Without anything to serve it stays, for a list that has more.
setInterval(() => {}, 2 ** 30);
process.on('SIGTERM', () => process.exit(0));
bringInLine();
