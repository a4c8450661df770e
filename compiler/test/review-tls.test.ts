// B1: how callers' proxies speak to what they reach, where the answer is the same: told once, and as what it is.
import t from 'tap';
import { type Edit, linesOf, reviewOf, saysEach } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';

function service(name: string, ...spec: readonly string[]): string {
  const lines = ['ports: [{ port: 80 }]', ...spec].map((line) => `  ${line}\n`).join('');
  return `${header}kind: MeshService\nmetadata: { name: ${name}, namespace: a }\nspec:\n${lines}---\n`;
}

function outside(name: string, ...spec: readonly string[]): string {
  const lines = [`hosts: [${name}.example.com]`, ...spec].map((line) => `  ${line}\n`).join('');
  return `${header}kind: ExternalService\nmetadata: { name: ${name}, namespace: a }\nspec:\n${lines}---\n`;
}

const gateway = `${header}kind: MeshGateway
metadata: { name: g, namespace: a }
spec: { listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [h.example.com] }] }
---
`;
const byTls = ['ports: [{ port: 443, protocol: HTTPS }]', 'tls: { originate: true }'];
const toPlain: readonly Edit[] = [
  ['ports: [{ port: 443, protocol: HTTPS }]', 'ports: [{ port: 80 }]'],
  ['  tls: { originate: true }\n', ''],
];

interface Case {
  readonly intent: string;
  readonly edits: readonly Edit[];
  readonly says: readonly RegExp[];
}

const cases: Readonly<Record<string, Case>> = {
  'at a gateway': {
    intent: gateway + service('x', 'mtls: strict', 'expose: [{ gateway: g, host: h.example.com }]'),
    edits: [['mtls: strict', 'mtls: off']],
    says: [
      /^high mtls changed: calls from everyone outside .* go on in plain text \| TLS to a\/x: mutual -> plain$/,
      /^high mtls gained: mTLS of x\.a:80 is DISABLE, was STRICT/,
    ],
  },
  'of a service that a route leads to': {
    intent: service('y', 'uses: [x]') + service('x', 'routes: [{ to: [{ service: z }] }]') + service('z', 'mtls: off'),
    edits: [['mtls: off', 'mtls: strict']],
    says: [
      /^medium mtls changed: calls from a\/y to x\.a:80 go on by mutual TLS \| TLS to a\/z: plain -> mutual$/,
      /^medium mtls lost: mTLS of z\.a:80 is STRICT, was DISABLE/,
    ],
  },
  'TLS to the outside that ends': {
    intent: outside('e', ...byTls) + service('y', 'uses: [{ external: e }]'),
    edits: toPlain,
    says: [/^high traffic changed: calls from a\/y to e\.example\.com:80 go on in plain text \| port, server name: /],
  },
  'TLS to the outside that begins': {
    intent: outside('e', 'ports: [{ port: 80 }]') + service('y', 'uses: [{ external: e }]'),
    edits: [['example.com]\n  ports: [{ port: 80 }]', `example.com]\n  ${byTls.join('\n  ')}`]],
    says: [/^medium traffic changed: .* reach another port \| port, server name: .*plain text.* -> .*\(TLS,/],
  },
  'TLS to the outside behind a route': {
    intent: outside('e', ...byTls) + service('y', 'uses: [x]') + service('x', 'routes: [{ to: [{ external: e }] }]'),
    edits: toPlain,
    says: [/^high traffic changed: calls from a\/y to x\.a:80 go on in plain text \| port, server name: /],
  },
  'TLS of a share': {
    intent:
      outside('e', ...byTls) +
      service('y', 'uses: [x]') +
      service('x', 'routes: [{ to: [{ service: x }, { external: e }] }]'),
    edits: toPlain,
    says: [/^high traffic changed: calls from a\/y to x\.a:80 go on in plain text \| port, server name: /],
  },
  'TLS of copies': {
    intent:
      outside('e', ...byTls) +
      service('y', 'uses: [x]') +
      service('x', 'routes: [{ mirror: [{ to: { external: e } }] }]'),
    edits: toPlain,
    says: [/^high traffic changed: calls from a\/y to x\.a:80 are copied in plain text \| copies, port, server name: /],
  },
  'mutual TLS of copies': {
    intent:
      service('y', 'uses: [x]') +
      service('x', 'routes: [{ mirror: [{ to: { service: z } }] }]') +
      service('z', 'mtls: off'),
    edits: [['mtls: off', 'mtls: strict']],
    says: [
      /^medium mtls changed: calls from a\/y to x\.a:80 are copied by mutual TLS \| TLS of copies to a\/z: plain -> mutual$/,
      /^medium mtls lost: mTLS of z\.a:80 is STRICT, was DISABLE/,
    ],
  },
  'mutual TLS that ends, of copies of refused requests': {
    intent:
      service('y', 'uses: [x]') +
      service('x', 'access: { allow: [] }', 'routes: [{ mirror: [{ to: { service: z } }] }]') +
      service('z', 'mtls: strict'),
    edits: [['mtls: strict', 'mtls: off']],
    says: [
      /^high mtls changed: calls from a\/y to x\.a:80 are copied in plain text \| TLS of copies to a\/z: mutual -> plain$/,
      /^high mtls gained: mTLS of z\.a:80 is DISABLE, was STRICT/,
    ],
  },
  'a port of TLS that becomes one of HTTP': {
    intent: service('x', 'mtls: off', 'access: { allow: [] }').replace('port: 80', 'port: 80, protocol: TLS'),
    edits: [
      [', protocol: TLS', ''],
      ['allow: []', 'allow: [{}]'],
    ],
    says: [
      /^high access gained: any process without a proxy may newly call x\.a:80 in plain text \| denied by access rules -> x\.a$/,
      /^low settings changed: service a\/x: port 80 /,
    ],
  },
  'a port behind a service, which somebody newly calls': {
    intent: service('y', 'uses: [x]') + service('x', 'access: { allow: [] } # of 80'),
    edits: [
      ['allow: [] } # of 80', 'allow: [{ from: [{ service: y }] }] } # of 80'],
      ['ports: [{ port: 80 }]\n  access', 'ports: [{ port: 80, targetPort: 8081 }]\n  access'],
    ],
    says: [
      /^high access gained: a\/y may newly call x\.a:80/,
      /^low settings changed: service a\/x: target port of port 80 \| /,
    ],
  },
};

for (const [name, { intent, edits, says }] of Object.entries(cases)) {
  t.test(`B1: ${name}`, async (t) => {
    const lines = linesOf(reviewOf(intent, ...edits));
    t.equal(lines.length, says.length, lines.join('\n'));
    saysEach(t, lines, says);
  });
}
