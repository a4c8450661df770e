// Which values of `referer` a proxy lets pass: real Envoy, the embedded proxy and the verdict's own rule, over all bytes.
import fc from 'fast-check';
import t from 'tap';
import { compileRegex, refererPattern } from '../../compiler/xds.ts';
import { whyNoEnvoy } from './support/envoy.ts';
import { startPair } from './support/proxy-pair.ts';
import { sendRaw } from './support/raw-http.ts';
import { connectionManager, listener, routes } from './support/resources.ts';

const tellReferer = {
  match: { prefix: '/' },
  directResponse: { status: 200 },
  responseHeadersToAdd: [{ header: { key: 'x-referer', value: '<%REQ(referer)%>' } }],
};

const bytes = Array.from({ length: 223 }, (_, i) => Buffer.from([i < 95 ? 0x20 + i : 0x21 + i]).toString('latin1'));
const systematic = bytes.flatMap((byte) => [
  `a${byte}b`,
  `http://a${byte}b`,
  `http://a/x${byte}y`,
  `h${byte}p://a`,
  `http://a:8${byte}`,
]);
const known = [
  'about:blank',
  'http://a:65535',
  'http://a:65536',
  'http://a:00080/',
  'http://[::1]:80',
  'http://a/#',
  '?a:b',
];
const pieces = fc.constantFrom(
  ...[
    'http',
    '://',
    ':',
    '/',
    '//',
    'a',
    '.',
    '[',
    ']',
    '::1',
    '80',
    '655',
    '36',
    '#',
    '@',
    '?',
    '_',
    '-',
    '+',
    '%zz',
    'é',
  ],
);
const drawn = fc.sample(
  fc.array(pieces, { minLength: 1, maxLength: 7 }).map((list) => list.join('')),
  { numRuns: 1000, seed: 5 },
);

t.test('referers as Envoy takes them', { skip: whyNoEnvoy() }, async (t) => {
  const pair = await startPair(t, ['in'], (port) => ({
    listener: [listener('in', port('in'), [connectionManager(routes('main', tellReferer))])],
  }));
  const values = [...new Set([...known, ...systematic, ...drawn])].filter((value) => value === value.trim());
  const rule = compileRegex(refererPattern);
  const wrong: string[] = [];
  const waiting = values.values();
  const told = async (port: number | undefined, value: string) => {
    const text = `GET / HTTP/1.1\r\nhost: a\r\nreferer: ${value}\r\n\r\n`;
    const { status, headers } = await sendRaw(port ?? 0, Buffer.from(text, 'latin1'));
    return `${status} ${headers[headers.indexOf('x-referer') + 1]}`;
  };
  const worker = async () => {
    for (const value of waiting) {
      const wanted = `200 <${rule?.matches(value) ? value : ''}>`;
      const found = await Promise.all([told(pair.envoy.get('in'), value), told(pair.embedded.get('in'), value)]);
      if (found.some((one) => one !== wanted)) wrong.push(`${JSON.stringify(value)}: ${[wanted, ...found].join(', ')}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  t.strictSame(wrong.slice(0, 30), [], `${values.length} values`);
});
