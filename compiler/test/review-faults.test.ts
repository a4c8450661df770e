// B4: a fault is how calls are handled, however many it strikes; it is no access rule, and hides none.
import t from 'tap';
import { type Edit, linesOf, reviewOf, saysOnly } from './support/review-intent.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: m }
spec: { access: { default: deny }, egress: { default: declared } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: inv, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes, boots] }
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: store, namespace: shop }
spec: { hosts: [store.example.com], ports: [{ port: 80, protocol: HTTP }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: boots, namespace: shop }
spec: { ports: [{ port: 80 }], access: { allow: [{ from: [{ service: inv }] }] } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ port: 80 }]
  routes: [{ to: [{ service: shoes }] }]
  access: { allow: [{ from: [{ service: inv }] }] }
`;

const route = 'routes: [{ to: [{ service: shoes }] }]';
const aborting = (percent: number, to = 'service: shoes'): string =>
  `routes: [{ to: [{ ${to} }], fault: { abort: { status: 503, on: ${percent}% } } }]`;
const calls = 'behavior changed: calls from shop\\/inv to shoes\\.shop:80 are handled differently: fault';

const cases: Record<string, { from: readonly Edit[]; to: readonly Edit[]; says: readonly RegExp[] }> = {
  'of all to some': {
    from: [[route, aborting(100)]],
    to: [[route, aborting(50)]],
    says: [new RegExp(`^medium ${calls} \\| fault: 100% aborted with 503 -> 50% aborted with 503$`)],
  },
  'of none to all': {
    from: [],
    to: [[route, aborting(100)]],
    says: [new RegExp(`^medium ${calls} \\| fault: none -> 100% aborted with 503$`)],
  },
  'of all to none': {
    from: [[route, aborting(100)]],
    to: [],
    says: [new RegExp(`^medium ${calls} \\| fault: 100% aborted with 503 -> none$`)],
  },
  'of few to most': {
    from: [[route, aborting(10)]],
    to: [[route, aborting(99)]],
    says: [new RegExp(`^medium ${calls} \\| fault: 10% aborted with 503 -> 99% aborted with 503$`)],
  },
  'of few to some': {
    from: [[route, aborting(10)]],
    to: [[route, aborting(20)]],
    says: [new RegExp(`^low ${calls} `)],
  },
  'of most to few': {
    from: [[route, aborting(99)]],
    to: [[route, aborting(10)]],
    says: [new RegExp(`^low ${calls} `)],
  },
  'the end of one, and access': {
    from: [
      [route, aborting(100)],
      [
        `${aborting(100)}\n  access: { allow: [{ from: [{ service: inv }] }] }`,
        `${aborting(100)}\n  access: { allow: [] }`,
      ],
    ],
    to: [],
    says: [
      /^high access gained: shop\/inv may newly call shoes\.shop:80 \| aborted by a fault \(503\) -> shoes\.shop$/,
    ],
  },
  'the end of one, and out of the mesh': {
    from: [[route, aborting(100)]],
    to: [[route, 'routes: [{ to: [{ external: store, port: 80 }] }]']],
    says: [
      /^high traffic changed: calls from shop\/inv to shoes\.shop:80 leave the mesh /,
      new RegExp(`^medium ${calls} `),
    ],
  },
  'behind one nothing changes for anybody': {
    from: [[route, aborting(100)]],
    to: [[route, aborting(100, 'service: boots')]],
    says: [],
  },
};

for (const [name, { from, to, says }] of Object.entries(cases)) {
  t.test(name, async (t) => {
    const base = from.reduce((text, [was, is]) => text.replaceAll(was, is), intent);
    const head = to.reduce((text, [was, is]) => text.replaceAll(was, is), intent);
    saysOnly(t, linesOf(reviewOf(base, [base, head])), says);
  });
}
