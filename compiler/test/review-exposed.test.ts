// B1: traffic of callers that were let in before, and now leaves the mesh or goes in plain text, is told as that.
import t from 'tap';
import { type Edit, linesOf, reviewOf, saysEach } from './support/review-intent.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: shop }
spec:
  ports: [{ port: 80 }]
  uses: [shoes, data/db]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ port: 80 }]
  routes: [{ to: [{ service: shoes }] }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: boots, namespace: shop }
spec:
  ports: [{ port: 80 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: db, namespace: data }
spec:
  ports: [{ port: 80 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: other, namespace: shop }
spec:
  hosts: [api.example.com]
  ports: [{ port: 80 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: another, namespace: shop }
spec:
  hosts: [api.example.org]
  ports: [{ port: 80 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshWorkload
metadata: { name: vm, namespace: shop }
spec:
  address: 10.0.0.9
  ports: [{ port: 80 }]
`;

const routed = 'routes: [{ to: [{ service: shoes }] }]';
const inside: Edit = [routed, 'routes: [{ to: [{ service: shoes }] }]\n  # as it is'];
const split = (more: string, weight: number) =>
  `routes: [{ to: [{ service: shoes, weight: ${100 - weight} }, { ${more}, weight: ${weight} }] }]`;
const alias = `
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: alias, namespace: shop }
spec:
  hosts: [db.data]
  ports: [{ port: 80 }]
`;

const cases: Record<string, { before?: Edit; edits: readonly Edit[]; says: readonly RegExp[] }> = {
  'a route to something outside': {
    edits: [[routed, 'routes: [{ to: [{ external: other }] }]']],
    says: [
      /^high traffic .* to shoes\.shop:80 leave the mesh \| destination: shoes\.shop \(mutual TLS\) -> api\.example\.com \(plain text, outside the mesh\)$/,
    ],
  },
  'a route to what has no proxy': {
    edits: [[routed, 'routes: [{ to: [{ workload: vm }] }]']],
    says: [
      /^high traffic .* go on in plain text \| destination: shoes\.shop \(mutual TLS\) -> vm\.shop \(plain text\)$/,
    ],
  },
  'a share to something outside': {
    edits: [[routed, split('external: other', 10)]],
    says: [
      /^high traffic .* leave the mesh .*\(api\.example\.com: plain text, outside the mesh; shoes\.shop: mutual TLS\)$/,
    ],
  },
  'copies to something outside': {
    edits: [[routed, 'routes: [{ mirror: [{ to: { external: other } }] }]']],
    says: [/^high traffic .* are copied out of the mesh \| copies: nowhere -> 100% to api\.example\.com \(plain text/],
  },
  'copies to what has no proxy': {
    edits: [[routed, 'routes: [{ mirror: [{ to: { workload: vm } }] }]']],
    says: [/^high traffic .* are copied in plain text \| copies: nowhere -> 100% to vm\.shop \(plain text\)$/],
  },
  'a name that is given to something outside': {
    edits: [
      ['uses: [shoes, data/db]', 'uses: [shoes, data/db, { external: alias }]'],
      ['address: 10.0.0.9\n  ports: [{ port: 80 }]\n', `address: 10.0.0.9\n  ports: [{ port: 80 }]\n${alias}`],
    ],
    says: [
      /^high traffic .* to db\.data:80 leave the mesh \| instances: app=db \(mutual TLS\) -> db\.data \(plain text, outside the mesh\)$/,
      /^low inventory added: service added: shop\/alias$/,
    ],
  },
  'within the mesh as before': {
    edits: [[routed, 'routes: [{ to: [{ service: boots }] }]']],
    says: [/^medium traffic .* go elsewhere \| destination: shoes\.shop -> boots\.shop$/],
  },
  'copies within the mesh': {
    edits: [[routed, 'routes: [{ mirror: [{ to: { service: boots } }] }]']],
    says: [/^medium traffic .* are copied otherwise \| copies: nowhere -> 100% to boots\.shop \(mutual TLS\)$/],
  },
  'back into the mesh': {
    before: [routed, 'routes: [{ to: [{ external: other }] }]'],
    edits: [inside],
    says: [
      /^medium traffic .* go elsewhere \| destination: api\.example\.com \(plain text, outside the mesh\) -> shoes\.shop \(mutual TLS\)$/,
    ],
  },
  'more of what left before': {
    before: [routed, split('external: other', 10)],
    edits: [[routed, split('external: other', 20)]],
    says: [/^medium traffic .* are split otherwise \| /],
  },
  'the rest to somebody else outside': {
    before: [routed, split('external: other', 10)],
    edits: [[routed, 'routes: [{ to: [{ external: another, weight: 90 }, { external: other, weight: 10 }] }]']],
    says: [/^high traffic .* leave the mesh \| /],
  },
  'from one outside to another': {
    before: [routed, 'routes: [{ to: [{ external: other }] }]'],
    edits: [[routed, 'routes: [{ to: [{ external: another }] }]']],
    says: [/^medium traffic .* go elsewhere \| destination: api\.example\.com -> api\.example\.org$/],
  },
};

t.test('B1: traffic that leaves the mesh or mutual TLS', async (t) => {
  for (const [name, { before, edits, says }] of Object.entries(cases)) {
    const base = before ? intent.replace(...before) : intent;
    const change = edits.map(([from, to]): Edit => [before && from === routed ? before[1] : from, to]);
    const lines = linesOf(reviewOf(base, ...change));
    t.equal(lines.length, says.length, `${name}: ${lines.join(' and ')}`);
    saysEach(t, lines, says, `${name}: `);
  }
});

t.test('what is behind one host is told apart', async (t) => {
  const lines = linesOf(reviewOf(intent, ['  address: 10.0.0.9\n', '  address: 10.0.0.9\n  labels: { app: shoes }\n']));
  saysEach(t, lines, [/go on in plain text .* -> .* \(shop\/shoes: mutual TLS; shop\/vm: plain text\)$/]);
});
