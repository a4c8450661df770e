// A11: log lines in Istio's formats.
import t from 'tap';
import { denied, diagnostics, explained, ours } from './support/log-mesh.ts';

t.test('the mesh of these tests is fine', async (t) =>
  t.same(
    diagnostics.map(({ message }) => message),
    [],
  ),
);

/** Of Istio 1.24, from a cluster; as \`kubectl logs --prefix\` shows it. */
const istioText = (path: string, details: string, rest = '-') =>
  `[pod/shoes-7d4/istio-proxy] [2026-11-23T10:00:00.123Z] "GET ${path} HTTP/1.1" 403 - ${details} - "-" 0 19 0 ${rest} "-" "curl/8.0 \\"x\\" "-" "" "3c4d" "shoes" "-" inbound|8080|| - 10.0.0.1:8080 10.0.0.2:40000 outbound_.80_._.shoes.shop.svc.cluster.local default`;

t.test("Istio's text format, its rule back to ours", async (t) => {
  const said = explained(
    istioText('/internal/x?token=hidden', 'rbac_access_denied_matched_policy[ns[shop]-policy[shoes-deny]-rule[0]]'),
  );
  t.match(said, /^GET http:\/\/shoes\/internal\/x was answered 403\n/);
  t.match(said, /the proxy of shop\/shoes received it from a caller that the line does not name/);
  t.match(said, /denied by rule shop\/shoes\/access\/deny\/0\n +at a\.yaml:19:12/);
  t.match(said, /x-envoy-original-path/, 'the path is what somebody claims');
  t.notMatch(said, /hidden/);
  t.match(
    explained(istioText('/secret', 'rbac_access_denied_matched_policy[ns[shop]-policy[shoes-deny]-rule[1]]')),
    /deny\/1\n +at a\.yaml:19:/,
  );
  t.match(
    explained(istioText('/secret', 'rbac_access_denied_matched_policy[ns[shop]-policy[shoes-deny]-rule[7]]')),
    /another commit/,
  );
});

t.test('A11: the copy of a rule for ports that do not speak HTTP', async (t) => {
  const line = (rule: number) =>
    JSON.stringify({
      connection_termination_details: `rbac_access_denied_matched_policy[ns[shop]-policy[shoes-deny]-rule[${rule}]]`,
      upstream_cluster: 'inbound|9000||',
    });
  t.match(explained(line(2)), /denied by rule shop\/shoes\/access\/deny\/0\n/);
  t.match(explained(line(3)), /denied by rule shop\/shoes\/access\/deny\/1\n/);
  t.match(explained(line(4)), /another commit/);
});

t.test("A11: a connection in the log of the caller's proxy", async (t) => {
  const line = {
    workload: 'shop/inventory',
    direction: 'outbound',
    listener: 'outbound_tcp_ledger.shop.svc.cluster.local_5432',
    upstream_cluster: 'outbound|5432||ledger.shop.svc.cluster.local',
    response_flags: '-',
  };
  const said = ours(line);
  t.match(said, /^a TCP connection to ledger\.shop\.svc\.cluster\.local:5432\n/);
  t.match(said, /port 5432 of ledger\.shop\.svc\.cluster\.local\n +at a\.yaml:39:/);
  t.match(said, /tcp:\/\/ledger\.shop\.svc\.cluster\.local:5432 from shop\/inventory: allowed/);
  const { workload: _workload, direction: _direction, listener: _listener, ...istio } = line;
  t.match(
    explained(JSON.stringify(istio), { workload: 'shop/inventory' }),
    /tcp:\/\/ledger\.shop\.svc\.cluster\.local:5432 from shop\/inventory: allowed/,
  );
  t.match(
    ours({ ...line, listener: 'outbound_5433', upstream_cluster: 'outbound|5433||ledger.shop.svc.cluster.local' }),
    /which the intent does not have/,
  );
});

t.test("A11: of Istio's JSON a few fields are enough", async (t) => {
  const line = JSON.stringify({ method: 'GET', path: '/internal/x', ...denied('ns[shop]-policy[shoes-deny]-rule[0]') });
  const said = explained(line, { workload: 'shop/shoes' });
  t.match(said, /the proxy of shop\/shoes received it/);
  t.match(said, /denied by rule shop\/shoes\/access\/deny\/0\n/);
  const unnamed = explained('{"response_code":503,"response_flags":"UF"}');
  t.match(unnamed, /^a request was answered 503\n[\s\S]*no connection to the next hop came about/);
  t.match(explained('{"response_code":0,"response_flags":"UF"}'), /^a TCP connection\n/);
  t.match(explained('{"message":"x"}'), /no "workload"/);
});

t.test("who called is in no line of Istio's, and may be told", async (t) => {
  const line = istioText('/x/1', 'rbac_access_denied_matched_policy[none]');
  t.match(explained(line), /allow\/1 may match it: it depends on the caller/);
  t.match(
    explained(line, { from: 'shop/inventory' }),
    /allow\/1 does not match it: the caller is cluster\.local\/ns\/shop\/sa\/inventory, wanted cluster\.local\/ns\/shop\/sa\/auth/,
  );
});

t.test('what a line says of its proxy goes before what is said of the line', async (t) => {
  const line = istioText('/x/1', 'rbac_access_denied_matched_policy[none]');
  const said = explained(line, { workload: 'shop/inventory' });
  t.match(
    said,
    /the proxy of shop\/shoes received it from [^\n]*; the line says that it is of shop\/shoes, not of shop\/inventory\n/,
  );
  t.notMatch(explained(line, { workload: 'shop/shoes' }), /the line says/);
  const named = line.replace('rbac_access_denied_matched_policy[none]', 'via_upstream').replace('outbound_.80', '-.80');
  t.match(
    explained(named, { workload: 'shop/inventory' }),
    /the proxy of shop\/inventory received it/,
    'it says nothing',
  );
  const own = { workload: 'shop/shoes', listener: 'inbound_8080' };
  t.match(explained(JSON.stringify(own), { workload: 'shop/auth' }), /of shop\/shoes, not of shop\/auth/);
});

t.test('quotes in a header move nothing', async (t) => {
  const forged = istioText('/x', 'rbac_access_denied_matched_policy[none]').replace(
    'curl/8.0',
    'a" "id" "forged" "-" inbound|1|| - - - - route',
  );
  t.match(explained(forged), /^GET http:\/\/shoes\/x was/);
});

t.test("Istio's JSON format", async (t) => {
  const line = {
    start_time: '2026-11-23T10:00:00.123Z',
    method: 'GET',
    path: '/x?q',
    authority: 'shoes',
    protocol: 'HTTP/1.1',
    response_code: 503,
    response_flags: 'UF',
    response_code_details:
      'upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end}',
    upstream_transport_failure_reason:
      'TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end',
    connection_termination_details: null,
    route_name: 'shop/shoes/copied',
    upstream_cluster: 'outbound|80||shoes.shop.svc.cluster.local',
    upstream_host: '10.0.0.1:8080',
    downstream_local_address: '10.0.0.9:80',
    downstream_remote_address: '10.0.0.2:1',
    requested_server_name: null,
  };
  const said = explained(JSON.stringify(line));
  t.match(said, /the TLS handshake with the next hop failed: its certificate is not one that is trusted/);
  t.notMatch(said, /closed the connection/);
  t.match(said, /route shop\/shoes\/copied\n +at a\.yaml:11:/);
  t.match(said, /--workload NAMESPACE\/NAME/, 'a sidecar or a gateway: the line does not tell');
  t.match(
    explained(JSON.stringify(line), { workload: 'shop/inventory' }),
    /GET http:\/\/shoes\/x from shop\/inventory, without its headers/,
  );
});
