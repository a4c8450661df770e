// B4: a share of the calls that is sent where nobody lets it in is access that is lost, if only to that share.
import t from 'tap';
import { type Edit, linesOf, reviewOf, saysOnly } from './support/review-intent.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: m }
spec: { access: { default: deny }, egress: { default: declared } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: pub, namespace: shop }
spec: { listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [shop.example.com] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: inv, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: other, namespace: shop }
spec: { ports: [{ port: 80 }], access: { allow: [] } }
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: store, namespace: shop }
spec: { hosts: [store.example.com], ports: [{ port: 80, protocol: HTTP }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ port: 80 }]
  routes: [{ to: [{ service: shoes }] }]
  access: { allow: [{ from: [{ service: inv }, { gateway: pub }] }] }
  expose: [{ gateway: pub, host: shop.example.com }]
`;

const whole = 'to: [{ service: shoes }]';
const split = (shoes: number, more = '') =>
  `to: [{ service: shoes, weight: ${shoes} }, { service: other, weight: ${100 - shoes - (more ? 10 : 0)} }${more}]`;

const cases: Record<string, { from?: string; to: string; edits?: readonly Edit[]; says: readonly RegExp[] }> = {
  'a share that is newly refused': {
    to: split(50),
    says: [
      /^medium access lost: shop\/inv may no longer call shoes\.shop:80 with 50% of the calls \| shoes\.shop -> 50% of shoes\.shop; 50% of other\.shop \(refused\)$/,
      /^medium exposure lost: http:\/\/shop\.example\.com:80 is no longer open to the outside through gateway shop\/pub with 50% of the calls \| /,
    ],
  },
  'a larger one': {
    from: split(99),
    to: split(1),
    says: [
      /^medium access lost: shop\/inv may no longer call shoes\.shop:80 with another 98% of the calls \| 99% of shoes\.shop; 1% of other\.shop \(refused\) -> 1% of shoes\.shop; 99% of other\.shop \(refused\)$/,
      /^medium exposure lost: /,
    ],
  },
  'a smaller one moves': {
    from: split(1),
    to: split(99),
    says: [
      /^medium traffic changed: calls from .* are split otherwise \| split: 1% of shoes\.shop; 99% of other\.shop \(refused\) -> /,
    ],
  },
  'where another leaves the mesh, both are told': {
    to: split(50, ', { external: store, port: 80, weight: 10 }'),
    says: [
      /^medium access lost: .* with 40% of the calls/,
      /^medium exposure lost: .* with 40% of the calls/,
      /^high traffic changed: calls from .* leave the mesh /,
    ],
  },
  'a destination that changes its mind is told of by its name': {
    from: split(50),
    to: split(50),
    edits: [['access: { allow: [] }', 'access: { allow: [{ from: [{ service: inv }] }] }']],
    says: [
      /^high access gained: .*shop\/inv.* may newly call .* at shop\/other \| shop\/other: denies -> lets in$/,
      /once declared in uses/,
    ],
  },
};

for (const [name, { from = whole, to, edits = [], says }] of Object.entries(cases)) {
  t.test(name, async (t) => {
    const base = intent.replace(whole, from);
    saysOnly(t, linesOf(reviewOf(base, [from, to], ...edits)), says);
  });
}
