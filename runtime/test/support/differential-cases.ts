// The requests of the differential test. Each is sent as written to both proxies.
import type { DifferentialListener } from './differential-config.ts';

export interface Case {
  readonly name: string;
  readonly listener: DifferentialListener;
  /** `%ID%` is replaced by an id of the try, so that counting upstreams start afresh. */
  readonly raw: string;
  readonly isHead: boolean;
  /** Envoy answers otherwise; llhttp refuses with 400, which is as safe. */
  readonly isStricter?: boolean;
}

interface Options {
  readonly method?: string;
  readonly host?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly listener?: DifferentialListener;
  readonly version?: string;
}

function one(
  path: string,
  { method = 'GET', host = 'any.example', headers = [], body, listener = 'mesh', version = '1.1' }: Options = {},
): Case {
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [`${method} ${path} HTTP/${version}`, ...(host === '' ? [] : [`Host: ${host}`]), ...headers, ...length];
  return {
    name: `${listener}: ${lines.join(' | ')}`,
    listener,
    raw: `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`,
    isHead: method === 'HEAD',
  };
}

function raw(name: string, text: string, listener: DifferentialListener = 'mesh'): Case {
  return { name: `${listener}: ${name}`, listener, raw: text, isHead: false };
}

function stricter(name: string, text: string): Case {
  return { ...raw(name, text), isStricter: true };
}

const matching: Case[] = [
  '/',
  '/exact',
  '/exact?x=1',
  '/exact/',
  '/Exact',
  '/segment',
  '/segment/',
  '/segment/a/b',
  '/segmented',
  '/re/12',
  '/re/12/x',
  '/re/12/y',
  '/re/12?q',
  '/nocase',
  '/NOCASE?x',
  '/q?v=1',
  '/q?v=2',
  '/q?w=1&v=1',
  '/q?v=1&v=2',
  '/q',
  '/qp?present',
  '/qp?present=',
  '/qp',
  '/never',
  '/not-present',
  '/not-exact',
  '/not-empty',
  '/empty',
  '/h',
  '/grpc',
].map((path) => one(path));

const headerMatching: Case[] = [
  ['/h', 'X-Exact: one'],
  ['/h', 'X-Exact: two'],
  ['/h', 'x-prefix: PREfix'],
  ['/h', 'x-suffix: the end'],
  ['/h', 'x-contains: amidst'],
  ['/h', 'x-regex: abc'],
  ['/h', 'x-regex: abcd'],
  ['/h', 'x-range: 5'],
  ['/h', 'x-range: 10'],
  ['/h', 'x-range: 7x'],
  ['/h', 'x-present:'],
  ['/not-present', 'x-a: 1'],
  ['/not-exact', 'x-a: one'],
  ['/not-exact', 'x-a: two'],
  ['/not-empty', 'x-a: one'],
  ['/not-empty', 'x-a: two'],
  ['/grpc', 'content-type: application/grpc'],
  ['/grpc', 'content-type: application/grpc+proto'],
  ['/grpc', 'content-type: application/grpc-web'],
].map(([path = '', line = '']) => one(path, { headers: [line] }));

const repeated: Case[] = [
  one('/h', { headers: ['x-exact: one', 'x-exact: one'] }),
  one('/h', { headers: ['x-contains: a', 'x-contains: mid'] }),
  one('/hmethod', { method: 'PUT', body: 'x' }),
  one('/hmethod', { method: 'POST', body: 'x' }),
];

const severalValues: Case[] = [
  ['/h', 'x-exact: one', 'x-exact: two'],
  ['/h', 'x-exact: two', 'x-exact: one'],
  ['/h', 'x-exact: two', 'x-exact: three'],
  ['/h', 'x-exact: one,one'],
  ['/h', 'x-prefix: no', 'x-prefix: pre'],
  ['/h', 'x-suffix: end', 'x-suffix: no'],
  ['/h', 'x-regex: abc', 'x-regex: zzz'],
  ['/h', 'x-regex: z', 'x-regex: a'],
  ['/h', 'x-range: 5', 'x-range: 99'],
  ['/h', 'x-joined: a', 'x-joined: b'],
  ['/h', 'x-joined: a,b'],
  ['/h', 'x-range: 99', 'x-range: 5'],
  ['/h', 'x-contains: m', 'x-contains: id'],
  ['/not-exact', 'x-a: one', 'x-a: two'],
  ['/not-exact', 'x-a: two', 'x-a: one'],
  ['/not-exact', 'x-a: one', 'x-a: one'],
  ['/not-exact', 'x-a: two', 'x-a: three'],
  ['/not-exact', 'x-a: one,two'],
  ['/not-empty', 'x-a: one', 'x-a: two'],
  ['/not-empty', 'x-a: two', 'x-a: three'],
].map(([path = '', ...headers]) => one(path, { headers }));

const hosts: Case[] = [
  'shop.example',
  'SHOP.Example',
  'shop.example:8080',
  'shop.example:81',
  'x.wild.example',
  'wild.example',
  'a.b.wild.example',
  'x.very.wild.example',
  'api.anything',
  'api.x:90',
  'api.',
  'none.example',
  '[::1]:80',
  'shop.example.',
  'a_b.example',
].flatMap((host) => [one('/', { host }), one('/', { host, listener: 'slashes' })]);

const acting: Case[] = [
  '/redirect/full?q=1',
  '/redirect/path-query?q=1',
  '/redirect/strip/x?q=1',
  '/redirect/https/x?q=1',
  '/redirect/prefix/x?q=1',
  '/redirect/port/x',
  '/redirect/regex/abc/d?q=1',
  '/direct',
  '/direct/empty',
  '/rewrite/prefix',
  '/rewrite/prefix/x?q=1',
  '/rewrite/prefixed',
  '/rewrite/root/x',
  '/rewrite/root/',
  '/rewrite/exact?q=1',
  '/rewrite/segment',
  '/rewrite/segment/x?q',
  '/rewrite/re/a/b?q=1',
  '/rewrite/swap/one/two?q=/rewrite/swap/a/b',
  '/rewrite/global/foo?o=o',
  '/host/literal',
  '/host/header',
  '/host/append',
  '/host/path/abc/d?x=1',
  '/timeout',
  '/dead',
  '/retry/dead',
  '/empty-cluster',
  '/unknown-cluster',
  '/unknown-404',
  '/weighted',
  '/fault/abort',
  '/fault/delay',
  '/fault/both',
  '/fault/none',
  '/fault/header',
].flatMap((path) => [one(path), one(path, { listener: 'edge' })]);

const redirectHosts: Case[] = ['shop.test:80', 'shop.test:443', 'shop.test:8080'].flatMap((host) => [
  one('/redirect/https', { host }),
  one('/redirect/port', { host }),
  one('/redirect/https', { host, listener: 'forwarded', headers: ['x-forwarded-proto: https'] }),
]);

const special: Case[] = [
  one('/', { host: 'secure.example' }),
  one('/x?y', { host: 'secure.example', listener: 'forwarded', headers: ['x-forwarded-proto: https'] }),
  one('/host/header', { headers: ['x-host: from.header'] }),
  one('/host/append', { headers: ['x-forwarded-host: before'] }),
  one('/fault/header', { headers: ['x-fault: 1'] }),
  one('/headers', {
    headers: [
      'x-set: old',
      'x-set: older',
      'x-add: first',
      'x-absent: here',
      'x-exists: old',
      'x-remove: 1',
      'x-both: kept?',
      'x-source: value',
      'x-echo-headers: {"x-upstream":"1","x-more":"one","x-secret":"s","Set-Cookie":["a=1","b=2"]}',
    ],
  }),
  one('/headers', { method: 'POST', body: 'abc' }),
  one('/', { headers: ['x-echo-headers: {"Server":"up","X-Mixed-Case":"1","connection":"close"}'] }),
  one('/', { listener: 'edge', headers: ['x-echo-headers: {"Server":"up","x-envoy-upstream-service-time":"99"}'] }),
  one('/', { listener: 'slashes', headers: ['x-echo-headers: {"Server":"up"}'] }),
  one('/', { headers: ['x-echo-chunked: 1'] }),
  one('/', { headers: ['x-echo-status: 500'] }),
  one('/', { headers: ['x-echo-status: 304'] }),
  one('/timeout', { headers: ['x-echo-delay: 2000'] }),
  one('/timeout', { method: 'POST', body: 'slow', headers: ['x-echo-delay: 2000'] }),
  one('/', { headers: ['x-echo-reset: 9', 'x-echo-id: %ID%'] }),
];

const id = 'x-echo-id: %ID%';
const retries: Case[] = [
  one('/retry/5xx', { headers: [id, 'x-echo-status: 503,500,200'] }),
  one('/retry/5xx', { headers: [id, 'x-echo-status: 503'] }),
  one('/retry/5xx', { headers: [id, 'x-echo-status: 404,200'] }),
  one('/retry/5xx', { headers: [id, 'x-echo-reset: 1'] }),
  one('/retry/5xx', { headers: [id, 'x-echo-reset: 9'] }),
  one('/retry/5xx', { method: 'POST', body: 'again and again', headers: [id, 'x-echo-status: 503,503,200'] }),
  one('/retry/gateway', { headers: [id, 'x-echo-status: 502,503,504,200'] }),
  one('/retry/gateway', { headers: [id, 'x-echo-status: 500,200'] }),
  one('/retry/codes', { headers: [id, 'x-echo-status: 429,200'] }),
  one('/retry/codes', { headers: [id, 'x-echo-status: 503,200'] }),
  one('/retry/4xx', { headers: [id, 'x-echo-status: 409,200'] }),
  one('/retry/reset', { headers: [id, 'x-echo-reset: 1'] }),
  one('/retry/reset', { headers: [id, 'x-echo-status: 503,200'] }),
  one('/retry/grpc', { headers: [id, 'x-echo-headers: {"grpc-status":"14"}'] }),
  one('/retry/per-try', { headers: [id, 'x-echo-delay: 5000'] }),
  one('/', { host: 'counted.example', headers: [id, 'x-echo-status: 503,200'] }),
  one('/', { host: 'counted.example', listener: 'edge', headers: [id, 'x-echo-status: 503'] }),
];

const cors: Case[] = ['/cors/full', '/cors/closed', '/cors/min', '/exact'].flatMap((path) => [
  one(path, { headers: ['origin: https://good.example'] }),
  one(path, { headers: ['origin: https://bad.example'] }),
  one(path, { headers: ['origin: https://a.fine.example'] }),
  one(path, { method: 'OPTIONS', headers: ['origin: https://good.example', 'access-control-request-method: PUT'] }),
  one(path, { method: 'OPTIONS', headers: ['origin: http://bad.example', 'access-control-request-method: PUT'] }),
  one(path, { method: 'OPTIONS', headers: ['origin: https://good.example'] }),
  one(path, { headers: ['origin: https://good.example', 'x-echo-headers: {"access-control-allow-origin":"*"}'] }),
]);

const paths = [
  '/a/./b',
  '/a/../b',
  '/../a',
  '/a/b/..',
  '/a/b/.',
  '/a/%2e%2e/b',
  '/a/%2E/b',
  '/a/.%2e/b',
  '/%41%7E%2d',
  '/a%2fb',
  '/a%2Fb',
  '/a%5cb',
  '/a\\b',
  '/a\\..\\b',
  '/a//b',
  '///',
  '/a/..//b',
  '/%zz',
  '/%',
  '/%2',
  '/%00',
  '/a%20b',
  '/%25',
  '/%252e%252e/',
  '/a;b=c/../d',
  '/a+b',
  '/a"b',
  '/a<b>',
  '/a{b}',
  '/a|b',
  '/a^b',
  '/a`b',
  "/a'b",
  '/a[b]',
  '/é',
  '/a?../b',
  '/a/../?x=/../y',
  '/a#frag',
  '/a?b#frag',
  '/a?b?c',
  '/%c3%a9',
  '/%C3%A9',
  '/~a',
  '/*',
  '/a@b:c',
  '/..',
  '/.',
  '/...',
  '/.a',
  '/a/...',
  '/a/.../b',
  '/a./b',
  '/%2e',
  '/%2f..%2f',
  '/a%2f../b',
  '/a/b/../../..',
  '/%7f',
  '/%0a',
].flatMap((path) =>
  (['mesh', 'edge', 'slashes', 'strict', 'forwarded'] as const).map((listener) => one(path, { listener })),
);

const access: Case[] = [
  one('/admin', { listener: 'access' }),
  one('/admin/top', { listener: 'access' }),
  one('/admin/top', { listener: 'access', method: 'POST', body: '' }),
  one('/x/../admin', { listener: 'access', headers: ['x-user: root'] }),
  one('/%61dmin', { listener: 'access', headers: ['x-user: root'] }),
  one('/free', { listener: 'access' }),
  one('/free', { listener: 'access', headers: ['x-user: root'] }),
  one('/free', { listener: 'access', headers: ['x-user: root', 'x-user: root'] }),
  one('/free', { listener: 'access', headers: ['x-user: root', 'x-user: other'] }),
  one('/free', { listener: 'access', headers: ['x-user: other', 'x-user: root'] }),
  one('/x.txt', { listener: 'access', headers: ['x-user: mallory', 'x-user: alice'] }),
  one('/x.txt', { listener: 'access', headers: ['x-user: alice', 'x-user: mallory'] }),
  one('/read/x', { listener: 'access' }),
  one('/read/x', { listener: 'access', method: 'HEAD' }),
  one('/read/x', { listener: 'access', method: 'POST', body: 'x' }),
  one('/x.txt?y', { listener: 'access' }),
  one('/secret/x.txt', { listener: 'access' }),
  one('/x.txt', { listener: 'access', headers: ['x-user: mallory'] }),
  one('/local', { listener: 'access' }),
  one('/identity', { listener: 'access' }),
  one('/z', { listener: 'access', host: 'is.ok' }),
  one('/z', { listener: 'access', host: 'is.OK' }),
  one('/', { listener: 'deny' }),
  one('/unmatched', { listener: 'deny', host: 'none.example' }),
  one('/', { listener: 'deny', method: 'POST', body: 'ignored body' }),
];

const hop: Case[] = (['mesh', 'edge', 'forwarded', 'strict'] as const).flatMap((listener) =>
  [
    ['Connection: keep-alive, X-Hop', 'X-Hop: 1', 'Keep-Alive: timeout=5', 'Proxy-Connection: keep-alive'],
    ['TE: trailers'],
    ['TE: gzip'],
    ['TE: trailers, deflate'],
    ['Connection: TE', 'TE: trailers'],
    ['X-Forwarded-For: 1.2.3.4'],
    ['X-Forwarded-For: 1.2.3.4, 5.6.7.8'],
    ['X-Forwarded-Proto: https'],
    ['X-Forwarded-Proto: gopher'],
    ['X-Request-Id: mine'],
    ['X-Forwarded-Client-Cert: By=x'],
    ['x-envoy-upstream-rq-timeout-ms: 100'],
    ['x-envoy-retry-on: 5xx'],
    ['x-envoy-max-retries: 3'],
    ['x-envoy-internal: true'],
    ['x-envoy-original-path: /o'],
    ['x-envoy-external-address: 9.9.9.9'],
    ['x-envoy-downstream-service-cluster: c'],
    ['x-envoy-attempt-count: 7'],
    ['x-envoy-expected-rq-timeout-ms: 5'],
    ['x-envoy-decorator-operation: op'],
    ['x-envoy-peer-metadata: m'],
    ['via: 1.1 x'],
    ['x-envoy-force-trace: 1'],
    ['Expect: 100-continue'],
    ['Proxy-Authorization: basic x'],
    ['Trailer: x'],
    ['Upgrade: h2c'],
    ['Connection: Upgrade', 'Upgrade: foo'],
    ['Connection: close'],
    ['X-Forwarded-Host: h'],
    ['X-Forwarded-Port: 1'],
    ['Forwarded: for=x'],
    ['traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ['x-empty:'],
    ['x_under: 1'],
    ['Accept-Encoding: gzip'],
    ['Cookie: a=1', 'Cookie: b=2'],
    ['x-a: 1', 'X-A: 2'],
    ['x-utf: \u00e9'],
  ].map((headers) => one('/echo', { listener, headers })),
);

const methods: Case[] = ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'FOO'].flatMap(
  (method) => [
    one('/m', { method }),
    ...(method === 'HEAD' ? [] : [one('/m', { method, body: '' }), one('/m', { method, body: 'payload' })]),
  ],
);

const targets: Case[] = [
  one('http://shop.example/abs?x=1', { host: 'other.example' }),
  one('http://shop.example', { host: 'other.example' }),
  one('http://shop.example?x=1', { host: 'other.example' }),
  one('https://shop.example:8080/abs', { host: 'other.example' }),
  one('http://Shop.Example:8080/abs', { host: '' }),
  one('ftp://shop.example/abs', { host: 'other.example' }),
  one('*', { method: 'OPTIONS' }),
  one('relative'),
  one('//double.example/x'),
  one('shop.example:80', { method: 'CONNECT' }),
  one('/connect', { method: 'CONNECT' }),
];

const broken: Case[] = [
  raw('no host', 'GET / HTTP/1.1\r\n\r\n'),
  raw('empty host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'),
  raw('two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'),
  raw('bad host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'),
  raw('HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'),
  raw('HTTP/1.0 accepted', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n', 'strict'),
  raw('HTTP/1.0 without host', 'GET / HTTP/1.0\r\n\r\n', 'strict'),
  raw('HTTP/1.0 keep-alive', 'GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n', 'strict'),
  raw('HTTP/2.0', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'),
  raw('HTTP/1.2', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n'),
  raw(
    'length and chunked',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ),
  raw('two equal lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx'),
  raw('two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy'),
  raw('list of lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx'),
  raw('negative length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'),
  raw('plus length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx'),
  raw('unknown coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n'),
  raw('coding before chunked', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'),
  stricter('chunked twice', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n'),
  raw('identity', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n'),
  raw('space before colon', 'GET / HTTP/1.1\r\nHost: a\r\nX-A : 1\r\n\r\n'),
  stricter('folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n 2\r\n\r\n'),
  stricter('bare LF', 'GET / HTTP/1.1\nHost: a\n\n'),
  raw('NUL in value', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: a\0b\r\n\r\n'),
  stricter('bare CR in value', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: a\rb\r\n\r\n'),
  raw('no colon', 'GET / HTTP/1.1\r\nHost: a\r\nBroken\r\n\r\n'),
  raw('empty name', 'GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n'),
  raw('bad name', 'GET / HTTP/1.1\r\nHost: a\r\nX(A): 1\r\n\r\n'),
  raw('no version', 'GET /\r\n\r\n'),
  raw('leading CRLF', '\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n'),
  raw('spaces in request line', 'GET  /x HTTP/1.1\r\nHost: a\r\n\r\n'),
  raw('space in path', 'GET /x y HTTP/1.1\r\nHost: a\r\n\r\n'),
  raw('lower-case method', 'get /x HTTP/1.1\r\nHost: a\r\n\r\n'),
  raw('garbage', '\x01\x02\x03\r\n\r\n'),
  raw('large head', `GET / HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(70_000)}\r\n\r\n`),
  raw('head within the limit', `GET / HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(7_000)}\r\n\r\n`, 'forwarded'),
  raw('head above the limit', `GET / HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(9_000)}\r\n\r\n`, 'forwarded'),
  raw('many headers', `GET / HTTP/1.1\r\nHost: a\r\n${'X-N: 1\r\n'.repeat(30)}\r\n`, 'forwarded'),
  raw(
    'chunked body',
    'POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n',
  ),
  raw('chunked in capitals', 'POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'),
  raw('chunk extension', 'POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n'),
  raw(
    'trailers',
    'POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n',
  ),
  raw('bad chunk', 'POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n'),
  raw('chunked get', 'GET /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'),
  raw(
    'chunked and no route',
    'POST /x HTTP/1.1\r\nHost: none.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  ),
  raw(
    'websocket',
    'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n',
  ),
  raw(
    'websocket without route',
    'GET /ws HTTP/1.1\r\nHost: none.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  ),
];

export const differentialCases: readonly Case[] = [
  ...matching,
  ...headerMatching,
  ...repeated,
  ...severalValues,
  ...hosts,
  ...acting,
  ...redirectHosts,
  ...special,
  ...retries,
  ...cors,
  ...paths,
  ...access,
  ...hop,
  ...methods,
  ...targets,
  ...broken,
];
