// Lines about requests by gRPC, where 200 says nothing and the status of gRPC does.
import t from 'tap';
import { agrees, answered, blocked, mesh, received, tell, toApi } from './support/answer-lines.ts';
import { explainedIn } from './support/log-mesh.ts';

const grpc = { method: 'POST', protocol: 'HTTP/2', request_id: 'abc' };
tell({
  'B3: a refusal by gRPC at the callee, at the caller': [
    { ...toApi, ...grpc, path: '/deny/x', ...answered(200, 'via_upstream', { grpc_status: 7 }) },
    /^POST http:\/\/api\/deny\/x was answered 200, grpc-status 7 \(PERMISSION_DENIED\)\n/,
    /where a proxy says grpc-status 7 \(PERMISSION_DENIED\), it is: refused, as 403 in HTTP\n/,
    /the reason is in the log of the proxy that received it \(a\/api\): look there for the line with request_id abc\n/,
    /by gRPC, without its other headers: denied \(200, grpc-status 7\)/,
    agrees,
  ],
  'B3: and at the callee': [
    {
      ...received,
      ...grpc,
      path: '/deny/x',
      ...answered(200, 'rbac_access_denied_matched_policy[a/api/access/deny/0]', { grpc_status: 7 }),
    },
    /denied by rule a\/api\/access\/deny\/0\n/,
    /denied \(200, grpc-status 7\): denied by rule/,
    agrees,
  ],
  'B3: nobody there, at the callee': [
    { ...toApi, ...grpc, ...answered(200, 'via_upstream', { grpc_status: 14, response_flags: 'URX' }) },
    /grpc-status 14 \(UNAVAILABLE\), it is: nobody there to answer/,
    /look there/,
  ],
  'B3: success': [
    { ...toApi, ...grpc, ...answered(200, 'via_upstream', { grpc_status: 0 }) },
    /was answered 200, grpc-status 0 \(OK\)\n/,
    /^(?![\s\S]*look there)/,
    agrees,
  ],
  'B3: what the application itself says': [
    { ...received, ...grpc, ...answered(200, 'via_upstream', { grpc_status: 5 }) },
    /grpc-status 5 \(NOT_FOUND\)\n[\s\S]*the answer came from the application\n/,
    agrees,
  ],
  'B3: a fault, whose 200 is no success': [
    {
      ...toApi,
      ...grpc,
      path: '/fault',
      route_name: 'a/api/fault',
      ...answered(200, 'fault_filter_abort', { grpc_status: 14 }),
    },
    /was answered 200, grpc-status 14/,
    /aborted by a fault \(200, grpc-status 14\)/,
    agrees,
  ],
  'B3: no host of the mesh': [
    { ...blocked('nobody'), ...grpc, response_code: 200, grpc_status: 14 },
    /no such host/,
    /denied \(200, grpc-status 14\)/,
    agrees,
  ],
  'B3: a fault, in a format without it': [
    {
      ...toApi,
      ...grpc,
      path: '/fault',
      route_name: 'a/api/fault',
      grpc_status: undefined,
      ...answered(200, 'fault_filter_abort'),
    },
    /aborted by a fault \(503\)[^\n]*\n +the line says otherwise: by gRPC that is 200 as well; or/,
  ],
  'B3: nobody there, in a format without it': [
    { ...toApi, ...grpc, grpc_status: undefined, ...answered(200, 'via_upstream', { response_flags: 'URX' }) },
    /look there for the line with request_id abc/,
  ],
  'B3: a format without it': [
    { ...toApi, ...grpc, path: '/deny/x', grpc_status: undefined, ...answered(200, 'via_upstream') },
    /denied \(403\)/,
    /the line says otherwise: by gRPC that is 200 as well, which the log of the other proxy tells/,
  ],
});

t.test("B3: in Istio's formats, where theirs is not the default", async (t) => {
  const line = (grpc_status: unknown) => {
    const fields = { method: 'POST', path: '/deny/x', authority: 'api', ...answered(200, 'via_upstream') };
    const istio = { ...fields, upstream_cluster: 'outbound|80||api.a.svc.cluster.local', grpc_status };
    return explainedIn(mesh, JSON.stringify(istio), { workload: 'a/client' });
  };
  for (const written of [7, '7', 'PERMISSION_DENIED', 'PermissionDenied']) {
    t.match(line(written), /grpc-status 7 \(PERMISSION_DENIED\)/);
    t.match(line(written), agrees);
  }
  t.match(line('-'), /^POST http:\/\/api\/deny\/x was answered 200\n/);
});
