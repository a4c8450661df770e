// B1: what is reached is what counts: instances by their labels, ports, addresses, protocols; not what they are called.
import t from 'tap';
import { type Edit, linesOf, reviewOf, saysOnly } from './support/review-intent.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: shop }
spec:
  ports: [{ name: http, port: 80, targetPort: 8080 }]
  uses: [shoes, { external: api }, { workload: legacy }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  workload: { selector: { app: shoes } }
  ports: [{ name: http, port: 80, targetPort: 8080 }, { name: tcp, port: 90, targetPort: 9090 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  routes:
    - to: [{ version: v1, weight: 90 }, { version: v2, weight: 10 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: api, namespace: shop }
spec:
  hosts: [api.example.com]
  resolve: static
  addresses: [192.0.2.1, 192.0.2.2]
  ports: [{ name: http, port: 80 }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshWorkload
metadata: { name: legacy, namespace: shop }
spec:
  address: 10.0.0.1
  ports: [{ name: http, port: 80, targetPort: 8080 }]
`;

const cases: Record<string, { edits: readonly Edit[]; says: readonly RegExp[] }> = {
  'another targetPort': {
    edits: [['port: 90, targetPort: 9090', 'port: 90, targetPort: 9091']],
    says: [
      /^medium traffic changed: calls from .*shop\/web.* to shoes\.shop:90 reach another port \| port: port 9090 -> port 9091$/,
    ],
  },
  'the labels of two versions swapped': {
    edits: [['v1: { version: v1 }, v2: { version: v2 }', 'v1: { version: v2 }, v2: { version: v1 }']],
    says: [
      /instances: v1 app=shoes version=v1; v2 app=shoes version=v2 -> v1 app=shoes version=v2; v2 app=shoes version=v1$/,
    ],
  },
  'addresses of something outside': {
    edits: [['192.0.2.2', '192.0.2.3']],
    says: [/to api\.example\.com:80 .*instances: 192\.0\.2\.1, 192\.0\.2\.2 -> 192\.0\.2\.1, 192\.0\.2\.3$/],
  },
  'the address of a machine': {
    edits: [['address: 10.0.0.1', 'address: 10.0.0.2']],
    says: [/to legacy\.shop:80 .*instances: 10\.0\.0\.1 -> 10\.0\.0\.2$/],
  },
  'how something outside is found': {
    edits: [['  resolve: static\n  addresses: [192.0.2.1, 192.0.2.2]\n', '  resolve: dns\n']],
    says: [/to api\.example\.com:80 .*instances: 192\.0\.2\.1, 192\.0\.2\.2 -> api\.example\.com$/],
  },
  'or not found': {
    edits: [['  resolve: static\n  addresses: [192.0.2.1, 192.0.2.2]\n', '  resolve: none\n']],
    says: [/instances: 192\.0\.2\.1, 192\.0\.2\.2 -> the address that is dialled$/],
  },
  'another selector': {
    edits: [['selector: { app: shoes }', 'selector: { app: boots }']],
    says: [
      /to shoes\.shop:80 .*instances: v1 app=shoes version=v1; .* -> v1 app=boots version=v1/,
      /to shoes\.shop:90 .*app=boots/,
    ],
  },
  'another protocol': {
    edits: [
      [
        'workload: { selector: { app: shoes } }\n  ports: [{ name: http,',
        'workload: { selector: { app: shoes } }\n  ports: [{ name: http2,',
      ],
    ],
    says: [
      /to shoes\.shop:80 .*in another protocol \| protocol: HTTP\/1\.1 -> HTTP\/2$/,
      /^high access gained: .* \| not a request that the proxies take \(400\) -> v1 90%, v2 10% of shoes\.shop$/,
      // WebSocket.
      /^medium access lost: shop\/web may no longer call shoes\.shop:80 .* -> not a request that the proxies take \(403\)$/,
    ],
  },
  'a version by another name': {
    edits: [
      ['v2: { version: v2 }', 'canary: { version: v2 }'],
      ['version: v2, weight', 'version: canary, weight'],
    ],
    says: [],
  },
  'a version that nobody is sent to': {
    edits: [['v2: { version: v2 }', 'v2: { version: v2 }, v3: { version: v3 }']],
    says: [/^low settings changed: service shop\/shoes: version v3 \| version v3: none -> version=v3$/],
  },
  'a version that somebody is sent to': {
    edits: [
      ['v2: { version: v2 }', 'v2: { version: v2 }, v3: { version: v3 }'],
      ['version: v2, weight', 'version: v3, weight'],
    ],
    says: [/destination: .* -> /],
  },
  'shares in another order': {
    edits: [
      [
        '{ version: v1, weight: 90 }, { version: v2, weight: 10 }',
        '{ version: v2, weight: 10 }, { version: v1, weight: 90 }',
      ],
    ],
    says: [],
  },
  'addresses in another order': { edits: [['192.0.2.1, 192.0.2.2', '192.0.2.2, 192.0.2.1']], says: [] },
};

for (const [name, { edits, says }] of Object.entries(cases)) {
  t.test(`B1: ${name}`, async (t) => {
    const lines = linesOf(reviewOf(intent, ...edits));
    if (says.length === 0) t.same(lines, []);
    saysOnly(t, lines, says);
  });
}
