// What runs in a namespace: its applications, a DNS server, and whoever sends requests. Told what to do by pods.ts over IPC.
import { createSocket } from 'node:dgram';
import http from 'node:http';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { startApplications } from '../conformance/applications.ts';
import { askHttp, askTcp, type Observation } from '../conformance/ask.ts';
import { exchange } from '../redirect/exchange.ts';
import type { StandIn } from './plan.ts';
import type { Order, Orders } from './pods.ts';

const patienceMs = 15_000;

const orders: { readonly [K in keyof Orders]: (order: Orders[K]['order']) => Promise<Orders[K]['answer']> } = {
  async serve({ applications, certificates }) {
    const inner = applications.map((one, i) =>
      one.tlsHost === undefined ? one : { ...one, listen: { address: '127.0.0.1', port: 20_000 + i } },
    );
    await startApplications(inner);
    for (const [i, one] of applications.entries()) wrap(one, inner[i]?.listen.port ?? 0, certificates);
  },
  async resolve({ address, names, otherwise }) {
    const socket = createSocket('udp4');
    socket.on('message', (question, peer) => {
      const answer = answerTo(question, names, otherwise);
      if (answer) socket.send(answer, peer.port, peer.address);
    });
    await new Promise<void>((done) => socket.bind(53, address, done));
  },
  async ask({ planned, at, sni, ca }) {
    if (sni !== undefined) return askWithSni(at, sni);
    return planned.call.request.scheme === 'tcp' ? askTcp(at) : askHttp(at, planned, ca);
  },
  exchange: ({ at, text }) => exchange(at.address, at.port, text),
  get: ({ port, path }) =>
    new Promise((resolve, reject) => {
      const request = http.get({ host: '127.0.0.1', port, path, timeout: patienceMs }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve(text));
      });
      request.on('error', reject);
    }),
};

/** TLS of something outside, before its application. */
function wrap(
  { tlsHost, listen }: StandIn,
  inner: number,
  certificates: Orders['serve']['order']['certificates'],
): void {
  const pair = tlsHost === undefined ? undefined : certificates[tlsHost];
  if (!pair) return;
  createTlsServer(pair, (socket) => {
    const upstream = connect(inner, '127.0.0.1');
    for (const one of [socket, upstream]) one.on('error', () => one.destroy());
    socket.pipe(upstream).pipe(socket);
  }).listen(listen.port, listen.address);
}

/** Type A questions get an address, all others nothing. */
function answerTo(question: Buffer, names: Readonly<Record<string, string>>, otherwise: string): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (question.length < at + 5) return undefined;
  const isA = question.readUInt16BE(at + 1) === 1;
  const address = names[labels.join('.').toLowerCase()] ?? otherwise;
  const head = Buffer.from([question[0] ?? 0, question[1] ?? 0, 0x85, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
  const record = isA
    ? Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)])
    : Buffer.alloc(0);
  return Buffer.concat([head, question.subarray(12, at + 5), record]);
}

/** The first flight of a TLS client. An application that is no TLS server answers with its name; a proxy's alert is a TLS record. */
async function askWithSni(
  { address, port }: { address: string; port: number },
  servername: string,
): Promise<Observation> {
  const hello = await new Promise<Buffer>((resolve) => {
    const stream = new Duplex({ read: () => {}, write: (chunk: Buffer) => resolve(chunk) });
    connectTls({ socket: stream, servername, rejectUnauthorized: false }).on('error', () => {});
  });
  return new Promise((resolve) => {
    const socket = connect(port, address, () => socket.write(hello));
    const finish = (body: Buffer) => {
      clearTimeout(timer);
      socket.destroy();
      const isName = body.length > 0 && (body[0] ?? 0) >= 0x20;
      resolve({
        status: isName ? 200 : 0,
        headers: {},
        body: isName ? (body.toString('latin1').split(' ')[0] ?? '') : '',
      });
    };
    const timer = setTimeout(() => finish(Buffer.alloc(0)), patienceMs);
    socket.on('data', finish);
    for (const end of ['close', 'error']) socket.on(end, () => finish(Buffer.alloc(0)));
  });
}

process.on('message', async ({ id, kind, order }: Order) => {
  const run = orders[kind] as (order: unknown) => Promise<unknown>;
  const answer = await run(order).then(
    (value) => ({ id, value }),
    (error: Error) => ({ id, error: error.message }),
  );
  process.send?.(answer);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ id: 0 });
