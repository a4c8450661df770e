// Lines as real Envoys wrote them, to be changed where a test asks for another, and the mesh whose proxies wrote them.
import t from 'tap';
import { compile } from '../../index.ts';
import { explainedIn } from './log-mesh.ts';

const text = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: m }
spec: { access: { default: allow } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: client, namespace: a }
spec:
  ports: [{ port: 80 }]
  uses: [{ service: api, ports: [80] }, tls, db, { external: wild }, { external: one }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: api, namespace: a }
spec:
  ports: [{ name: http, port: 80, targetPort: 8080 }, { name: http-b, port: 81, targetPort: 8081 }]
  routes: [{ name: fault, match: { path: /fault }, fault: { abort: { status: 503, on: 100% } } }]
  access: { deny: [{ paths: [/deny/*] }] }
  expose: [{ gateway: edge/public, host: sec.example.com, port: 80 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: tls, namespace: a }
spec: { ports: [{ name: https, port: 443, targetPort: 8443 }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: db, namespace: a }
spec: { ports: [{ name: tcp, port: 5432 }], access: { allow: [] } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: closed, namespace: b }
spec: { ports: [{ port: 80 }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: wild, namespace: a }
spec: { hosts: ["*.example.net"], ports: [{ port: 80, protocol: HTTP }], resolve: none }
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: one, namespace: a }
spec: { hosts: [one.test], ports: [{ name: http, port: 80 }, { name: tcp, port: 9090 }], resolve: static, addresses: [192.0.2.1] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: public, namespace: edge }
spec:
  listeners:
    - { name: moved, port: 80, protocol: HTTP, hosts: [sec.example.com], redirectToHttps: true }
    - { name: secure, port: 443, protocol: HTTPS, hosts: [sec.example.com], tls: { mode: terminate, secret: a } }
`;
export const { mesh, diagnostics } = compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] });

/** At the caller, in front of whom one listener takes requests for all hosts. */
export const sent = {
  workload: 'a/client',
  direction: 'outbound',
  listener: 'outbound-http',
  method: 'GET',
  path: '/x',
  authority: 'api',
  protocol: 'HTTP/1.1',
  response_flags: '-',
  grpc_status: null,
};
export const toApi = { ...sent, route_name: 'a/api/default', upstream_cluster: 'outbound|80||api.a.svc.cluster.local' };
export const received = {
  workload: 'a/api',
  direction: 'inbound',
  listener: 'inbound_8080',
  port: '8080',
  method: 'GET',
  path: '/x',
  authority: 'api',
  downstream_peer: 'spiffe://cluster.local/ns/a/sa/client',
  upstream_cluster: 'inbound|8080||',
  route_name: 'application',
  response_flags: '-',
  grpc_status: null,
};
export const blocked = (authority: string) => ({
  ...sent,
  authority,
  route_name: 'block_all',
  response_code: 502,
  response_code_details: 'direct_response',
});
export const answered = (response_code: number, response_code_details: string, more: object = {}) => ({
  response_code,
  response_code_details,
  ...more,
});

export const explained = (line: object) => explainedIn(mesh, JSON.stringify(line));
export const agrees = /^(?![\s\S]*the line says otherwise)/;

/** The line, and what is said of it. */
type Cases = Readonly<Record<string, readonly [line: object, ...says: RegExp[]]>>;

export function tell(cases: Cases): void {
  for (const [name, [line, ...says]] of Object.entries(cases)) {
    t.test(name, async (t) => {
      const said = explained(line);
      for (const pattern of says) t.match(said, pattern);
    });
  }
}
