// A service behind a gateway, with routes of the test's own: what reviews of a few lines are about.
import type { Edit } from './review-intent.ts';

export const header = 'apiVersion: fairlead.dev/v1alpha1\n';

export function intent(routes: readonly string[], more = ''): string {
  return `${header}kind: Mesh
metadata: { name: test }
spec: { mtls: strict, access: { default: deny }, egress: { default: declared } }
---
${header}kind: MeshService
metadata: { name: web, namespace: shop }
spec: { ports: [{ name: http, port: 80 }], uses: [shoes], access: { allow: [] } }
---
${header}kind: MeshService
metadata: { name: boots, namespace: shop }
spec: { ports: [{ name: http, port: 80 }], access: { allow: [{}] } }
---
${header}kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ name: http, port: 80 }]
  access: { allow: [{}] }
  expose: [{ gateway: public, host: shoes.example.com }]
  routes:
${routes.map((route) => `    - { ${route} }\n`).join('')}---
${header}kind: MeshGateway
metadata: { name: public, namespace: shop }
spec: { selector: { app: public }, listeners: [{ name: http, port: 80, protocol: HTTP, hosts: [shoes.example.com] }] }
${more}`;
}

/** Exposed otherwise. */
export const exposed = (edit: string): Edit => ['expose: [{ gateway: public, host: shoes.example.com }]', edit];
