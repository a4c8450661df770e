// Codes FL0430 to FL0459: services, access, gateways, externals, tests. Ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { document, intent, publicGateway, service, shoes } from './examples.ts';

const hatsUse = document('MeshService', 'hats', 'ports: [{ port: 80 }]\nuses: [shoes]');
const listeners = (second: string) =>
  document(
    'MeshGateway',
    'public',
    `listeners:\n  - { name: web, port: 80, protocol: HTTP, hosts: [a.example.com] }\n  - ${second}`,
  );
const external = (spec: string) => document('ExternalService', 'stripe', spec);
const test = (request: string, expect: string) =>
  document('MeshTest', 'shoes', `cases: [{ from: hats, request: ${request}, expect: ${expect} }]`);

export const meshMeaningCodes = [
  {
    code: 'FL0430',
    name: 'protocol-guessed',
    severity: 'warning',
    title: 'the protocol of a port cannot be told from its name',
    explanation:
      'As in Istio, the part of a port name before the first dash says the protocol. With any other name the port is plain TCP: routes, retries and access by path do not act on it. Rename it, or set `protocol`.',
    bad: intent(shoes('ports: [{ name: admin, port: 9000 }]')),
    good: intent(shoes('ports: [{ name: http-admin, port: 9000 }]')),
  },
  {
    code: 'FL0431',
    name: 'version-contradicts-selector',
    severity: 'error',
    title: 'a version has a label that the selector of the service contradicts',
    explanation:
      'A version is a part of the instances that the service selects. With another value for the same label it would be empty, and its requests answered 503.',
    bad: intent(shoes('versions: { v1: { app: boots } }')),
    good: intent(shoes('versions: { v1: { version: v1 } }')),
  },
  {
    code: 'FL0432',
    name: 'overlapping-selectors',
    severity: 'error',
    title: 'two services select the same workloads',
    explanation:
      'Access rules, `uses` and identity belong to workloads. If two services select the same ones, each would rule over the other. Give them labels that tell them apart, or make them one service with two ports.',
    bad: intent(
      service('shoes'),
      document('MeshService', 'boots', 'ports: [{ port: 80 }]\nworkload: { selector: { app: shoes } }'),
    ),
    good: intent(service('shoes'), service('boots')),
  },
  {
    code: 'FL0433',
    name: 'access-on-tcp',
    severity: 'warning',
    title: 'an access rule with HTTP conditions meets a TCP port',
    explanation:
      'Methods and paths do not exist in TCP. As in Istio, an allow rule with them is dropped there, and a deny rule loses them and so denies more. Use `ports` to say which port the rule is for.',
    bad: intent(shoes('ports: [{ name: tcp, port: 5432 }]\naccess: { deny: [{ methods: [DELETE] }] }')),
    good: intent(shoes('ports: [{ name: tcp, port: 5432 }]\naccess: { deny: [{ from: [{ namespace: legacy }] }] }')),
  },
  {
    code: 'FL0434',
    name: 'uses-but-denied',
    severity: 'warning',
    title: 'a service uses another that never lets it in',
    explanation:
      'No access rule of the service that is used can match this caller, so every call would be answered 403. The owner of that service adds the caller to `access.allow`, or the caller drops the use.',
    bad: intent(shoes('access: { allow: [{ from: [{ namespace: billing }] }] }'), hatsUse),
    good: intent(shoes('access: { allow: [{ from: [{ service: hats }] }] }'), hatsUse),
  },
  {
    code: 'FL0435',
    name: 'exposed-but-denied',
    severity: 'warning',
    title: 'a service is exposed at a gateway that it never lets in',
    explanation:
      'No access rule of the service can match the gateway, so every request from outside would be answered 403. Add `from: [{ gateway: … }]` to `access.allow`.',
    bad: intent(publicGateway, shoes('access: { allow: [] }\nexpose: [{ gateway: public, host: shop.example.com }]')),
    good: intent(
      publicGateway,
      shoes(
        'access: { allow: [{ from: [{ gateway: public }] }] }\nexpose: [{ gateway: public, host: shop.example.com }]',
      ),
    ),
  },
  {
    code: 'FL0436',
    name: 'listener-conflict',
    severity: 'error',
    title: 'two listeners of a gateway claim the same port and host, or one port for two protocols',
    explanation:
      'A connection must lead to one listener. Listeners may share a port if they have the same protocol and different hosts.',
    bad: intent(listeners('{ name: web2, port: 80, protocol: HTTP, hosts: [a.example.com] }')),
    good: intent(listeners('{ name: web2, port: 80, protocol: HTTP, hosts: [b.example.com] }')),
  },
  {
    code: 'FL0437',
    name: 'listener-tls',
    severity: 'error',
    title: 'the TLS settings of a listener do not fit its protocol',
    explanation:
      'HTTPS needs `tls.secret`, the secret with its certificate. HTTP has no TLS. Only HTTP can be redirected to HTTPS.',
    bad: intent(listeners('{ name: secure, port: 443, protocol: HTTPS, hosts: [a.example.com] }')),
    good: intent(
      listeners('{ name: secure, port: 443, protocol: HTTPS, hosts: [a.example.com], tls: { secret: shop-cert } }'),
    ),
  },
  {
    code: 'FL0438',
    name: 'external-resolution',
    severity: 'error',
    title: 'the addresses of an external service cannot be found as it says',
    explanation:
      '`dns` resolves one exact host, or names given as `addresses`; `static` needs IP addresses; `none` keeps the address that the caller dialled and takes none.',
    bad: intent(external('hosts: [api.stripe.com]\nports: [{ port: 443, protocol: HTTPS }]\nresolve: static')),
    good: intent(
      external(
        'hosts: [api.stripe.com]\nports: [{ port: 443, protocol: HTTPS }]\nresolve: static\naddresses: [203.0.113.9]',
      ),
    ),
  },
  {
    code: 'FL0439',
    name: 'tls-origination',
    severity: 'error',
    title: 'TLS cannot be originated like this',
    explanation:
      'With `tls.originate` callers speak plain HTTP and the proxy adds TLS, so every port must be HTTPS and there must be exactly one host, whose name the certificate is checked against.',
    bad: intent(
      external(
        'hosts: [api.stripe.com]\nports: [{ port: 80, protocol: HTTP }]\nresolve: dns\ntls: { originate: true }',
      ),
    ),
    good: intent(
      external(
        'hosts: [api.stripe.com]\nports: [{ port: 443, protocol: HTTPS }]\nresolve: dns\ntls: { originate: true }',
      ),
    ),
  },
  {
    code: 'FL0440',
    name: 'test-request',
    severity: 'error',
    title: 'the request of a test cannot be understood',
    explanation:
      'A request is a method and a URL, such as `GET http://shoes/stock`, or `tcp://postgres:5432` for a TCP connection, which has no method, path or headers.',
    bad: intent(service('shoes'), service('hats'), test('http://shoes/', '{ denied: egress }')),
    good: intent(service('shoes'), service('hats'), test('GET http://shoes/', '{ denied: egress }')),
  },
  {
    code: 'FL0441',
    name: 'test-contradiction',
    severity: 'error',
    title: 'a test expects two things that exclude each other, or nothing',
    explanation:
      'A request is allowed or denied. One that is denied is answered by no service. A case without any expectation would always pass.',
    bad: intent(shoes(''), hatsUse, test('GET http://shoes/', '{ allowed: true, denied: access }')),
    good: intent(shoes(''), hatsUse, test('GET http://shoes/', '{ allowed: true }')),
  },
] as const satisfies readonly CatalogueEntry[];
