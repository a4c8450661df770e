// A mesh whose proxies write log lines, and their explanations.
import {
  compile,
  explainLogLine,
  type LogHints,
  type Mesh,
  parseLogLine,
  renderLogExplanationText,
} from '../../index.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
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
export const { mesh, diagnostics } = compile({
  label: 'test',
  files: [{ path: 'a.yaml', text: intent }],
  diagnostics: [],
});

export function explained(line: string, hints: LogHints = {}): string {
  return explainedIn(mesh, line, hints);
}

/** What is printed of a line; why it is none, if it is none. */
export function explainedIn(of: Mesh | undefined, line: string, hints: LogHints = {}): string {
  const parsed = parseLogLine(line);
  if (!parsed.line) return parsed.problem;
  return of ? renderLogExplanationText(explainLogLine(of, parsed.line, hints)) : 'no mesh';
}

export const ours = (fields: object) =>
  explained(JSON.stringify({ workload: 'shop/shoes', listener: 'inbound_8080', ...fields }));
export const peer = 'spiffe://cluster.local/ns/shop/sa/inventory';
export const denied = (rule: string) => ({
  response_code: 403,
  response_code_details: `rbac_access_denied_matched_policy[${rule}]`,
});
