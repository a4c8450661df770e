// What a proxy makes of a request target and a method: real Envoy, the embedded proxy and the verdict's own rules, over all bytes.
import http2 from 'node:http2';
import { connect } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import { isHttpMethod, normalizePath, splitQuery, targetProblem } from '../../compiler/index.ts';
import { whyNoEnvoy } from './support/envoy.ts';
import { startPair } from './support/proxy-pair.ts';
import { sendRaw } from './support/raw-http.ts';
import { connectionManager, listener, routes } from './support/resources.ts';

const tellPath = {
  match: { prefix: '/' },
  directResponse: { status: 200 },
  responseHeadersToAdd: [{ header: { key: 'x-path', value: '%REQ(:PATH)%' } }],
};

/** The line is what ends a request target, and blanks around it belong to nobody. */
const isTarget = (target: string) => !/[\r\n]|[\t ]$|^\/?[\t ]/.test(target);

const everyByte = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
const hex = (byte: number) => byte.toString(16).padStart(2, '0');
const systematic = everyByte.flatMap((character, byte) => [
  `/a${character}b`,
  `/%${hex(byte)}`,
  `/%${hex(byte).toUpperCase()}x`,
  `/x?${character}y`,
  `/%${character}1`,
  `/%4${character}`,
  `/a/..${character}/b`,
]);
const pieces = fc.constantFrom(
  ...['/', '/', '.', '..', ';', '%', '%2e', '%2E', '%65', '2', 'e', 'a', '5', '%25', '\\', '|', '"', 'x', '%2f', '%00'],
  ...[
    '%7F',
    '~',
    '%41',
    '{',
    '^',
    '%zz',
    '?',
    '0',
    '%30',
    '[',
    ']',
    '#',
    '<',
    '`',
    '%5c',
    '%3B',
    ',',
    '=',
    '\u00e9',
    '\u0001',
  ],
);
const drawn = fc.sample(
  fc.array(pieces, { minLength: 1, maxLength: 9 }).map((list) => `/${list.join('')}`),
  { numRuns: 2000, seed: 4 },
);

const methods = [
  ...['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'FOO', 'get', 'Get', 'PRI', 'QUERY', 'M-SEARCH'],
  ...[
    'ACL',
    'BIND',
    'CHECKOUT',
    'COPY',
    'LINK',
    'LOCK',
    'MERGE',
    'MKACTIVITY',
    'MKCALENDAR',
    'MKCOL',
    'MOVE',
    'MSEARCH',
  ],
  ...['NOTIFY', 'PROPFIND', 'PROPPATCH', 'PURGE', 'REBIND', 'REPORT', 'SEARCH', 'SOURCE', 'SUBSCRIBE', 'UNBIND'],
  ...['UNLINK', 'UNLOCK', 'UNSUBSCRIBE', 'DELTE', 'PSOT', 'BASELINE-CONTROL', 'LABEL', 'UPDATE', 'FLUSH', 'BREW', 'G'],
];

/** The status, and what the proxy made of the path. Does not wait for a refused connection to close, which takes a second. */
function ask(port: number | undefined, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: port ?? 0 });
    let text = '';
    socket.on('connect', () => socket.write(Buffer.from(`${line} HTTP/1.1\r\nhost: a\r\n\r\n`, 'latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve('closed'));
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
      if (!text.includes('\r\n\r\n')) return;
      resolve([text.slice(9, 12), /^x-path: (.*)$/m.exec(text)?.[1]?.trim()].filter((x) => x !== undefined).join(' '));
      socket.destroy();
    });
  });
}

/** What the rules say, which the verdict, the analysis and the checks share. */
function expected(target: string): string {
  if (targetProblem(target) !== undefined) return '400';
  const { path, query } = splitQuery(target);
  return `200 ${normalizePath(path)}${query}`;
}

t.setTimeout(120_000);

t.test('paths and methods as Envoy takes them', { skip: whyNoEnvoy(), timeout: 110_000 }, async (t) => {
  const pair = await startPair(t, ['in'], (port) => ({
    listener: [listener('in', port('in'), [connectionManager(routes('main', tellPath), { normalizePath: true })])],
  }));
  const targets = [...new Set([...systematic, ...drawn])].filter(isTarget);
  const wrong: string[] = [];
  const waiting = targets.values();
  const worker = async () => {
    for (const target of waiting) {
      const answers = [pair.envoy, pair.embedded].map((ports) => ask(ports.get('in'), `GET ${target}`));
      const found = [expected(target), ...(await Promise.all(answers))];
      if (new Set(found).size > 1) wrong.push(`${JSON.stringify(target)}: rules, Envoy, embedded: ${found.join(', ')}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  t.strictSame(wrong.slice(0, 30), [], `${targets.length} targets`);
  for (const method of methods) {
    const [envoy, embedded] = [
      await ask(pair.envoy.get('in'), `${method} /`),
      await ask(pair.embedded.get('in'), `${method} /`),
    ];
    const wanted = isHttpMethod(method) ? '200 /' : '400';
    t.strictSame([envoy, embedded], [wanted, stricter.has(method) ? '400' : wanted], method);
  }
});

/** Which has to say of what type its content is, even where it has none. */
t.test('the method QUERY as Envoy takes it', { skip: whyNoEnvoy() }, async (t) => {
  const pair = await startPair(t, ['in'], (port) => ({
    listener: [listener('in', port('in'), [connectionManager(routes('main', tellPath))])],
  }));
  for (const headers of [
    '',
    'content-type: a\r\n',
    'content-type: \r\n',
    'content-type: a\r\nconnection: content-type\r\n',
  ]) {
    const answers = [pair.envoy, pair.embedded].map((ports) =>
      sendRaw(ports.get('in') ?? 0, `QUERY / HTTP/1.1\r\nhost: a\r\n${headers}\r\n`),
    );
    const wanted = headers === 'content-type: a\r\n' ? 200 : 400;
    for (const { status } of await Promise.all(answers)) t.equal(status, wanted, JSON.stringify(headers));
  }
});

/** Methods that the parser of the embedded proxy does not know. */
const stricter = new Set(['MSEARCH']);

t.test('A7: over HTTP/2 Envoy takes every method but CONNECT', { skip: whyNoEnvoy() }, async (t) => {
  const pair = await startPair(t, ['in'], (port) => ({
    listener: [listener('in', port('in'), [connectionManager(routes('main', tellPath))])],
  }));
  const client = http2.connect(`http://127.0.0.1:${pair.envoy.get('in')}`);
  t.teardown(() => client.destroy());
  const statusOf = (method: string) =>
    new Promise((resolve) => {
      const path = method === 'CONNECT' ? {} : { ':path': '/' };
      const stream = client.request(
        { ':method': method, ':authority': 'a', 'content-type': 'text/plain', ...path },
        { endStream: false },
      );
      stream.on('response', (headers) => resolve(headers[':status']));
      stream.on('error', () => resolve('reset'));
      stream.end('x');
    });
  const found = Object.fromEntries(
    await Promise.all(['BREW', 'QUERY', 'PRI', 'get', 'DELTE', 'CONNECT'].map(async (m) => [m, await statusOf(m)])),
  );
  t.strictSame(found, { BREW: 200, QUERY: 200, PRI: 200, get: 200, DELTE: 200, CONNECT: 404 });
});

t.test('what one proxy leaves alone, the next leaves alone too', async (t) => {
  const settled = [...systematic, ...drawn]
    .filter((target) => isTarget(target) && targetProblem(target) === undefined)
    .map((target) => normalizePath(splitQuery(target).path));
  const moving = settled.filter((path) => normalizePath(path) !== path);
  t.strictSame(
    moving.filter((path) => !/\/\.\.?;/.test(path)),
    [],
    'but for dots that were escaped before a semicolon',
  );
});
