// Codes FL0451 to FL0469: what gateways share, what mirrors and preflights meet, rules that are split, ports that proxies do not serve, wildcards, and addresses that nobody looks up. Ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { document, intent, shoes } from './examples.ts';

const ingress = (namespace: string, label: string, host = `${namespace}.example.com`) =>
  document(
    'MeshGateway',
    'ingress',
    `selector: { ${label} }\nlisteners: [{ name: web, port: 80, protocol: HTTP, hosts: [${host}] }]`,
  ).replace('namespace: shop', `namespace: ${namespace}`);
const next = (access: string) => document('MeshService', 'next', `ports: [{ port: 80 }]\n${access}`);
const hats = document('MeshService', 'hats', 'ports: [{ port: 80 }]\nuses: [shoes]');
const legacy = 'ports: [{ name: http, port: 80 }]\nresolve: none';
const testOf = (host: string) =>
  document('MeshTest', 'hats', `cases: [{ from: hats, request: GET http://${host}/, expect: { denied: egress } }]`);

export const sharedMeaningCodes = [
  {
    code: 'FL0451',
    name: 'shared-gateways',
    severity: 'info',
    title: 'two gateways run on the same proxies',
    explanation:
      "A gateway's selector chooses proxies in every namespace, its own and others, as Istio's does. Gateways that choose the same ones are served by each of them together: hosts, certificates and routes of both at every address of both, and services see the identity of the proxy, not that of the gateway that names the host. That is how one ingress is shared by many teams; where it is not meant, one team's hosts are open at another team's address.",
    bad: intent(...['edge', 'shop'].map((namespace) => ingress(namespace, 'istio: ingressgateway'))),
    good: intent(...['edge', 'shop'].map((namespace) => ingress(namespace, `gateway: ${namespace}`))),
  },
  {
    code: 'FL0452',
    name: 'refused-mirror',
    severity: 'warning',
    title: 'every copy that a mirror sends is refused',
    explanation:
      'A copy of a request is sent by the proxy of the caller, as the caller, and nobody looks at its answer. Where the access rules of the service it goes to let none of the callers in, the mirror shows nothing but denials, and no error tells of it.',
    bad: intent(
      next('access: { allow: [] }'),
      hats,
      shoes('routes: [{ mirror: [{ to: { service: next }, on: 20% }] }]'),
    ),
    good: intent(
      next('access: { allow: [{ from: [{ service: hats }] }] }'),
      hats,
      shoes('routes: [{ mirror: [{ to: { service: next }, on: 20% }] }]'),
    ),
  },
  {
    code: 'FL0453',
    name: 'unknown-test-host',
    severity: 'error',
    title: 'a test asks for a host that nothing declares',
    explanation:
      'A request to a host that does not exist is denied for that alone, so a test that expects a denial would hold whatever the rules say. ' +
      'Refused are names that only the mesh could know (a single label, a name in one of its namespaces, or below `svc`), and hosts one slip away from a declared one. ' +
      'Any other host is outside the mesh, and that it is denied may be tested.',
    bad: intent(shoes(''), hats, testOf('sheos')),
    good: intent(shoes(''), hats, testOf('unknown.example.com')),
  },
  {
    code: 'FL0454',
    name: 'caller-without-uses',
    severity: 'warning',
    title: 'a caller is let in that never gets there',
    explanation:
      'An allow rule names a service whose `uses` do not lead to this one, not by a route of another service either. Its proxy answers 502 before anybody asks the rule, ' +
      'which so opens nothing today and a door nobody thinks of on the day somebody adds the use. Callers outside this repository are not judged.',
    bad: intent(
      shoes('access: { allow: [{ from: [{ service: hats }] }] }'),
      document('MeshService', 'hats', 'ports: [{ port: 80 }]'),
    ),
    good: intent(shoes('access: { allow: [{ from: [{ service: hats }] }] }'), hats),
  },
  {
    code: 'FL0455',
    name: 'shared-tcp-port',
    severity: 'warning',
    title: 'two services on one TCP port are told apart by Istio only',
    explanation:
      'A TCP connection says only where it goes. Under Istio each service of the cluster has an address and a listener of its own, so two caches on one port are no trouble. ' +
      'A control plane of Fairlead does not know cluster addresses: for the target `envoy` the same is the error FL0552.',
    bad: { text: 'shop/cart uses sessions.shop and prices.shop, both MeshServices with a TCP port 6379' },
    good: { text: 'prices.shop is on port 6380, or Istio is the target: fairlead compile --target istio' },
  },
  {
    code: 'FL0456',
    name: 'split-rule',
    severity: 'warning',
    title: 'who may call and what may be asked stand in two rules',
    explanation:
      'Rules of a list are alternatives, and any of them is enough. One that names callers alone lets them ask anything, and one beside it that names paths or methods alone lets anybody ask that. ' +
      'Mostly one rule was meant, with both. If two are meant, write the one for everybody first. Nothing is said of what is denied, of reading (GET, HEAD) exact paths, and of paths of probes such as /healthz.',
    bad: intent(shoes('access: { allow: [{ from: [{ service: hats }] }, { paths: [/stock/*] }] }'), hats),
    good: intent(shoes('access: { allow: [{ from: [{ service: hats }], paths: [/stock/*] }] }'), hats),
  },
  {
    code: 'FL0457',
    name: 'missed-preflight',
    severity: 'warning',
    title: 'no preflight gets to a route with CORS',
    explanation:
      'Before a page sends a request that a form could not send, the browser asks by OPTIONS, without the headers that the page adds. A route that takes only other methods, or asks for such a header, never sees that question: ' +
      'another route does, or none, and the browser gives up. Let the match take OPTIONS on the same path as well.',
    bad: intent(
      shoes(
        'routes: [{ match: { path: /pay, methods: [POST] }, cors: { origins: ["https://shop.example.com"], methods: [POST] } }]',
      ),
    ),
    good: intent(
      shoes(
        'routes: [{ match: { path: /pay, methods: [POST, OPTIONS] }, cors: { origins: ["https://shop.example.com"], methods: [POST] } }]',
      ),
    ),
  },
  {
    code: 'FL0458',
    name: 'rule-for-shared-target-port',
    severity: 'warning',
    title: 'an access rule names one port of two that lead to the same target port',
    explanation:
      'Rules act where the workload listens, and the proxy there does not learn by which port of the service a caller came. A rule with `ports: [80]` so holds for port 8000 too where both lead to 8080. ' +
      'Name both, which says what happens, or let the workload listen on a port of its own for each.',
    bad: intent(
      shoes(
        'ports: [{ port: 80, targetPort: 8080 }, { name: http-admin, port: 8000, targetPort: 8080 }]\naccess: { allow: [{ ports: [80] }] }',
      ),
    ),
    good: intent(
      shoes(
        'ports: [{ port: 80, targetPort: 8080 }, { name: http-admin, port: 8000, targetPort: 9000 }]\naccess: { allow: [{ ports: [80] }] }',
      ),
    ),
  },
  {
    code: 'FL0459',
    name: 'abort-without-body',
    severity: 'warning',
    title: 'a fault aborts with a status that has no body',
    explanation:
      'Envoy sends the text "fault filter abort" with every abort, also where HTTP knows no body (204, 304). A client takes those bytes for the beginning of the next answer on the connection. ' +
      'Abort with a status that has a body.',
    bad: intent(shoes('routes: [{ fault: { abort: { status: 204 } } }]')),
    good: intent(shoes('routes: [{ fault: { abort: { status: 503 } } }]')),
  },
  {
    code: 'FL0460',
    name: 'header-beside-cors',
    severity: 'warning',
    title: 'a route edits a response header that its CORS policy writes',
    explanation:
      "The CORS policy of a route marks answers to origins that it allows after the route's own header operations: `access-control-allow-origin`, and `access-control-allow-credentials` and `access-control-expose-headers` where the policy speaks of them. " +
      'What the route sets, adds or removes of these has an effect for other origins only.',
    bad: intent(
      shoes(
        "routes: [{ cors: { origins: [https://a.example] }, headers: { response: { set: { access-control-allow-origin: '*' } } } }]",
      ),
    ),
    good: intent(shoes('routes: [{ cors: { origins: [https://a.example] } }]')),
  },
  {
    code: 'FL0461',
    name: 'rule-beside-routes',
    severity: 'warning',
    title: 'an access rule names a path that no route brings',
    explanation:
      "Access is decided on the request as the caller's proxy sends it on. What routes always rewrite, redirect or send to another service never arrives as it was written, by whatever host or gateway, and a rule about it lets in or denies nothing: it is open what the rule was meant to close. " +
      'Name the path as it arrives. Where mTLS is not strict, callers without a proxy may still ask for it, and nothing is said.',
    bad: intent(
      shoes(
        'routes: [{ match: { path: /api/* }, rewrite: { path: /v1/ } }]\naccess: { deny: [{ paths: [/api/admin/*] }] }',
      ),
    ),
    good: intent(
      shoes(
        'routes: [{ match: { path: /api/* }, rewrite: { path: /v1/ } }]\naccess: { deny: [{ paths: [/v1/admin/*] }] }',
      ),
    ),
  },
  {
    code: 'FL0462',
    name: 'port-of-proxy',
    severity: 'error',
    title: 'a port that proxies keep for themselves',
    explanation:
      'A sidecar listens on ports of its own beside the application. What comes to 15020, 15021 and 15090 (probes and metrics), and under Istio to 15008, is not redirected to it: an application there is reached without mTLS and past all access rules. ' +
      'On 15000, 15001, 15006, and under Istio on 15004, no application can listen. A service whose callers dial 15001, 15006, 15020, 15021 or 15090 would need a listener there in the proxy of each caller, where that has its own. ' +
      "Gateways keep 15000, 15004, 15020, 15021 and 15090. To scrape a proxy's metrics, no service is needed.",
    bad: intent(shoes('ports: [{ port: 80, targetPort: 15020 }]')),
    good: intent(shoes('ports: [{ port: 80, targetPort: 8080 }]')),
  },
  {
    code: 'FL0463',
    name: 'protocol-not-served',
    severity: 'error',
    title: 'the name of a port says gRPC-Web or UDP',
    explanation:
      'Istio takes a port whose name, or `appProtocol`, begins with `grpc-web` for HTTP/2 with a filter that translates gRPC-Web to gRPC, so an application that speaks HTTP/1.1 is answered 502. Fairlead does not know that filter. UDP is not carried by any proxy, and under Istio a port that is called so is closed to TCP. ' +
      'The name of the port of the Kubernetes Service has to change as well.',
    bad: intent(shoes('ports: [{ name: grpc-web, port: 80 }]')),
    good: intent(shoes('ports: [{ name: grpc, port: 80 }]')),
  },
  {
    code: 'FL0464',
    name: 'cors-pattern-opens',
    severity: 'warning',
    title: 'a pattern for origins lets in all of them',
    explanation:
      'Envoy asks each match of a CORS policy for the text `*` before it asks it for the origin. A pattern that matches this text, as `[^/]+` and `.{1,10}` do, so lets in every website, whatever else it asks. Begin it as the origins begin, with `https://`; write `*` where all are meant.',
    bad: intent(shoes('routes: [{ cors: { origins: [{ regex: "[^/]+" }] } }]')),
    good: intent(shoes('routes: [{ cors: { origins: [{ regex: "https://[^/]+" }] } }]')),
  },
  {
    code: 'FL0465',
    name: 'cluster-wildcard',
    severity: 'error',
    title: 'a wildcard for hosts outside the mesh stands for Services of the cluster',
    explanation:
      'The names of a Kubernetes Service are `db.shop.svc.cluster.local`, `db.shop.svc`, `db.shop` and, in its own namespace, `db`. Istio shortens a wildcard such as `*.shop.svc.cluster.local` in the same way: ' +
      'in the namespace shop it then stands for `*`, which is every host there is, or makes proxies refuse their configuration. Name the hosts one by one. What is in the mesh has a MeshService, and is used by its name.',
    bad: intent(document('ExternalService', 'legacy', `hosts: ["*.old.svc.cluster.local"]\n${legacy}`)),
    good: intent(document('ExternalService', 'legacy', `hosts: [crm.old.svc.cluster.local]\n${legacy}`)),
  },
  {
    code: 'FL0466',
    name: 'route-to-dialled-address',
    severity: 'error',
    title: 'a route leads to a service that has no address but the one that its callers dial',
    explanation:
      'With `resolve: none` a proxy sends connections on to the address, and the port, that the caller dialled. Who takes a route of another host dialled that host, so the requests, or copies of them, would go there and not to the service; ' +
      "a gateway's clients dialled the gateway, and it would answer 503. Let the service be looked up (`resolve: dns`) or give it addresses (`static`), or let callers use it by its own name.",
    bad: intent(
      document('ExternalService', 'legacy', `hosts: [crm.example.com]\n${legacy}`),
      shoes('routes: [{ match: { path: /crm/* }, to: [{ external: legacy }] }]\nuses: [{ external: legacy }]'),
    ),
    good: intent(
      document('ExternalService', 'legacy', `hosts: [crm.example.com]\n${legacy.replace('none', 'dns')}`),
      shoes('routes: [{ match: { path: /crm/* }, to: [{ external: legacy }] }]\nuses: [{ external: legacy }]'),
    ),
  },
  {
    code: 'FL0469',
    name: 'reserved-host',
    severity: 'error',
    title: "a gateway serves a name that is somebody else's",
    explanation:
      'Names below `fairlead.internal` are those by which proxies know their control plane, names below `cluster.local` are those of services in the cluster, and `localhost`, where it has a certificate, is every machine itself. A gateway with a certificate for one of them could pose as what it names. No authority of ours issues such a certificate, and no gateway serves such a host.',
    bad: intent(ingress('edge', 'gateway: edge', 'control-plane.fairlead.internal')),
    good: intent(ingress('edge', 'gateway: edge', 'shop.example.com')),
  },
] as const satisfies readonly CatalogueEntry[];
