// What a proxy takes as a host, over all bytes: real Envoy, the embedded proxy and the verdict's own rule.
import t from 'tap';
import { refusedRequest } from '../compiler/analysis/concrete/refused-request.ts';
import { whyNoEnvoy } from '../runtime/test/support/envoy.ts';
import { startPair } from '../runtime/test/support/proxy-pair.ts';
import { connectionManager, listener, routes } from '../runtime/test/support/resources.ts';
import { rawAnswer } from './support/raw-answer.ts';

const characters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
const hosts = characters.flatMap((one) => [`a${one}b`, `${one}b.example`, `a.example${one}`, `a${one}b:80`]);
const oddHosts = [
  ...['u:p@a', '@a', 'a@', 'a@@b', 'a@b@c', 'u[@a', '[::1]', '[::1]:80', '[::g]', '[a', '[', 'a]'],
  ...['a:', 'a:b', 'a:1:2', ':80', '', '..', 'b\u00c3\u00bccher.example.com', 'a%20b', '*'],
];
/** Of a header: blanks around its value are no part of it. */
const isHeader = (host: string) => !/[\r\n]|^[\t ]|[\t ]$/.test(host);
const isInUrl = (host: string) => !/[\r\n\t /?#]/.test(host);

t.setTimeout(60_000);

t.test('T2: hosts over all bytes, by the Host header and by an absolute URL', { skip: whyNoEnvoy() }, async (t) => {
  const table = routes('main', { match: { prefix: '/' }, directResponse: { status: 204 } });
  const pair = await startPair(t, ['sidecar', 'edge'], (port) => ({
    listener: ['sidecar', 'edge'].map((name) =>
      listener(name, port(name), [connectionManager(table, { useRemoteAddress: name === 'edge' })]),
    ),
  }));
  const asked = [...hosts, ...oddHosts].flatMap((host) => [
    ...(isHeader(host) ? [{ host, isUrl: false, request: `GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n` }] : []),
    ...(isInUrl(host) ? [{ host, isUrl: true, request: `GET http://${host}/ HTTP/1.1\r\nhost: a\r\n\r\n` }] : []),
  ]);
  const different: string[] = [];
  for (const { host, isUrl, request } of asked) {
    for (const name of ['sidecar', 'edge']) {
      const answers = [pair.envoy, pair.embedded].map((ports) => rawAnswer(ports.get(name), request));
      const [envoy, embedded] = (await Promise.all(answers)).map((answer) => answer?.status);
      const refused = refusedRequest({ method: 'GET', path: '/', headers: {}, scheme: 'http', host, port: 80 });
      // Proxies take less of a URL. Who asks for a verdict names the Host header.
      const rules = isUrl ? envoy : String(refused?.status ?? 204);
      if (envoy !== rules || embedded !== rules)
        different.push(`${name} ${JSON.stringify(request)}: Envoy ${envoy}, embedded ${embedded}, rules ${rules}`);
    }
  }
  t.strictSame(different.slice(0, 20), [], `${asked.length} hosts`);
});
