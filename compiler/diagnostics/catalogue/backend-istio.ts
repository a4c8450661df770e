// Codes FL0501 to FL0549: what Istio's API has no words for. Ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { document, intent, shoes } from './examples.ts';

const onPort80 = [
  document('MeshService', 'hats', 'ports: [{ name: http, port: 80 }]'),
  document('MeshService', 'redis', 'ports: [{ name: tcp, port: 80 }]'),
];

export const istioCodes = [
  {
    code: 'FL0501',
    name: 'istio-access-regex',
    severity: 'error',
    title: 'Istio cannot match a regex in access rules',
    explanation:
      'An AuthorizationPolicy knows exact values, prefixes, suffixes and presence, but no regexes. ' +
      'Until the rule is mended, an allow rule with a regex is left out and a deny rule loses the condition, so that both refuse more. ' +
      'List the values, or use a prefix or a suffix.',
    bad: { text: 'an allow rule of the model for paths that match the regex /v[0-9]+/stock' },
    good: intent(shoes('access: { allow: [{ paths: [/v1/stock, /v2/stock] }] }')),
  },
  {
    code: 'FL0502',
    name: 'istio-access-value',
    severity: 'error',
    title: 'Istio would read a value of an access rule as a pattern',
    explanation:
      'In an AuthorizationPolicy a star at either end of a value makes it a pattern, "{*}" and "{**}" make a path template, and nothing can be escaped. ' +
      'A value that is meant literally cannot be written, nor can an empty one.',
    bad: { text: 'an allow rule of the model for the literal path /files/{*}' },
    good: intent(shoes('access: { allow: [{ paths: [/files/*] }] }')),
  },
  {
    code: 'FL0503',
    name: 'istio-header-conditions',
    severity: 'error',
    title: 'Istio cannot require two things of one header in a match',
    explanation:
      'A VirtualService keeps the conditions of a match in a map by header name, so a header has one condition that must hold and one that must not. ' +
      'Write one regex that says both, or spread the conditions over routes.',
    bad: { text: 'a match on header x-user with a prefix and with a suffix' },
    good: { text: 'match: { headers: { x-user: { regex: "qa-.*-eu" } } }' },
  },
  {
    code: 'FL0504',
    name: 'istio-redirect',
    severity: 'error',
    title: 'Istio refuses the redirect',
    explanation:
      'A redirect of a VirtualService must change the path, the host, the scheme or the port, and cannot be combined with a fault. ' +
      'A redirect is answered by the proxy itself: a fault in front of it has nothing to test.',
    bad: { text: 'a redirect with a status and nothing else, or with a fault' },
    good: { text: 'redirect: { path: /new, status: 302 }' },
  },
  {
    code: 'FL0505',
    name: 'istio-cors-max-age',
    severity: 'error',
    title: 'Istio cannot send a CORS max age of zero',
    explanation:
      'Istio takes a duration of zero for a mistake. One second forbids caching of preflight answers nearly as well; without maxAge browsers choose for themselves.',
    bad: intent(shoes('routes: [{ cors: { origins: [https://shop.example.com], maxAge: 0s } }]')),
    good: intent(shoes('routes: [{ cors: { origins: [https://shop.example.com], maxAge: 1s } }]')),
  },
  {
    code: 'FL0506',
    name: 'istio-policy-target',
    severity: 'error',
    title: 'Istio cannot aim a policy at these workloads',
    explanation:
      'An Istio policy applies to workloads of its own namespace, or from the root namespace to the whole mesh. ' +
      'mTLS settings by port need a selector, and mTLS settings in the root namespace cannot have one.',
    bad: { text: 'mTLS by port for a whole namespace' },
    good: { text: 'mTLS by port for the workloads of one service' },
  },
  {
    code: 'FL0507',
    name: 'istio-object-conflict',
    severity: 'error',
    title: 'two objects would have the same kind, namespace and name',
    explanation:
      'Kubernetes keeps one object of a kind under a name: the one applied last would replace the other, and what it says would be lost. ' +
      'This happens when raw Istio YAML stands beside intent for the same service. Rename or remove one of the two. ' +
      'Objects that Fairlead has written are told by their label: they were compiled into the intent folder, and do not belong there.',
    bad: { text: 'a raw VirtualService shop/shoes beside a MeshService shop/shoes' },
    good: { text: 'a raw EnvoyFilter shop/shoes beside a MeshService shop/shoes' },
  },
  {
    code: 'FL0508',
    name: 'istio-wildcard-dns',
    severity: 'error',
    title: 'a wildcard host cannot be resolved by DNS',
    explanation:
      'A ServiceEntry resolved by DNS asks for the address of its host, and "*.example.com" is the name of no single host. ' +
      'Name the hosts one by one, or pass the dialled address through with resolve: none.',
    bad: { text: 'spec: { hosts: ["*.example.com"], resolve: dns }' },
    good: { text: 'spec: { hosts: ["*.example.com"], resolve: none }' },
  },
  {
    code: 'FL0509',
    name: 'istio-egress-scope',
    severity: 'error',
    title: 'Istio cannot scope the calls of a workload like this',
    explanation:
      'A Sidecar selects its workload by labels, an egress listener for one port has one protocol for all its hosts, and no host is without a dot. ' +
      'Give the workload a selector, write the full name of the host, or do not restrict a port that speaks HTTP to one host and something else to another.',
    bad: intent(shoes('uses: [hats, { service: redis, ports: [80] }]'), ...onPort80),
    good: intent(shoes('uses: [hats, redis]'), ...onPort80),
  },
  {
    code: 'FL0510',
    name: 'istio-raw-object',
    severity: 'error',
    title: 'a raw object lacks apiVersion, kind or name',
    explanation:
      'Objects of other kinds are passed on untouched, but Kubernetes must be able to address them. ' +
      'Add what is missing, or move the file out of the intent directory.',
    bad: { text: 'kind: EnvoyFilter' },
    good: { text: '{ apiVersion: networking.istio.io/v1alpha3, kind: EnvoyFilter, metadata: { name: trace } }' },
  },
  {
    code: 'FL0511',
    name: 'istio-gateway-certificate',
    severity: 'error',
    title: 'an HTTPS listener names no secret',
    explanation: 'A gateway cannot terminate TLS without a certificate. Name the secret that holds it.',
    bad: { text: 'listeners: [{ name: web, port: 443, protocol: HTTPS, hosts: [shop.example.com] }]' },
    good: {
      text: 'listeners: [{ name: web, port: 443, protocol: HTTPS, hosts: [shop.example.com], tls: { secret: shop } }]',
    },
  },
  {
    code: 'FL0512',
    name: 'istio-gateway-order',
    severity: 'warning',
    title: 'two services answer the same requests at a gateway',
    explanation:
      'Istio puts the VirtualServices of one gateway host in the order in which they were created, and Git does not know that order. ' +
      'Where the routes of two services hold for the same request and do different things with it, the older object wins. Give the services paths that do not overlap.',
    bad: { text: 'two services that expose path /shop/* and /shop/shoes/* at one host' },
    good: { text: 'two services that expose path /users/* and /shoes/* at one host' },
  },
  {
    code: 'FL0513',
    name: 'istio-authority-twice',
    severity: 'error',
    title: 'a route sets the host more than once',
    explanation:
      'To Istio, setting the header "host" and rewriting the host are the same thing, and it accepts one of them. ' +
      'Keep the rewrite and drop the header operation.',
    bad: { text: '{ rewrite: { host: a.example.com }, headers: { request: { set: { host: b.example.com } } } }' },
    good: { text: '{ rewrite: { host: a.example.com } }' },
  },
  {
    code: 'FL0514',
    name: 'istio-regex-length',
    severity: 'error',
    title: 'a regex is too long for Istio',
    explanation:
      'Istio refuses regexes of more than 1024 characters. Alternatives within one match count together, since they become one regex. ' +
      'Split the condition into several matches.',
    bad: { text: 'a regex that lists three hundred product numbers' },
    good: { text: 'several matches with a part of the numbers each' },
  },
  {
    code: 'FL0515',
    name: 'istio-empty-header',
    severity: 'error',
    title: 'Istio cannot set a header to an empty value',
    explanation:
      'Envoy leaves out headers without a value unless told to keep them, and Istio has no field to tell it. ' +
      'Remove the header instead, or give it a value.',
    bad: intent(shoes('routes: [{ headers: { request: { set: { x-user: "" } } } }]')),
    good: intent(shoes('routes: [{ headers: { request: { remove: [x-user] } } }]')),
  },
  {
    code: 'FL0516',
    name: 'istio-condition',
    severity: 'error',
    title: 'Istio has no words for a condition here',
    explanation:
      'Istio knows each kind of condition in some places only: a route asks for path, method, headers and port, and can negate headers alone; ' +
      'the source of an access rule asks who calls, its operation asks for port, method and path, and headers stand in its `when`. ' +
      'Until the condition is mended, a match or an allow rule with it is left out and a deny rule loses it, so that access rules refuse more. ' +
      'Say it with conditions that Istio has in that place.',
    bad: { text: 'a route of the model for all methods but GET' },
    good: { text: 'a route for the methods POST, PUT and DELETE' },
  },
  {
    code: 'FL0517',
    name: 'istio-mtls-mixed',
    severity: 'error',
    title: 'workloads of one service differ in mutual TLS where it is off for all',
    explanation:
      'Istio finds out for each instance whether it takes mutual TLS, unless it is off for the mesh or the namespace: then callers are told once ' +
      'a service port, and a service whose workloads differ cannot be told right. ' +
      'Let all of its workloads demand the same, or set mtls: permissive for the mesh, which leaves it to each workload.',
    bad: {
      text: 'in a mesh with mtls: off, a service that selects a workload of its own, which is strict, and one of another, which is not',
    },
    good: { text: 'the same in a mesh with mtls: permissive' },
  },
  {
    code: 'FL0518',
    name: 'istio-gateways-overlap',
    severity: 'error',
    title: 'gateways share some of their proxies only',
    explanation:
      'Istio binds routes to a Gateway, wherever that is served. Where one gateway runs on proxies that serve another gateway too and on ' +
      'proxies that do not, routes of the other that hold for hosts of the first would be served by all of them. ' +
      'Give the gateways selectors that choose the same proxies, or none in common.',
    bad: {
      text: 'gateway a serves *.example.com at the proxies { edge: yes }, gateway b routes x.example.com and runs on { edge: yes, zone: inner } alone',
    },
    good: { text: 'both gateways run on the proxies { edge: yes }' },
  },
  {
    code: 'FL0519',
    name: 'istio-certificate-shared',
    severity: 'warning',
    title: 'hosts that Istio serves apart may be asked for on one connection',
    explanation:
      'A client may send requests for any host that a certificate names on one HTTP/2 connection: for all hosts of listeners with one secret, and on that of `*.example.com` for `a.example.com` too, whatever its own secret. ' +
      'Istio answers them from the listener that the connection was made for: a host that this one does not name is 404, and one under its wildcard, with a Gateway object of its own, meets the routes of the wildcard. ' +
      'Name hosts of one certificate in one listener, or give them certificates of their own; serve a wildcard and a host under it at different addresses, or name the hosts one by one. Our own proxies go by the Host header alone.',
    bad: intent(
      document(
        'MeshGateway',
        'public',
        'listeners: [{ name: tls, port: 443, protocol: HTTPS, hosts: [a.example.com, "*.example.com"], tls: { secret: any } }]',
      ),
      shoes('expose: [{ gateway: public, host: a.example.com }]'),
      document('MeshService', 'hats', 'ports: [{ port: 80 }]\nexpose: [{ gateway: public, host: "*.example.com" }]'),
    ),
    good: intent(
      document(
        'MeshGateway',
        'public',
        'listeners: [{ name: tls, port: 443, protocol: HTTPS, hosts: [a.example.com, b.example.com], tls: { secret: both } }]',
      ),
      shoes('expose: [{ gateway: public, host: a.example.com }]'),
      document('MeshService', 'hats', 'ports: [{ port: 80 }]\nexpose: [{ gateway: public, host: b.example.com }]'),
    ),
  },
  {
    code: 'FL0520',
    name: 'istio-short-host',
    severity: 'error',
    title: 'Istio takes no host without a dot at a gateway',
    explanation:
      'A Gateway names hosts in full, or all of them by `*`: Istio refuses the object otherwise. Our own control plane takes names like `localhost`.',
    bad: intent(
      document('MeshGateway', 'public', 'listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [localhost] }]'),
    ),
    good: intent(
      document(
        'MeshGateway',
        'public',
        'listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [shop.localhost] }]',
      ),
    ),
  },
] as const satisfies readonly CatalogueEntry[];
