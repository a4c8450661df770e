// WebSocket towards applications of HTTP/2: the verdict and the analysis of all requests. test/websocket-http2.test.ts asks real Envoy.
import t from 'tap';
import { decisionFor } from '../analysis/symbolic/decision.ts';
import { RequestSpace } from '../analysis/symbolic/request-space.ts';
import { decide, indexMesh, reach, type TestRequest } from '../index.ts';
import * as b from './support/mesh-builder.ts';

t.test('T3: WebSocket passes no proxy before an application of HTTP/2', async (t) => {
  const port = (protocol: 'HTTP' | 'HTTP2' | 'GRPC') => ({ ports: [b.port(80, protocol)] });
  const split = b.forward([b.to('web.shop', '', 50), b.to('h2.shop', '', 50)]);
  const mesh = indexMesh(
    b.mesh({
      services: [
        b.service('web.shop', port('HTTP')),
        b.service('h2.shop', port('HTTP2')),
        b.service('grpc.shop', port('GRPC')),
        b.service('old.shop', port('HTTP2')),
        b.service('split.shop', port('HTTP')),
      ],
      workloads: [
        ...['web.shop', 'h2.shop', 'grpc.shop', 'split.shop', 'page.shop'].map((name) => b.workload(name)),
        b.workload('old.shop', { proxy: 'none' }),
      ],
      routeTables: [
        ...['web.shop', 'h2.shop', 'grpc.shop', 'old.shop'].map((name) =>
          b.table(name, [b.route(b.forward([b.to(name)]))]),
        ),
        b.table('split.shop', [b.route(split)]),
      ],
      egressScopes: [b.uses('page.shop', ['web.shop', 'h2.shop', 'grpc.shop', 'old.shop', 'split.shop'])],
      peerAuthentications: [b.peers('h2.shop', 'PERMISSIVE')],
    }),
  );
  const asked = { connection: 'Upgrade', upgrade: 'websocket' };
  const verdictOf = (host: string, headers: TestRequest['headers'], from = 'shop/page') => {
    const call = { from, request: { ...b.request(`GET http://${host}.shop/`), headers } };
    const decision = decisionFor(mesh, call);
    const space = new RequestSpace([decision]);
    const { outcome, status } = space.evaluate(space.compile(decision), call.request);
    const verdict = decide(mesh, call);
    t.match(
      { outcome, status },
      { outcome: verdict.outcome, status: headers['content-type'] ? status : verdict.status },
      `${host}: the analysis`,
    );
    return verdict;
  };
  for (const host of ['h2', 'grpc', 'split'])
    t.match(verdictOf(host, asked), { outcome: 'denied', reason: 'request', status: 403 }, host);
  t.match(verdictOf('split', asked).shares, [{ fate: { outcome: 'allowed' } }, { fate: { reason: 'request' } }]);
  t.match(verdictOf('h2', asked, 'unmeshed'), { outcome: 'denied', reason: 'request', status: 403 }, 'no proxy before');
  t.match(verdictOf('h2', { ...asked, 'content-type': 'application/grpc' }), { status: 200, grpcStatus: 7 });
  for (const host of ['web', 'old']) t.match(verdictOf(host, asked), { outcome: 'allowed', status: 200 }, host);
  for (const host of ['h2', 'grpc'])
    t.match(verdictOf(host, { upgrade: 'websocket' }), { outcome: 'allowed' }, 'not asked');
  const said = reach(mesh, { from: 'shop/page' }).map(
    ({ host, requests }) => `${host.split('.')[0]}: ${requests.join('; ')}`,
  );
  for (const host of ['h2', 'grpc']) t.ok(said.includes(`${host}: every request, WebSocket apart`), said.join('\n'));
  for (const host of ['web', 'old']) t.ok(said.includes(`${host}: every request`), said.join('\n'));
});
