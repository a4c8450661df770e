// Lines of proxies that have no route for a host: what of it they do not know, and in which placement.
import t from 'tap';
import { agrees, answered, blocked, diagnostics, mesh, sent, tell } from './support/answer-lines.ts';
import { explainedIn } from './support/log-mesh.ts';

t.test('the mesh of these tests is fine', async (t) =>
  t.same(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  ),
);

tell({
  'B1: plain text to a port of TLS that is declared': [
    blocked('tls:443'),
    /a\/client uses tls\.a\.svc\.cluster\.local, but its port 443 speaks HTTPS, and this was plain HTTP\n +at a\.yaml:25:/,
    /^(?![\s\S]*does not declare)/,
  ],
  'B1: and to one of TCP': [
    blocked('one.test:9090'),
    /a\/client uses one\.test, but its port 9090 speaks TCP/,
    /^(?![\s\S]*allowed)/,
  ],
  'B1: a port that there is not': [
    blocked('one.test:8000'),
    /one\.test has no port 8000, only 80, 9090\n +at a\.yaml:42:1/,
    /from a\/client, without its headers: unavailable \(502\)/,
  ],
  'B1: a port that is not declared': [
    blocked('api:81'),
    /a\/client declares that it uses api\.a\.svc\.cluster\.local on 80, not on 81\n +at a\.yaml:11:/,
    /denied \(502\)/,
  ],
  'B1: a service that is not': [
    blocked('closed.b'),
    /a\/client does not declare that it uses closed\.b\.svc\.cluster\.local\n +at a\.yaml:11:/,
  ],
  'B1: a host that there is not': [blocked('nobody'), /that it uses nobody, and the intent has no such host/],
  'B1: a host that is declared by now': [blocked('api'), /a\/client use api\S*:80: the line is from another commit/],
  'B2: a wildcard that is not resolved, where nobody knows what was dialled': [
    {
      ...sent,
      authority: 'foo.example.net',
      route_name: 'a/wild/default',
      upstream_cluster: 'outbound|80||*.example.net',
      ...answered(503, 'no_healthy_upstream', { response_flags: 'UH' }),
    },
    /no instance was there to take it\n[^\n]*no address of \*\.example\.net is known: it is not resolved/,
    /what failed then, no intent decides/,
  ],
  'B2: where it is known': [
    {
      ...sent,
      listener: 'outbound_80',
      port: '80',
      authority: 'foo.example.net',
      route_name: 'a/wild/default',
      ...answered(200, 'via_upstream'),
    },
    /from a\/client, without its headers: allowed \(200\)/,
    agrees,
  ],
});

t.test('B1: what was dialled is what counts under Istio', async (t) => {
  const line = {
    ...{ method: 'GET', path: '/', authority: 'tls.a:443', ...answered(502, 'direct_response') },
    route_name: 'block_all',
    response_flags: '-',
    upstream_cluster: '-',
    downstream_local_address: '10.0.0.1:80',
  };
  t.match(
    explainedIn(mesh, JSON.stringify(line), { workload: 'a/client' }),
    /tls\.a\.svc\.cluster\.local has no port 80, only 443/,
  );
});

t.test('an application that names its proxy as its proxy says the port in the authority', async (t) => {
  const text = (authority: string) =>
    `[2026-11-30T01:12:18.778Z] "GET / HTTP/1.1" 502 - direct_response - "-" 0 0 0 - "-" "-" "b17b" "${authority}" "-" - - 127.0.0.1:15001 127.0.0.1:38356 - block_all`;
  const said = explainedIn(mesh, text('tls:443'), { workload: 'a/client' });
  t.match(said, /its port 443 speaks HTTPS, and this was plain HTTP/);
  t.match(explainedIn(mesh, text('closed.b'), { workload: 'a/client' }), /does not declare that it uses closed\.b/);
});

const connection = { workload: 'a/client', listener: 'virtualOutbound', direction: 'outbound', bytes: 0 };
tell({
  'what nothing in scope takes is closed': [
    { ...connection, upstream_cluster: 'BlackHoleCluster', response_flags: 'UH' },
    /^a TCP connection\n[\s\S]*the proxy closes it: nothing that the caller uses takes what was dialled\n +at a\.yaml:11:/,
    /^(?![\s\S]*no instance)/,
  ],
  'or passed on': [
    { ...connection, upstream_cluster: 'PassthroughCluster', response_flags: 'UF' },
    /egress mode any: passed on to what was dialled[\s\S]*no connection to the next hop came about/,
    /^(?![\s\S]*look there)/,
  ],
  'and so it is at a port that no service has': [
    {
      ...connection,
      listener: 'virtualInbound',
      direction: 'inbound',
      upstream_cluster: 'BlackHoleCluster',
      response_flags: 'UH',
    },
    /no service of the workload has the port that was dialled/,
  ],
});
