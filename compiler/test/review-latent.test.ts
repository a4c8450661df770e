// B4: what opens on ports, paths and services that nobody calls yet, and what changes there.
import t from 'tap';
import { denying, gateway, header, onePort, service, told, twoPorts } from './support/review-cases.ts';
import { reviewOf } from './support/review-intent.ts';

const allowOn80 = 'access: { allow: [{ from: [{ service: y }], ports: [80] }] }';
const allow = 'access: { allow: [{ from: [{ service: y }] }] }';
const exposing = (access: string, ...expose: readonly string[]) =>
  denying + gateway + service('x', twoPorts, `access: { allow: [${access}] }`, `expose: [${expose.join(', ')}]`);

told({
  'B: a caller of one port is let in at another': {
    intent: denying + service('x', twoPorts, allowOn80) + service('y', onePort, 'uses: [{ service: x, ports: [80] }]'),
    edits: [[allowOn80, allow]],
    says: [/^medium access gained: a\/y may newly call x\.a:9000, once declared in uses/],
  },
  'B: and who calls that port already is told of it today': {
    intent: denying + service('x', twoPorts, allowOn80) + service('y', onePort, 'uses: [x]'),
    edits: [[allowOn80, allow]],
    says: [/^high access gained: a\/y may newly call x\.a:9000 \|/],
  },
  'B: a denial on another port is taken back': {
    intent:
      service(
        'x',
        'ports: [{ port: 80, name: http-a }, { port: 9000, name: tcp-b }]',
        'access: { deny: [{ from: [{ service: y }], ports: [9000] }] }',
      ) + service('y', onePort, 'uses: [{ service: x, ports: [80] }]'),
    edits: [['ports: [9000] }', 'ports: [80] }']],
    says: [
      /^medium access gained: a\/y may newly call x\.a:9000, once declared in uses/,
      /^medium access lost: a\/y may no longer call x\.a:80 \|/,
    ],
  },
  'B: a gateway is let in at a path that it does not expose': {
    intent: exposing('{ from: [{ gateway: e/g }], paths: [/api/*] }', '{ gateway: e/g, host: h.com, path: /api/* }'),
    edits: [['paths: [/api/*]', 'ports: [80]']],
    says: [
      /^medium access gained: gateway e\/g may newly call x\.a:80, once exposed there/,
      /^low access lost: gateway e\/g may no longer call x\.a:9000, once exposed there/,
    ],
  },
  'B: at a port that it does not expose': {
    intent: exposing('{ from: [{ gateway: e/g }], ports: [80] }', '{ gateway: e/g, host: h.com, port: 80 }'),
    edits: [[', ports: [80] }', ' }']],
    says: [/^medium access gained: gateway e\/g may newly call x\.a:9000, once exposed there/],
  },
  'B: no gateway exposes a port that is not HTTP': {
    intent: exposing('{ from: [{ gateway: e/g }], ports: [80] }', '{ gateway: e/g, host: h.com, port: 80 }').replace(
      'name: http-admin',
      'name: tcp-admin',
    ),
    edits: [[', ports: [80] }', ' }']],
    says: [],
  },
  'B: what it exposes is the outside’s': {
    intent: exposing(
      '{ from: [{ gateway: e/g }], ports: [80], paths: [/api/*] }',
      '{ gateway: e/g, host: h.com, path: /api/* }',
      '{ gateway: e/g, host: h.com, path: /web/* }',
    ),
    edits: [['paths: [/api/*]', 'paths: [/api/*, /web/*]']],
    says: [/^high exposure gained: http:\/\/h\.com:80 is newly open to the outside through gateway e\/g/],
  },
});

t.test('B: what a port speaks is told to the proxy behind it, though nobody calls', async (t) => {
  const intent = denying + service('x', 'ports: [{ port: 80, protocol: HTTP2 }]') + service('y', onePort);
  for (const [protocol, touched] of [
    ['TCP', ['a/x']],
    ['HTTP', ['a/x']],
    ['GRPC', []],
  ] as const)
    t.same(reviewOf(intent, ['protocol: HTTP2', `protocol: ${protocol}`]).touched, touched, protocol);
});

const permissive = 'ports: [{ port: 80, name: http-a }, { port: 9000, name: tcp-b, mtls: permissive }]';

told({
  'B: mTLS is turned off on a port that nobody uses': {
    intent: service('x', permissive) + service('y', onePort, 'uses: [{ service: x, ports: [80] }]'),
    edits: [['mtls: permissive', 'mtls: off']],
    says: [/^medium settings changed: service a\/x: mTLS of port 9000; .*plain text.* \| .*: PERMISSIVE -> DISABLE$/],
  },
  'B: or where nobody is let in': {
    intent:
      denying +
      service('x', 'ports: [{ port: 80, mtls: permissive }]', 'access: { allow: [] }') +
      service('y', onePort, 'uses: [x]'),
    edits: [['mtls: permissive', 'mtls: off']],
    says: [/^medium settings changed: service a\/x: mTLS of port 80; /],
  },
  'B: beside another change of the same port': {
    intent:
      denying +
      service('x', 'ports: [{ port: 80, mtls: permissive }]', 'access: { allow: [{ from: [{ service: y }] }] }') +
      service('y', onePort, 'uses: [x]'),
    edits: [['mtls: permissive', 'mtls: off']],
    says: [
      /^medium access lost: a\/y may no longer call x\.a:80/,
      /^medium settings changed: service a\/x: mTLS of port 80; /,
    ],
  },
  'B: mTLS of ports that no service names': {
    intent: service('x', 'ports: [{ port: 80, mtls: strict }]', 'mtls: strict'),
    edits: [['  mtls: strict', '  mtls: permissive']],
    says: [/^medium settings changed: service a\/x: mTLS of its other ports; .* \| .*: STRICT -> PERMISSIVE$/],
  },
  'B: what requests show of mTLS is told once': {
    intent: service('x', onePort, 'mtls: strict') + service('y', onePort, 'uses: [x]'),
    edits: [['mtls: strict', 'mtls: permissive']],
    says: [/^high mtls gained: mTLS of x\.a:80 is PERMISSIVE, was STRICT/],
  },
  'B: the same mode in other words is none': {
    intent: service('x', 'ports: [{ port: 80, mtls: strict }]', 'mtls: strict') + service('y', onePort, 'uses: [x]'),
    edits: [
      ['  mtls: strict\n', ''],
      [', mtls: strict }', ' }'],
    ],
    says: [],
  },
});

const account = 'workload: { serviceAccount: z }';
const named = (...names: readonly string[]) =>
  names.map((name) => service(name, onePort, 'access: { allow: [{ from: [{ service: y }] }] }')).join('');

told({
  'B: a service account is taken over': {
    intent: denying + named('x') + service('y', onePort) + service('z', onePort, account),
    edits: [['serviceAccount: z', 'serviceAccount: y']],
    says: [/^medium settings changed: workload a\/z: service account; it is let in where a\/y is: a\/x \| .*: z -> y$/],
  },
  'B: that many rules name': {
    intent: denying + named('x1', 'x2', 'x3', 'x4') + service('y', onePort) + service('z', onePort, account),
    edits: [['serviceAccount: z', 'serviceAccount: y']],
    says: [/it is let in where a\/y is: a\/x1, a\/x2, a\/x3 and 1 more \|/],
  },
  'B: by a gateway': {
    intent:
      denying +
      named('x') +
      service('y', onePort) +
      gateway.replace('namespace: e', 'namespace: a').replace('spec: {', 'spec: { serviceAccount: g,'),
    edits: [['serviceAccount: g', 'serviceAccount: y']],
    says: [/^medium settings changed: gateway a\/g: service account; it is let in where a\/y is: a\/x \|/],
  },
  'B: or one that no rule names': {
    intent: denying + service('y', onePort) + service('z', onePort, account),
    edits: [['serviceAccount: z', 'serviceAccount: y']],
    says: [/^medium settings changed: workload a\/z: service account \|/],
  },
});

const external = (...spec: readonly string[]) =>
  `${header}kind: ExternalService\nmetadata: { name: e, namespace: a }\nspec:\n${spec.map((line) => `  ${line}\n`).join('')}---\n`;
const api = external('hosts: [a.example.com]', 'ports: [{ port: 80, targetPort: 8080 }]');
const routed = service('x', onePort, 'routes: [{ timeout: 5s }]') + service('z', onePort) + api;

told({
  'B: routes of what nobody calls': {
    intent: routed,
    edits: [['[{ timeout: 5s }]', '[{ match: { path: /p/* }, to: [{ external: e }], timeout: 5s }, { timeout: 6s }]']],
    says: [
      /^low traffic changed: calls to x\.a:80 leave the mesh; nobody calls it yet \|/,
      /^low behavior changed: calls to x\.a:80 are handled differently: timeout; nobody calls it yet \| timeout: 5s -> 6s$/,
    ],
  },
  'B: and where nobody would be let in': {
    intent: denying + routed,
    edits: [['timeout: 5s', 'timeout: 5s, fault: { abort: { status: 503 } }']],
    says: [
      /^low behavior changed: calls to x\.a:80 are handled differently: fault; nobody calls it yet \| fault: none -> 100% aborted with 503$/,
    ],
  },
  'B: what is called is compared by requests': {
    intent: routed + service('y', onePort, 'uses: [x]'),
    edits: [['timeout: 5s', 'timeout: 6s']],
    says: [/^low behavior changed: calls from a\/y to x\.a:80 are handled differently: timeout \|/],
  },
  'B: routes that say the same otherwise': {
    intent: routed,
    edits: [['[{ timeout: 5s }]', '[{ match: { path: /p/* }, timeout: 5s }, { timeout: 5s }]']],
    says: [],
  },
  'B: a default of the Mesh is told as such': {
    intent: `${header}kind: Mesh\nmetadata: { name: test }\nspec: { defaults: { timeout: 15s, retries: { attempts: 2 } } }\n---\n${service('x', onePort)}`,
    edits: [['timeout: 15s, retries: { attempts: 2', 'timeout: 16s, retries: { attempts: 3']],
    says: [
      /^low settings changed: mesh: retries where/,
      /^low settings changed: mesh: timeout where nothing else is said/,
    ],
  },
  'B: the target port of a port that nobody calls': {
    intent: service('x', twoPorts) + service('y', onePort, 'uses: [{ service: x, ports: [80] }]'),
    edits: [['port: 9000, ', 'port: 9000, targetPort: 9001, ']],
    says: [/^low settings changed: service a\/x: target port of port 9000; nobody gets there yet \| .*: 9000 -> 9001$/],
  },
  'B: and of one that is called': {
    intent: service('x', onePort) + service('y', 'ports: [{ port: 81 }]', 'uses: [x]'),
    edits: [['port: 80 }', 'port: 80, targetPort: 8080 }']],
    says: [/^medium traffic changed: calls from .* to x\.a:80 reach another port/],
  },
  'B: the port and the host of an external service': {
    intent: api,
    edits: [
      ['a.example.com', 'b.example.com'],
      ['8080', '8081'],
    ],
    says: [
      /^low settings changed: service a\/e: hosts; nobody gets there yet \| hosts: a\.example\.com -> b\.example\.com$/,
      /^low settings changed: service a\/e: target port of port 80; nobody gets there yet/,
    ],
  },
  'B: the host of an external service that is called': {
    intent: api + service('y', onePort, 'uses: [{ external: e }]'),
    edits: [['a.example.com', 'b.example.com']],
    says: [/^high egress gained: a\/y may newly call b\./, /^medium egress lost: a\/y may no longer call a\./],
  },
});
