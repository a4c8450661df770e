// The embedded proxy answers as Envoy does: the same requests to both, and everything a caller or an upstream could see compared.
import t from 'tap';
import { type Echo, startEchoServer } from './support/echo-server.ts';
import type { Case } from './support/differential-case.ts';
import { differentialCases } from './support/differential-cases.ts';
import { differentialListeners, differentialResources } from './support/differential-config.ts';
import { freePort, whyNoEnvoy } from './support/envoy.ts';
import { startPair } from './support/proxy-pair.ts';
import { type RawResponse, sendRaw } from './support/raw-http.ts';

/** Headers whose values are of the moment. */
const volatile = new Set(['date', 'x-request-id', 'x-envoy-upstream-service-time']);

function sorted(headers: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] ?? '').toLowerCase();
    const value = headers[i + 1] ?? '';
    // What is left of 15 s when a retry is sent.
    const isRest = name === 'x-envoy-expected-rq-timeout-ms' && /^14\d{3}$/.test(value);
    lines.push(`${name}: ${volatile.has(name) ? '*' : isRest ? '14xxx' : value}`);
  }
  return lines.sort();
}

function seen(echo: Echo): object {
  // Node keeps its own connection alive; which hop-by-hop headers either proxy sends upstream is its own business.
  // undici leaves `content-length: 0` out where the method expects no body; to an upstream that is the same request.
  const headers = sorted(echo.headers).filter(
    (line) => !line.startsWith('connection:') && !line.startsWith('x-echo-') && line !== 'content-length: 0',
  );
  return { ...echo, headers };
}

function comparable(response: RawResponse): object {
  const isEcho = response.body.startsWith('{"server"');
  // An echo is as long as what it tells; without a body it tells nothing.
  const isSized = !isEcho && response.body !== '';
  const headers = sorted(response.headers).filter(
    (line) => isSized || line === 'content-length: 0' || !line.startsWith('content-length:'),
  );
  const isClosing = headers.includes('connection: close');
  return {
    status: response.status,
    headers,
    isClosed: isClosing || response.isClosed,
    body: isEcho ? seen(JSON.parse(response.body) as Echo) : response.body,
  };
}

t.setTimeout(100_000);

t.test('the same answers as Envoy', { skip: whyNoEnvoy(), timeout: 90_000 }, async (t) => {
  const [a, b] = [await startEchoServer('a'), await startEchoServer('b')];
  t.teardown(() => [a, b].map((server) => server.close()));
  const deadPort = await freePort();
  const pair = await startPair(t, differentialListeners, (port) => differentialResources(a, b, deadPort, port));
  const ask = async (one: Case, ports: ReadonlyMap<string, number>, who: string, i: number) => {
    const port = ports.get(one.listener) ?? 0;
    return comparable(
      await sendRaw(port, Buffer.from(one.raw.replaceAll('%ID%', `${who}-${i}`), 'latin1'), one.isHead),
    );
  };
  const different: string[] = [];
  const compare = async (one: Case, i: number) => {
    const [wanted, found] = await Promise.all([
      ask(one, pair.envoy, 'envoy', i),
      ask(one, pair.embedded, 'embedded', i),
    ]);
    if (one.isStricter) return void t.match(found, { status: 400, isClosed: true }, one.name);
    if (one.isBodyless) {
      t.match(wanted, { body: 'fault filter abort' }, `Envoy: ${one.name}`);
      return void t.match(found, { body: '' }, one.name);
    }
    if (JSON.stringify(found) === JSON.stringify(wanted)) return;
    different.push(one.name);
    t.same(found, wanted, one.name.slice(0, 200));
  };
  const waiting = differentialCases.entries();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const [i, one] of waiting) await compare(one, i);
    }),
  );
  t.equal(different.length, 0, `${differentialCases.length} requests are answered alike`);
});
