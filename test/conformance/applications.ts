// The applications behind the proxies: HTTP servers that say what they received in a header, and TCP servers that name themselves.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Protocol, SocketAddress } from '../../compiler/index.ts';

export interface Application {
  /** Key of the instance, or `HOST:PORT` of something outside the mesh. */
  readonly instance: string;
  /** `namespace/name` of the workload, or the host of something outside. */
  readonly workload: string;
  /** Of the workload, or of the host outside, where it is reached on another. */
  readonly port?: string;
  /** Name of the version, or "". */
  readonly version: string;
  readonly protocol: 'http' | 'http2' | 'tcp';
  readonly listen: SocketAddress;
}

/** What serves a port of the mesh. */
export const servers: Readonly<Record<Protocol, Application['protocol']>> = {
  HTTP: 'http',
  HTTP2: 'http2',
  GRPC: 'http2',
  HTTPS: 'tcp',
  TLS: 'tcp',
  TCP: 'tcp',
};

/** What an application says of a request. */
export interface Seen {
  readonly instance: string;
  /** The port of the workload that was reached. */
  readonly port: string;
  readonly workload: string;
  readonly version: string;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** Names in lower case and values, in the order received. */
  readonly headers: readonly (readonly [string, string])[];
}

/** A header, so that answers to HEAD have it as well. */
export const echoHeader = 'x-conformance-echo';
/** Of a request: milliseconds before the answer. */
export const delayHeader = 'x-conformance-delay';
/** Of a request: the status of the answer. */
export const statusHeader = 'x-conformance-status';
/** Of a request: what to ask for afterwards. */
export const idHeader = 'x-conformance-id';

export interface RunningApplications {
  /** Everything that was received under an id, copies and repetitions included. */
  received(id: string): readonly Seen[];
  close(): Promise<void>;
}

/** All or none. */
export async function startApplications(applications: readonly Application[]): Promise<RunningApplications> {
  const sockets = new Set<Socket>();
  const log = new Map<string, Seen[]>();
  const note: Note = (id, seen) => void log.set(id, [...(log.get(id) ?? []), seen]);
  const results = await Promise.allSettled(applications.map((application) => start(application, sockets, note)));
  const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const close = async () => {
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  };
  for (const result of results) {
    if (result.status === 'fulfilled') continue;
    await close();
    throw result.reason;
  }
  return { close, received: (id) => log.get(id) ?? [] };
}

type Note = (id: string, seen: Seen) => void;

function start(application: Application, sockets: Set<Socket>, note: Note): Promise<Server> {
  const server = serverOf(application, note);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const { address, port } = application.listen;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve(server));
  });
}

function serverOf(application: Application, note: Note): Server {
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    answerHttp(application, request, response, note);
  switch (application.protocol) {
    case 'http':
      // Whatever a request expects, it is answered.
      return createServer({ keepAliveTimeout: 60_000 }, answer).on('checkExpectation', answer);
    case 'http2':
      return createHttp2Server((request, response) =>
        answer(request as unknown as IncomingMessage, response as unknown as ServerResponse),
      );
    case 'tcp':
      return createTcpServer((socket) => {
        socket.on('error', () => socket.destroy());
        socket.once('data', (data) => socket.end(`${application.instance} ${portOf(application)} ${data}`));
      });
  }
}

function portOf({ port, listen }: Application): string {
  return port ?? String(listen.port);
}

function answerHttp(application: Application, request: IncomingMessage, response: ServerResponse, note: Note): void {
  request.resume();
  const { instance, workload, version } = application;
  const port = portOf(application);
  const { method = '', url: path = '', rawHeaders } = request;
  const headers = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] ?? ''] as const] : [],
  );
  const value = (wanted: string) => headers.find(([name]) => name === wanted)?.[1];
  const host = value('host') ?? value(':authority') ?? '';
  const seen: Seen = { instance, port, workload, version, method, path, host, headers };
  const id = value(idHeader);
  if (id !== undefined) note(id, seen);
  const send = () => {
    response.writeHead(Number(value(statusHeader) ?? 200), {
      'content-type': 'text/plain',
      [echoHeader]: encodeURIComponent(JSON.stringify(seen)),
    });
    response.end('from the application');
  };
  const delayMs = Number(value(delayHeader) ?? 0);
  if (delayMs > 0) setTimeout(send, delayMs);
  else send();
}
