// Heads of requests as they are written to a connection, right and wrong.

/** What docs/differences.md says of the embedded proxy: it takes less. */
export const refusedByEmbedded = [
  'GET / HTTP/1.1\nhost: a\nx-a: 1\n\n',
  'GET / HTTP/1.1\r\nhost: a\r\nx-a: 1\r\n  2\r\n\r\n',
];
const get = (rest: string, line = 'GET / HTTP/1.1') => `${line}\r\n${rest}\r\n`;
export const rawHeads = [
  ...refusedByEmbedded,
  ...['user@a', 'user:pw@a', '', 'a.', 'a:99999', 'a:', 'a b', '[::1]', 'A', 'a/b', 'a\\b', '\u00e9'].map((host) =>
    get(`host: ${host}\r\n`),
  ),
  ...[
    'x-a : 1',
    'x-a',
    ': x',
    'x(: y',
    'x_y: 1',
    'x: \u0001',
    'x: \u007f',
    'x: \u0000',
    ' x: 1',
    'x:',
    'host: b',
    'x:\t1',
  ].map((line) => get(`host: a\r\n${line}\r\n`)),
  ...['HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'http/1.1'].map((version) => get('host: a\r\n', `GET / ${version}`)),
  ...[
    'http://user:pw@a/x',
    'http://a',
    'http:///x',
    'http://a?x=1',
    'https://a/moved',
    'ftp://a/',
    '*',
    'a',
    'HTTP://a/moved',
  ].map((target) => get('host: b\r\n', `GET ${target} HTTP/1.1`)),
  ...['GET  / HTTP/1.1', '\r\nGET / HTTP/1.1'].map((line) => get('host: a\r\n', line)),
  ...[
    'content-length: 1\r\ntransfer-encoding: chunked',
    'content-length: +1',
    'content-length: 0\r\ncontent-length: 0',
    'content-length: 0\r\ncontent-length: 1',
    'content-length: 0x0',
    'transfer-encoding: gzip',
    'transfer-encoding: chunked\r\ntransfer-encoding: gzip',
    'transfer-encoding: gzip\r\ncontent-length: 0',
    'transfer-encoding: gzip\r\ncontent-length: x',
    'transfer-encoding: ',
    'transfer-encoding: chunked, gzip',
  ].map((lines) => get(`host: a\r\n${lines}\r\n`, 'POST / HTTP/1.1')),
  ...[99, 100].map((count) => get(`host: a\r\n${Array.from({ length: count }, (_, i) => `x-${i}: 1\r\n`).join('')}`)),
  ...[61_440, 61_500].map((size) => `GET /moved HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(size)}\r\n\r\n`),
  get('host: a\r\nconnection: upgrade\r\nupgrade: Connect-UDP\r\n'),
  get('host: a\r\nupgrade: connect-udp\r\n'),
  get(''),
  get('host: a\r\n', 'OPTIONS * HTTP/1.1'),
  get('host: a\r\norigin: http://a\r\norigin: http://b\r\n'),
];

/** Of requests for UDP: with a target in the path such a request is as any other, and only its upgrade is refused. */
export const udpPaths = ['a.example/53/', '%3A%3A1/0/', 'a/x/', 'a/53', 'a//', 'a/53/y', 'a/53/?x=1'].map(
  (target) => `/.well-known/masque/udp/${target}`,
);
