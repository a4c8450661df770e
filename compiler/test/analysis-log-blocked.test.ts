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
    /a\/client uses tls\.a\.svc\.cluster\.local, but its port 443 speaks HTTPS, and this was plain HTTP\n +at a\.yaml:24:/,
    /^(?![\s\S]*does not declare)/,
  ],
  'B1: and to one of TCP': [
    blocked('one.test:9090'),
    /a\/client uses one\.test, but its port 9090 speaks TCP/,
    /^(?![\s\S]*allowed)/,
  ],
  'B1: a port that there is not': [
    blocked('one.test:8000'),
    /one\.test has no port 8000, only 80, 9090\n +at a\.yaml:41:1/,
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
    /from a\/client, without its headers: unavailable \(503\)/,
    agrees,
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
