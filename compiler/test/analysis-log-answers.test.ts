// Of every way in which a proxy answers: the reason told is the one that was, and where the intent at hand decides otherwise, it is said why.
import { agrees, answered, received, sent, tell, toApi } from './support/answer-lines.ts';

tell({
  'a preflight': [
    { ...toApi, method: 'OPTIONS', ...answered(200, 'cors_response') },
    /CORS answers it: its headers make it a preflight/,
    /the line says otherwise: a header decided/,
  ],
  'an upgrade': [
    {
      ...toApi,
      path: null,
      authority: null,
      upstream_path: '/x',
      upstream_authority: 'api',
      ...answered(403, 'upgrade_failed'),
    },
    /^GET http:\/\/api\/x was answered 403\n/,
    /^(?![\s\S]*sent on as)/,
    /the line says otherwise: a header decided/,
  ],
  'no scheme': [
    { ...sent, ...answered(404, 'route_not_found', { response_flags: 'NR' }) },
    /allowed \(200\)[^\n]*\n +the line says otherwise: it is from another commit, or its query or a header decided/,
  ],
  'a path that cannot be normalized': [
    {
      ...sent,
      path: null,
      authority: null,
      upstream_path: '/%00',
      upstream_authority: 'api',
      ...answered(400, 'path_normalization_failed'),
    },
    /^GET http:\/\/api\/%00 was answered 400\n/,
    /denied \(400\)/,
    agrees,
  ],
  'no host': [
    { ...sent, path: null, authority: null, upstream_path: '/', ...answered(400, 'missing_host_header') },
    /^GET \/ was answered 400\n[\s\S]*it has no host/,
  ],
  'an old version': [
    { ...sent, method: null, path: null, authority: null, ...answered(426, 'low_version', { response_flags: 'DPE' }) },
    /^a request was answered 426\n[\s\S]*does not take HTTP\/1\.0/,
  ],
  'no request at all': [
    {
      ...sent,
      method: null,
      path: null,
      authority: null,
      ...answered(400, 'http1.codec_error', { response_flags: 'DPE' }),
    },
    /it is no request of HTTP\/1\.1, or has a method that the proxy does not know/,
  ],
  'a tunnel': [
    { ...sent, method: 'CONNECT', path: null, authority: 'api:80', ...answered(404, 'route_not_found') },
    /no route matches/,
    /^(?![\s\S]*The intent at hand)/,
  ],
  'a timeout': [
    { ...toApi, ...answered(504, 'response_timeout', { response_flags: 'UT' }) },
    /the route's timeout passed/,
    /the line says otherwise: the intent lets it pass, and what failed then, no intent decides/,
  ],
  'an application that is down, at the callee': [
    {
      ...received,
      upstream_transport_failure_reason: 'delayed_connect_error:_Connection_refused',
      ...answered(
        503,
        'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}',
        { response_flags: 'URX,UF' },
      ),
    },
    /no connection to the application came about: delayed/,
    /what failed then, no intent decides/,
  ],
  'at the caller': [
    { ...toApi, ...answered(503, 'via_upstream') },
    /the answer came from the next hop\n +the reason is in the log of the proxy that received it \(a\/api\)/,
    agrees,
  ],
  'what the application says itself': [
    { ...received, ...answered(503, 'via_upstream') },
    /the answer came from the application\n/,
    agrees,
  ],
  'a caller that gave up': [
    { ...received, ...answered(0, 'http2.remote_reset', { response_flags: 'DR' }) },
    /the caller gave it up/,
  ],
  'what is outside the mesh': [
    {
      ...sent,
      authority: 'one.test',
      route_name: 'a/one/default',
      upstream_cluster: 'outbound|80||one.test',
      ...answered(404, 'via_upstream'),
    },
    /the answer came from one\.test, where no proxy of the mesh is\n/,
    /^(?![\s\S]*look there)/,
  ],
  'a line of another commit': [
    { ...received, ...answered(403, 'rbac_access_denied_matched_policy[a/api/access/deny/0]') },
    /denied by rule a\/api\/access\/deny\/0\n/,
    /the line says otherwise: it is from another commit/,
  ],
  'and one that let it pass': [
    { ...received, path: '/deny/x', ...answered(403, 'via_upstream') },
    /denied \(403\)[^\n]*\n +the line says otherwise: it is from another commit/,
  ],
});

tell({
  'an answer that broke off': [
    { ...toApi, ...answered(200, 'upstream_reset_after_response_started{protocol_error}', { response_flags: 'UPE' }) },
    /the next hop broke off within its answer\n +the reason is in the log of the proxy that received it \(a\/api\)/,
  ],
  'a host that TLS is not for': [
    {
      ...sent,
      workload: 'edge/public',
      direction: 'gateway',
      listener: 'gateway_443',
      port: '443',
      downstream_tls_version: 'TLSv1.3',
      requested_server_name: 'sec.example.com',
      authority: 'x',
      ...answered(404, 'route_not_found'),
    },
    /the line says otherwise: its TLS is for sec\.example\.com, and its host is another/,
  ],
  'a method that needs a type': [
    { ...sent, method: 'QUERY', protocol: 'HTTP/2', ...answered(400, 'query_missing_content_type') },
    /the proxy refuses QUERY without a content-type/,
    /denied \(400\)/,
    agrees,
  ],
  'a listener that sends to HTTPS': [
    {
      ...sent,
      workload: 'edge/public',
      direction: 'gateway',
      listener: 'gateway_80',
      port: '80',
      authority: 'sec.example.com',
      ...answered(301, 'direct_response'),
    },
    /the listener sends whoever comes by HTTP to HTTPS\n +at a\.yaml:52:/,
    /redirected \(301\) to https:\/\/sec\.example\.com\/x/,
    agrees,
  ],
});

const dialled = {
  workload: 'a/client',
  direction: 'outbound',
  listener: 'outbound_tcp_db.a.svc.cluster.local_5432',
  port: '5432',
  upstream_cluster: 'outbound|5432||db.a.svc.cluster.local',
  response_flags: '-',
};
tell({
  'a connection on which nothing came back': [
    { ...dialled, bytes: 0 },
    /the reason is in the log of the proxy that received it \(a\/db\): look there for the line\n/,
    /from a\/client: denied/,
  ],
  'one on which something did': [{ ...dialled, bytes: 7 }, /^(?![\s\S]*look there)/],
  "plain text to a port that is strict, in Istio's format": [
    { response_flags: 'NR', response_code: 0, response_code_details: 'filter_chain_not_found', upstream_cluster: '-' },
    /^a TCP connection\n[\s\S]*no filter chain matches: where mutual TLS is strict/,
  ],
  'one that ended after the handshake': [
    {
      ...dialled,
      bytes: 0,
      response_flags: 'UF,URX',
      upstream_transport_failure_reason:
        'TLS_error:|33554464:system_library:OPENSSL_internal:Broken_pipe:TLS_error_end',
    },
    /the next hop closed the connection, and TLS does not say why \(TLS_error/,
    /look there for the line\n/,
    /^(?![\s\S]*handshake)/,
  ],
});
