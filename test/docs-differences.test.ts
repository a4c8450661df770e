// Each difference that docs/differences.md describes is shown by a test, named here: a row without one, or one whose test has gone, fails.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const root = join(import.meta.dirname, '..');

/** By heading: the file, and what in it asks for the difference. Those of istiod run under `make test-istio` alone. */
const holders: Readonly<Record<string, readonly (readonly [file: string, text: string])[]>> = {
  'The method MSEARCH': [
    ['runtime/test/path-normalization.test.ts', "new Set(['MSEARCH'])"],
    ['test/conformance/differences.ts', "title: 'The method MSEARCH'"],
  ],
  'Heads that only Envoy takes': [
    ['test/received-headers.test.ts', "test('A12: heads of requests, byte by byte'"],
    ['test/received-headers.test.ts', "test('an expectation is met by the first proxy'"],
  ],
  'WebSocket that is answered without a change of protocol': [
    ['runtime/test/proxy-upgrade.test.ts', "'a 2xx answer without a change of protocol'"],
  ],
  'An abort with 204 or 304': [['runtime/test/proxy-differential.test.ts', 'one.isBodyless']],
  'The response header `server`': [['test/istio/differences.ts', "title: 'The response header `server`'"]],
  'What does not begin like HTTP/1.1': [
    ['test/istio/wire.ts', "said('HTTP/1.0'"],
    ['test/istio/differences.ts', "title: 'What does not begin like HTTP/1.1'"],
  ],
  'Headers that tell of the proxies': [
    ['test/istio/differences.ts', 'docs/differences.md has the reasons'],
    ['test/received-headers.test.ts', "test('an expectation is met by the first proxy'"],
  ],
  'WebSocket to ports of HTTP/2': [
    ['test/istio/differences.ts', "title: 'WebSocket to ports of HTTP/2'"],
    ['test/websocket-http2.test.ts', "test('T3: WebSocket breaks nothing that shares a connection'"],
  ],
  'Addresses as hosts': [
    ['test/istio/wire.ts', "said('an address as the host'"],
    ['test/redirect.test.ts', "'by address'"],
  ],
  'gRPC timeouts': [
    ['test/istio/requests.ts', "'grpc-timeout': '100m'"],
    ['compiler/test/envoy-traffic.test.ts', "test('gRPC timeouts'"],
  ],
  'Slow clients at a gateway': [['compiler/test/envoy-traffic.test.ts', "test('slow clients'"]],
  'Hosts on a connection made for another': [
    ['test/istio/differences.ts', "title: 'Hosts on a connection made for another'"],
    ['test/istio/requests.ts', "why: 'a connection made for another host'"],
  ],
  'Cluster addresses': [
    ['test/redirect.test.ts', "test('F7: what names nobody, on a port of TLS and on one of TCP'"],
    ['compiler/test/analysis-dialled-ports.test.ts', "'a Kubernetes Service has an address'"],
  ],
  'Ports that no service names': [['test/redirect.test.ts', "'a port of the application that is no service'"]],
  'IPv6 in the redirect placement': [['test/redirect-open.test.ts', "test('A11: what is dialled by IPv6 is refused'"]],
  // They are what no request can show.
  'Settings that no request shows': [],
  'A redirect to the port that its scheme has anyway': [
    ['test/istio/differences.ts', "title: 'A redirect to the port that its scheme has anyway'"],
  ],
  'A path at a machine among pods': [['test/istio/differences.ts', "title: 'A path at a machine among pods'"]],
  'What istioctl warns of': [
    ['test/istio/findings.ts', 'IST0134'],
    ['compiler/test/istio-istioctl.test.ts', "test('istioctl finds nothing wrong'"],
  ],
};

t.test('every difference has a test, and every test named has its difference', (t) => {
  const text = readFileSync(join(root, 'docs/differences.md'), 'utf8');
  const headings = [...text.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
  t.strictSame(Object.keys(holders), headings);
  t.end();
});

t.test('the tests that show the differences are there', (t) => {
  for (const [file, wanted] of Object.values(holders).flat())
    t.ok(readFileSync(join(root, file), 'utf8').includes(wanted), `${file}: ${wanted}`);
  t.end();
});
