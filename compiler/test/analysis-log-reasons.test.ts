// A11: why a line says what it says: the condition that did not hold, names that were rewritten, rerouted or copied, TLS that failed.
import t from 'tap';
import { explainRequest, type Mesh, parseRequest, renderExplanationText } from '../index.ts';
import { denied, mesh, ours, peer } from './support/log-mesh.ts';

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
