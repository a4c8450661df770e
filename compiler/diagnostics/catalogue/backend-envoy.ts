// Codes FL0550 to FL0599: what the Envoy back end cannot express, or found wrong with what it made.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const envoyCodes = [
  {
    code: 'FL0550',
    name: 'envoy-dangling-reference',
    severity: 'error',
    title: 'a resource names another that the proxy is not given',
    explanation:
      'A route, listener or cluster of a proxy names a cluster, route configuration, secret or endpoint list that is not part of the same snapshot. ' +
      'Envoy would wait for it, or answer requests with 503. ' +
      'The usual cause is a destination in raw Istio YAML that no service of the mesh has; in intent the reference checks (FL03) find it first.',
    bad: {
      text: 'a VirtualService sends traffic to port 8081 of shoes.shop.svc.cluster.local, which has port 80 only',
    },
    good: { text: 'the VirtualService sends traffic to port 80 of shoes.shop.svc.cluster.local' },
  },
  {
    code: 'FL0551',
    name: 'envoy-repeated-resource',
    severity: 'error',
    title: 'a proxy is given two resources of one type with one name',
    explanation:
      'Envoy knows listeners, clusters and route configurations by name and refuses an update that has a name twice. ' +
      'Nothing of the update would then take effect. The names come from hosts and ports, so two objects of the mesh claim the same host and port.',
    bad: { text: 'two listeners named outbound_tcp_db.shop.svc.cluster.local_5432 in one snapshot' },
    good: { text: 'one listener for db.shop.svc.cluster.local and one for reports.shop.svc.cluster.local' },
  },
  {
    code: 'FL0552',
    name: 'envoy-tcp-port-shared',
    severity: 'error',
    title: 'a workload uses two services on one TCP port that nothing tells apart',
    explanation:
      'An HTTP request names its host and a TLS connection its server name, but a plain TCP connection says only where it goes. ' +
      'Two TCP services on one port, or a TCP and an HTTP service, can be told apart only by fixed addresses. ' +
      'Without them one service would get the traffic of the other, so only the first by host is served. Give one of them another port. ' +
      'Nor are two told apart that have the same address and port: where one of them is TCP, everything that is sent to the address goes there before anybody reads it: requests for the other, and its TLS. TLS that the proxy would add to them is left out.',
    bad: {
      text: 'shop/inventory uses postgres.shop and ledger.billing, both TCP on port 5432 and both without addresses',
    },
    good: { text: 'ledger.billing is on port 5433, or both are MeshWorkloads with an address' },
  },
  {
    code: 'FL0553',
    name: 'envoy-workload-port-protocols',
    severity: 'error',
    title: 'two ports of services give one workload port different protocols',
    explanation:
      'A sidecar has one listener for each port of its workload and speaks one protocol to the application there: HTTP/1.1, HTTP/2 (which GRPC is too) or bytes. ' +
      'When two ports, of one service or of two that select the workload, disagree about it, the first of a service and the first service by host decide (under Istio the oldest service). ' +
      'Then access rules with HTTP conditions may not apply as written, gRPC comes as HTTP/1.1, and WebSocket ends requests of others. ' +
      'Give both the same protocol, or another targetPort.',
    bad: {
      text: 'services shoes and shoes-raw select app: shoes; targetPort 8080 is HTTP for one and TCP, or GRPC, for the other',
    },
    good: { text: 'both services call targetPort 8080 HTTP' },
  },
  {
    code: 'FL0554',
    name: 'envoy-gateway-port-conflict',
    severity: 'error',
    title: 'listeners of two gateways of one proxy exclude each other',
    explanation:
      'A gateway port speaks either HTTP or HTTPS, and for each server name it presents one certificate. ' +
      'Envoy refuses a listener in which a server name occurs twice. Where one proxy serves several gateways, the first of two listeners ' +
      'that exclude each other keeps the port or the name, and the other is not served. Put them on different ports, or give them proxies of their own.',
    bad: {
      text: 'gateways edge/public and edge/partners select the same pods; one has HTTP on port 443, the other HTTPS',
    },
    good: { text: 'edge/partners selects pods of its own' },
  },
  {
    code: 'FL0555',
    name: 'envoy-mixed-proxies',
    severity: 'warning',
    title: 'a service has workloads with and without a proxy',
    explanation:
      'Callers use mutual TLS towards a service whose workloads have a proxy, and a workload without one cannot answer that. To a machine, whose ' +
      'address is known, they speak plain text: what reaches it is neither encrypted nor held to the access rules of the service. Requests ' +
      'that reach any other workload without a proxy fail. Give all workloads of the service a proxy, or make two services of it.',
    bad: { text: 'service shoes selects workload shoes-v1 (sidecar) and workload shoes-legacy (no proxy)' },
    good: { text: 'service shoes selects shoes-v1 only; shoes-legacy has a service of its own' },
  },
  {
    code: 'FL0556',
    name: 'envoy-cors-on-redirect',
    severity: 'warning',
    title: 'a CORS policy on a redirect has no effect',
    explanation:
      'Envoy, and Istio with it, skips its CORS filter on routes that redirect: a preflight gets the redirect as its answer, ' +
      'and browsers refuse a redirected preflight. Set the policy on the route that the redirect leads to, or rewrite the path in place of redirecting.',
    bad: { text: 'a route with `redirect: { path: /new }` and `cors: { origins: [...] }`' },
    good: { text: 'the route redirects only; the route for /new has the cors policy' },
  },
  {
    code: 'FL0557',
    name: 'envoy-condition',
    severity: 'error',
    title: 'Envoy has no words for a condition here',
    explanation:
      'Envoy knows each kind of condition in some places only. It chooses a route before anybody asks who calls, and a route has room for one positive ' +
      'statement about the path; of a TCP connection the caller sees no more than the port; and what an access rule asks of the request cannot name the caller. ' +
      'Until the condition is mended, a match or an allow rule with it is left out and a deny rule loses it, so that access rules refuse more. ' +
      'Say it with conditions that Envoy has in that place.',
    bad: { text: 'a route that only takes requests of the principal cluster.local/ns/shop/sa/checkout' },
    good: { text: 'an access rule of the service behind the route that allows that principal' },
  },
] as const satisfies readonly CatalogueEntry[];
