// A11: log lines in Istio's formats, requests that were rewritten, rerouted or copied, TLS that failed, and which condition of a rule did not hold.
import t from 'tap';
import {
  compile,
  explainLogLine,
  explainRequest,
  type LogHints,
  type Mesh,
  parseLogLine,
  parseRequest,
  renderExplanationText,
  renderLogExplanationText,
} from '../index.ts';

const text = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ port: 80, targetPort: 8080 }]
  uses: [auth, copies]
  routes:
    - { name: login, match: { path: /login/* }, to: [{ service: auth }] }
    - { name: renamed, match: { path: /renamed/* }, rewrite: { path: /new, host: auth.shop }, to: [{ service: auth }] }
    - { name: beta, match: { headers: { x-beta: 'true' } }, to: [{ service: auth }] }
    - name: copied
      match: { path: /x/* }
      mirror: [{ to: { service: copies }, on: 100% }]
  access:
    allow:
      - { from: [{ service: inventory }], methods: [POST], paths: [/x/*] }
      - { from: [{ service: auth }] }
      - { from: [{ service: inventory }], paths: [/y, /z] }
    deny: [{ paths: [/internal/*] }, { paths: [/secret] }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: auth, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes], access: { allow: [{ from: [{ service: inventory }, { service: shoes }] }] } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: copies, namespace: shop }
spec: { ports: [{ port: 80 }], access: { allow: [{ from: [{ service: inventory }, { service: shoes }] }] } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: inventory, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes, ledger] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: ledger, namespace: shop }
spec: { ports: [{ name: tcp, port: 5432 }], access: { allow: [{ from: [{ service: inventory }] }] } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: public, namespace: edge }
spec: { listeners: [{ name: web, port: 443, protocol: HTTPS, hosts: [shop.example.com], tls: { mode: terminate, secret: web } }] }
`;
const { mesh, diagnostics } = compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] });

function explained(line: string, hints: LogHints = {}): string {
  const parsed = parseLogLine(line);
  return parsed.line && mesh
    ? renderLogExplanationText(explainLogLine(mesh, parsed.line, hints))
    : (parsed.problem ?? '');
}

const ours = (fields: object) =>
  explained(JSON.stringify({ workload: 'shop/shoes', listener: 'inbound_8080', ...fields }));
const peer = 'spiffe://cluster.local/ns/shop/sa/inventory';
const denied = (rule: string) => ({
  response_code: 403,
  response_code_details: `rbac_access_denied_matched_policy[${rule}]`,
});

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

t.test('which condition of a rule did not hold', async (t) => {
  const said = ours({
    ...denied('none'),
    method: 'GET',
    path: '/w',
    authority: 'shoes',
    downstream_peer: peer,
    port: 8080,
  });
  t.match(said, /allow\/0 does not match it: the method is GET, wanted POST/);
  t.match(said, /allow\/1 does not match it: the caller is \S+inventory, wanted \S+auth\n/);
  t.match(said, /allow\/2 does not match it: the path is \/w, wanted \/y or \/z/);
});

t.test('the same for a request that is asked about', async (t) => {
  const ask = (url: string, headers: string[] = []) => {
    const { request } = parseRequest(url, headers);
    if (!request) throw new Error('is read');
    return renderExplanationText(explainRequest(mesh as Mesh, { from: 'shop/inventory', request }));
  };
  t.match(
    ask('GET http://shoes/w', ['x-beta: false']),
    /not route shop\/shoes\/beta: the header x-beta is false, wanted true\n +at a\.yaml:10:/,
  );
  t.match(ask('GET http://shoes/w'), /there is no header x-beta, wanted true/);
  t.match(ask('GET http://shoes/w', ['x-beta:']), /x-beta: ""\n[\s\S]*the header x-beta is "", wanted true/);
  t.match(
    ask('GET http://shoes/w'),
    /allow\/2 does not match it: the path is \/w, wanted \/y or \/z\n +at a\.yaml:18:/,
    'rules as well',
  );
});

t.test('what came by another name is told, and asked of the workload that decides', async (t) => {
  const line = {
    workload: 'shop/auth',
    listener: 'inbound_80',
    port: 80,
    method: 'GET',
    downstream_peer: peer,
    response_code: 200,
    response_code_details: 'via_upstream',
  };
  const rerouted = ours({ ...line, path: '/login', authority: 'shoes' });
  t.match(rerouted, /route shop\/shoes\/login sends requests for shoes here\n +at a\.yaml:8:/);
  t.match(rerouted, /GET \/login from shop\/inventory to port 80 of shop\/auth, without its headers: allowed/);
  t.match(
    ours({ ...line, workload: 'shop/copies', path: '/x', authority: 'shoes' }),
    /it is a copy[^\n]*route shop\/shoes\/copied mirrors here\n +at a\.yaml:11:/,
  );
  const renamed = ours({
    workload: 'shop/inventory',
    listener: 'outbound-http',
    direction: 'outbound',
    method: 'GET',
    response_code: 200,
    response_code_details: 'via_upstream',
    path: '/renamed/a',
    authority: 'shoes',
    upstream_path: '/new/a',
    upstream_authority: 'auth.shop',
    route_name: 'shop/shoes/renamed',
  });
  t.match(renamed, /sent on as \/new\/a for auth\.shop/);
  t.match(renamed, /GET http:\/\/shoes\/renamed\/a from shop\/inventory/);
});

t.test('HTTPS at a gateway is https', async (t) => {
  const said = ours({
    workload: 'edge/public',
    listener: 'gateway_443',
    direction: 'gateway',
    port: 443,
    downstream_tls_version: 'TLSv1.3',
    method: 'GET',
    path: '/',
    authority: 'shop.example.com',
    response_code: 404,
    response_code_details: 'route_not_found',
  });
  t.match(said, /^GET https:\/\/shop\.example\.com\/ was answered 404/);
  t.match(
    said,
    /GET https:\/\/shop\.example\.com\/ from outside, at edge\/public, without its headers: denied \(404\)/,
  );
});

t.test('why no connection came about', async (t) => {
  const outbound = {
    workload: 'shop/inventory',
    listener: 'outbound-http',
    method: 'GET',
    path: '/',
    authority: 'shoes',
    response_code: 503,
  };
  const details = (reason: string) => ({
    ...outbound,
    response_code_details: `upstream_reset_before_response_started{${reason}}`,
  });
  t.match(
    ours(details('remote_connection_failure|delayed_connect_error:_111')),
    /no connection to the next hop came about/,
  );
  t.match(ours(details('connection_termination')), /the next hop closed the connection before it answered/);
  t.match(
    ours(
      details(
        'remote_connection_failure|TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end',
      ),
    ),
    /TLS handshake[^\n]*: it does not speak TLS on that port/,
  );
  t.match(
    ours({ workload: 'shop/inventory', listener: 'outbound_tcp_x_1', response_flags: 'UF' }),
    /no connection to the next hop came about/,
  );
});
