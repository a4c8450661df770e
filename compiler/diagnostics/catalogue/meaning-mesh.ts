// Codes FL0430 to FL0450: services, access, gateways, externals, tests. Ordered by code. Never renumber; retire instead.
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
const shared = (name: string, account: string) =>
  document('MeshService', name, `ports: [{ port: 80 }]\nuses: [shoes]\nworkload: { serviceAccount: ${account} }`);
const test = (request: string, expect: string) =>
  document('MeshTest', 'shoes', `cases: [{ from: hats, request: ${request}, expect: ${expect} }]`);

export const meshMeaningCodes = [
  {
    code: 'FL0430',
    name: 'protocol-guessed',
    severity: 'warning',
    title: 'the protocol of a port cannot be told from its name',
    explanation:
      'As in Istio, the part of a port name before the first dash says the protocol. With any other word the port is plain TCP: routes, retries and access by path do not act on it. The proxies of Istio look at the first bytes there, and a client that waits for the server to speak first waits in vain; so write `tcp-postgres` for `postgres`. Rename it, or set `protocol`.',
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
      'Access rules, `uses` and identity belong to workloads. If two services select the same ones, each would rule over the other. Give them labels that tell them apart, or make them one service with two ports. Gateways may share their proxies (FL0451).',
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
      'No access rule of the service that is used can match this caller, or none matches a request that routes bring there (they may lead elsewhere, or rewrite the path), so every call would be answered 403. The owner of that service adds the caller to `access.allow`, or the caller drops the use.',
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
      'A connection must lead to one listener. Listeners may share a port if they have the same protocol and different hosts. Gateways that run on the same proxies (FL0451) may both name a host, with the same certificate and the same `redirectToHttps`; where they disagree, Istio keeps the listener of the older one.',
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
  {
    code: 'FL0442',
    name: 'shared-identity',
    severity: 'warning',
    title: 'an access rule matches more services than it names',
    explanation:
      'Callers are recognized by the identity of their service account. Services that share one cannot be told apart, so a rule about one is a rule about all of them. Give each its own `workload.serviceAccount`, or name all of them in the rule.',
    bad: intent(
      shared('hats', 'common'),
      shared('boots', 'common'),
      shoes('access: { allow: [{ from: [{ service: hats }] }] }'),
    ),
    good: intent(
      shared('hats', 'hats'),
      shared('boots', 'common'),
      shoes('access: { allow: [{ from: [{ service: hats }] }] }'),
    ),
  },
  {
    code: 'FL0443',
    name: 'idle-rule',
    severity: 'warning',
    title: 'an access rule names a caller that it can never match',
    explanation:
      'A MeshWorkload has no proxy, so nothing proves its identity and no rule recognizes it. A caller that stands in `from` and in `unless` is taken out again. In both cases the entry does nothing.',
    bad: intent(
      document('MeshWorkload', 'postgres', 'address: 10.128.0.7\nports: [{ port: 5432, protocol: TCP }]'),
      shoes('access: { allow: [{ from: [{ workload: postgres }] }] }'),
    ),
    good: intent(service('hats'), shoes('access: { allow: [{ from: [{ service: hats }] }] }')),
  },
  {
    code: 'FL0444',
    name: 'identity-without-mtls',
    severity: 'warning',
    title: 'an access rule asks who calls where that cannot be known',
    explanation:
      'Only mutual TLS tells who calls. Where it is off, an allow rule with `from` lets nobody in and a deny rule stops nobody. Where it is permissive, callers in plain text slip past a deny rule. Make mTLS strict, or do not ask for callers.',
    bad: intent(
      document('MeshService', 'hats', 'ports: [{ port: 80 }]\nuses: [shoes]'),
      shoes('mtls: off\naccess: { allow: [{ from: [{ service: hats }] }] }'),
    ),
    good: intent(service('hats'), shoes('access: { allow: [{ from: [{ service: hats }] }] }')),
  },
  {
    code: 'FL0445',
    name: 'generated-name',
    severity: 'error',
    title: 'two generated objects would have the same name',
    explanation:
      'Each service gets a route table of its name, and each host of a gateway one called after both: `public-shop-example-com`. Where two of one kind get the same name, one would overwrite the other in the cluster. Rename the service or the gateway.',
    bad: intent(
      publicGateway,
      service('public-shop-example-com'),
      shoes('expose: [{ gateway: public, host: shop.example.com }]'),
    ),
    good: intent(publicGateway, shoes('expose: [{ gateway: public, host: shop.example.com }]')),
  },
  {
    code: 'FL0446',
    name: 'https-redirect',
    severity: 'warning',
    title: 'a listener redirects to HTTPS where nothing listens',
    explanation:
      'With `redirectToHttps` every request is answered with a redirect to the same host by HTTPS: from port 80 to port 443, from any other to the port that it came to, which speaks plain HTTP. No HTTPS listener of the gateway, or of another that runs on the same proxies, serves that host there, so callers are sent to a closed door.',
    bad: intent(listeners('{ name: plain, port: 80, protocol: HTTP, hosts: [b.example.com], redirectToHttps: true }')),
    good: intent(
      listeners('{ name: plain, port: 80, protocol: HTTP, hosts: [b.example.com], redirectToHttps: true }').replace(
        /\n$/,
        '\n    - { name: secure, port: 443, protocol: HTTPS, hosts: [b.example.com], tls: { secret: b-cert } }\n',
      ),
    ),
  },
  {
    code: 'FL0447',
    name: 'permissive-with-rules',
    severity: 'info',
    title: 'callers in plain text are let in and then denied by every rule that names callers',
    explanation:
      'With permissive mTLS a caller without a proxy may connect, but nothing proves who it is. Allow rules with `from` never match it, so it is denied. That is safe, and a surprise in the middle of a migration. It is said once for each place that makes mTLS permissive.',
    bad: intent(
      document('MeshService', 'hats', 'ports: [{ port: 80 }]\nuses: [shoes]'),
      shoes('mtls: permissive\naccess: { allow: [{ from: [{ service: hats }] }] }'),
    ),
    good: intent(service('hats'), shoes('mtls: strict\naccess: { allow: [{ from: [{ service: hats }] }] }')),
  },
  {
    code: 'FL0448',
    name: 'duplicate-use',
    severity: 'warning',
    title: 'a service lists a use twice',
    explanation:
      'The two entries are one. When somebody later removes one of them, the use stays, against their intention. Remove one, or give each its own ports.',
    bad: intent(service('hats'), shoes('uses: [hats, { service: hats, ports: [80] }]')),
    good: intent(service('hats'), shoes('uses: [hats]')),
  },
  {
    code: 'FL0449',
    name: 'uses-itself',
    severity: 'info',
    title: 'a service uses itself',
    explanation:
      'That is right if its instances call each other by the name of the service, as the members of a cluster do, and a slip otherwise.',
    bad: intent(shoes('uses: [shoes]')),
    good: intent(service('hats'), shoes('uses: [hats]')),
  },
  {
    code: 'FL0450',
    name: 'same-versions',
    severity: 'warning',
    title: 'two versions stand for the same instances',
    explanation:
      'Versions are told apart by their labels. With equal labels a split between the two is no split: all of its requests go to the same instances. It is usually a copy whose labels were not changed.',
    bad: intent(shoes('versions: { v1: { version: v1 }, v2: { version: v1 } }')),
    good: intent(shoes('versions: { v1: { version: v1 }, v2: { version: v2 } }')),
  },
] as const satisfies readonly CatalogueEntry[];
