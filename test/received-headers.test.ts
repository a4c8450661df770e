// What a proxy makes of the headers that it receives: real Envoy, the embedded proxy and the verdict's own rules.
import { createServer, type AddressInfo, type Server } from 'node:net';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import {
  hasNoScheme,
  refusedRequest,
  refusedUpgrade,
  schemeOf,
} from '../compiler/analysis/concrete/refused-request.ts';
import { asSent, readHeaders, receivedSources } from '../compiler/analysis/fields/header-source.ts';
import { whyNoEnvoy } from '../runtime/test/support/envoy.ts';
import { type RawAnswer, rawAnswer } from './support/raw-answer.ts';
import { rawHeads, refusedByEmbedded, udpPaths } from './support/request-heads.ts';
import { type ProxyPair, startPair } from '../runtime/test/support/proxy-pair.ts';
import { connectionManager, forward, listener, routes, staticCluster } from '../runtime/test/support/resources.ts';

type Line = readonly [name: string, value: string];

/** Answers with the head that it was sent, as it was sent. */
function startUpstream(): Promise<Server> {
  const server = createServer((socket) => {
    let head = '';
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      head += chunk;
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const told = Buffer.from(head.slice(0, end), 'latin1').toString('hex');
      head = head.slice(end + 4);
      socket.write(`HTTP/1.1 200 OK\r\nx-told: ${told}\r\ncontent-length: 0\r\n\r\n`);
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** The status, and the headers that were sent on or the Location. */
function ask(port: number | undefined, path: string, lines: readonly Line[]): Promise<string> {
  const head = [['host', 'a.example'], ...lines].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return askRaw(port, `GET ${path} HTTP/1.1\r\n${head}\r\n`);
}

async function askRaw(port: number | undefined, request: string): Promise<string> {
  const answer = await rawAnswer(port, request);
  if (!answer) return 'closed';
  const told = valueIn(answer, 'location') ?? headersIn(valueIn(answer, 'x-told'));
  return [answer.status, told].filter(Boolean).join(' ');
}

function valueIn({ headers }: RawAnswer, name: string): string | undefined {
  const line = headers.find((header) => header.toLowerCase().startsWith(`${name}: `));
  return line?.slice(name.length + 2).trim();
}

function headersIn(hex: string | undefined): string {
  if (hex === undefined) return '';
  const [, ...lines] = Buffer.from(hex, 'hex').toString('latin1').split('\r\n');
  return normal(
    lines.map(
      (line): Line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()],
    ),
  );
}

/** `expect`: the embedded proxy's client cannot send it (docs/differences.md). */
const leftOut = new Set(['host', 'x-envoy-expected-rq-timeout-ms', 'content-length', 'expect']);

/** In one order, without what nobody matches and what differs from time to time. */
function normal(lines: readonly Line[]): string {
  const made = /^[0-9a-f]{8}-[0-9a-f]{4}-/;
  return lines
    .filter(([name, value]) => !leftOut.has(name) && `${name}=${value}` !== 'connection=keep-alive')
    .map(([name, value]) => `${name}=${made.test(value) ? 'ID' : value.replace(/\d+\.\d+\.\d+\.\d+$/, 'ADDRESS')}`)
    .sort()
    .join('; ');
}

/** What the rules say, which the verdict and the analysis share. */
function expected(isEdge: boolean, path: string, lines: readonly Line[]): string {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of lines) (headers[name] ??= []).push(value);
  const request = { method: 'GET', path, headers, scheme: 'http' as const, host: 'a.example', port: 80 };
  const received = { ...request, headers: readHeaders(headers, receivedSources(asSent, { isEdge, scheme: 'http' })) };
  const refused = refusedRequest(request);
  if (refused) return String(refused.status);
  if (hasNoScheme(received)) return '404';
  const status = refusedUpgrade(request)?.status;
  if (status !== undefined) return String(status);
  if (path === '/moved') return `301 ${schemeOf(received)}://a.example/there`;
  return `200 ${normal(Object.entries(received.headers).flatMap(([name, values]) => [values].flat().map((value): Line => [name, value])))}`;
}

const names = [
  ...['connection', 'connection', 'connection', 'upgrade', 'upgrade', 'te', 'te', 'expect', 'keep-alive', 'x-a', 'x-b'],
  ...['x-forwarded-proto', 'x-forwarded-proto', 'x-forwarded-for', 'x-request-id', 'x-forwarded-client-cert', 'close'],
  ...['x-envoy-retry-on', 'x-envoy-upstream-stream-duration-ms', 'x-envoy-original-path', 'x-envoy-external-address'],
  ...[
    'user-agent',
    'accept',
    'origin',
    'cookie',
    'http2-settings',
    'proxy-connection',
    'trailer',
    'x-envoy-attempt-count',
  ],
  ...[
    'x-envoy-decorator-operation',
    'x-envoy-downstream-service-cluster',
    'authorization',
    'content-type',
    'x-envoy-internal',
    'content-length',
    'transfer-encoding',
  ],
] as const;
const many = (count: number) => Array.from({ length: count }, (_, i) => `x-${i}`).join(', ');
const values: Readonly<Record<string, readonly string[]>> = {
  connection: [
    ...['upgrade', 'Upgrade', 'keep-alive, Upgrade', 'close', 'x-a', 'X-A, x-b', 'te', 'te, x-a', 'upgrade, x-a', ''],
    ...[
      'host',
      'x-forwarded-for',
      'X-Forwarded-Proto',
      'x-forwarded-host',
      ':path',
      ': ',
      'cookie',
      'x-forwarded-proto',
    ],
    ...[
      many(8),
      many(9),
      many(10),
      `upgrade, ${many(9)}`,
      ',,,',
      'http2-settings',
      'expect',
      'user-agent',
      'x-request-id',
    ],
    ...['keep-alive', 'upgrade, http2-settings', 'x-forwarded-client-cert', '"x-a"', 'x-a ,, x-b', 'upgrade, host'],
  ],
  upgrade: ['websocket', 'WebSocket', 'h2c', 'H2C', 'foo', '', 'websocket, h2c', 'websocket', 'connect-udp'],
  'content-length': ['x', '', '+1', '-1', '0', ' 0', '00', '0, 0', '18446744073709551616'],
  'transfer-encoding': ['gzip', 'identity', 'chunked;q=1'],
  te: [
    'trailers',
    'Trailers',
    'gzip',
    'trailers;q=1',
    'gzip, trailers',
    '',
    'trailers, ',
    'a'.repeat(255),
    'a'.repeat(256),
  ],
  expect: ['100-continue', '100-Continue', 'foo', '', '100-continue, foo'],
  'x-forwarded-proto': ['http', 'https', 'HTTPS', 'ftp', '', ','],
  'x-forwarded-for': ['', '10.0.0.1', '1.2.3.4, 5.6.7.8', 'nobody'],
};
const anyValue = ['1', '', 'two, three', '\u00e9', 'x y', 'a\tb', 'a\u0001b', '\u007f'];
const line = fc
  .constantFrom(...names)
  .chain((name) => fc.constantFrom(...(values[name] ?? anyValue)).map((value): Line => [name, value]));
/** Each sent three times: which of them are joined is Envoy's to say. */
const repeated = (
  'accept accept-charset accept-encoding accept-language access-control-request-headers access-control-request-method ' +
  'access-control-request-private-network authorization b3 cache-control cdn-loop content-encoding content-language ' +
  'content-type cookie date dnt early-data etag forwarded from grpc-accept-encoding grpc-encoding grpc-timeout if if-match ' +
  'if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards origin pragma prefer ' +
  'priority proxy-authorization proxy-status range save-data sec-fetch-mode set-cookie traceparent tracestate user-agent vary via ' +
  'warning x-client-trace-id x-b3-traceid x-correlation-id x-forwarded-host x-forwarded-port x-real-ip x-requested-with'
)
  .split(' ')
  .map((name): Line[] => ['a', '', 'b'].map((value): Line => [name, value]));
const systematic = [
  ...repeated,
  ...Object.entries(values).flatMap(([name, list]) =>
    list.flatMap((value): Line[][] => [
      [[name, value]],
      [
        [name, value],
        ['x-a', '1'],
        ['te', 'gzip'],
      ],
      [
        ['connection', 'upgrade'],
        ['upgrade', 'websocket'],
        [name, value],
      ],
    ]),
  ),
];

/** A sidecar's and a gateway's listener, in Envoy and in the embedded proxy. */
async function startListeners(t: Test): Promise<ProxyPair> {
  const upstream = await startUpstream();
  t.teardown(() => upstream.close());
  const table = routes(
    'main',
    { match: { path: '/moved' }, redirect: { pathRedirect: '/there' } },
    forward('up', { timeout: '5s' }),
  );
  return startPair(t, ['sidecar', 'edge'], (port) => ({
    cluster: [staticCluster('up', [(upstream.address() as AddressInfo).port])],
    listener: ['sidecar', 'edge'].map((name) =>
      listener(name, port(name), [
        connectionManager(table, {
          upgradeConfigs: [{ upgradeType: 'websocket' }],
          ...(name === 'edge' && { useRemoteAddress: true }),
        }),
      ]),
    ),
  }));
}

t.test('A6, A8, A12: headers as Envoy receives them', { skip: whyNoEnvoy(), timeout: 110_000 }, async (t) => {
  const pair = await startListeners(t);
  const drawn = fc.sample(fc.array(line, { minLength: 1, maxLength: 5 }), { numRuns: 1200, seed: 7 });
  const different: string[] = [];
  const queue = [...systematic, ...drawn].flatMap((lines) =>
    ['sidecar', 'edge'].flatMap((name) => ['/', '/moved'].map((path) => ({ lines, name, path }))),
  );
  for (const lines of [...systematic, ...drawn].filter((one) => one.some(([, value]) => value === 'connect-udp')))
    for (const name of ['sidecar', 'edge']) for (const path of udpPaths) queue.push({ lines, name, path });
  const total = queue.length;
  const work = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { lines, name, path } = next;
      const [envoy, embedded] = await Promise.all([
        ask(pair.envoy.get(name), path, lines),
        ask(pair.embedded.get(name), path, lines),
      ]);
      const rules = expected(name === 'edge', path, lines);
      if (envoy === embedded && envoy === rules) continue;
      different.push(
        `${name} ${path} ${JSON.stringify(lines)}\n  Envoy    ${envoy}\n  embedded ${embedded}\n  rules    ${rules}`,
      );
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  t.comment(`${total} requests`);
  t.equal(
    different.length,
    0,
    different
      .sort((a, b) => a.length - b.length)
      .slice(0, 8)
      .join('\n'),
  );
});

t.test('A12: heads of requests, byte by byte', { skip: whyNoEnvoy() }, async (t) => {
  const pair = await startListeners(t);
  for (const request of rawHeads) {
    for (const name of ['sidecar', 'edge']) {
      const [envoy, embedded] = [
        await askRaw(pair.envoy.get(name), request),
        await askRaw(pair.embedded.get(name), request),
      ];
      t.equal(embedded, refusedByEmbedded.includes(request) ? '400' : envoy, `${name} ${JSON.stringify(request)}`);
    }
  }
});

t.test('an expectation is met by the first proxy', { skip: whyNoEnvoy() }, async (t) => {
  const pair = await startListeners(t);
  const said = async (port: number | undefined, expectation: string) => {
    const head = `POST / HTTP/1.1\r\nhost: a\r\nexpect: ${expectation}\r\ncontent-length: 0\r\n\r\n`;
    const answer = await rawAnswer(port, head);
    const told = answer && valueIn(answer, 'x-told');
    if (told === undefined) return 'no answer of the application';
    const passedOn = /expect: \S+/i.exec(Buffer.from(told, 'hex').toString('latin1'));
    return `${answer?.isContinued ? '100' : answer?.status}, then ${passedOn ?? 'nothing'}`;
  };
  for (const name of ['sidecar', 'edge']) {
    const [envoy, embedded] = [pair.envoy.get(name), pair.embedded.get(name)];
    t.equal(await said(envoy, '100-continue'), '100, then nothing', `Envoy, ${name}`);
    t.equal(await said(embedded, '100-continue'), '100, then nothing', `embedded, ${name}`);
    t.equal(await said(envoy, 'other'), '200, then expect: other', `Envoy, ${name}`);
    t.equal(await said(embedded, 'other'), '200, then nothing', `embedded, ${name}: its client sends none`);
  }
});
