// Codes FL03..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { document, intent, publicGateway, service, shoes } from './examples.ts';

const meshDocument = (name: string) =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: Mesh\nmetadata: { name: ${name} }\nspec: {}\n`;
const stripe = document(
  'ExternalService',
  'stripe',
  'hosts: [api.stripe.com]\nports: [{ port: 443, protocol: HTTPS }]\nresolve: dns',
);
const postgres = document('MeshWorkload', 'postgres', 'address: 10.128.0.7\nports: [{ port: 5432, protocol: TCP }]');
const test = (from: string) =>
  document('MeshTest', 'shoes', `cases: [{ from: ${from}, request: GET http://shoes/, expect: { denied: egress } }]`);

export const referencesCodes = [
  {
    code: 'FL0301',
    name: 'duplicate-name',
    severity: 'error',
    title: 'two objects have the same name',
    explanation:
      'Services, external services, workloads and gateways share one set of names in a namespace, because each is reached and referred to by its name. ' +
      'Tests have a set of their own. Rename or remove one.',
    bad: intent(service('shoes'), service('shoes')),
    good: intent(service('shoes'), service('hats')),
  },
  {
    code: 'FL0302',
    name: 'unknown-service',
    severity: 'error',
    title: 'a service that is referred to does not exist',
    explanation:
      'A plain name means a service of the same namespace; `namespace/name` one of another. The hint names the one that was probably meant. Where several references agree on a name that nothing has, and none names a service of nearly that name, it is told once, at that service.',
    bad: intent(shoes('uses: [hat]'), service('hats')),
    good: intent(shoes('uses: [hats]'), service('hats')),
  },
  {
    code: 'FL0303',
    name: 'unknown-version',
    severity: 'error',
    title: 'a version that is referred to does not exist',
    explanation:
      'Versions are declared by the service itself, under `spec.versions`. Requests sent to a version that does not exist would be answered 503.',
    bad: intent(shoes('versions: { v1: { version: v1 } }\nroutes: [{ to: [{ version: v2 }] }]')),
    good: intent(shoes('versions: { v1: { version: v1 } }\nroutes: [{ to: [{ version: v1 }] }]')),
  },
  {
    code: 'FL0304',
    name: 'unknown-gateway',
    severity: 'error',
    title: 'a gateway that is referred to does not exist',
    explanation: 'Gateways are objects of kind MeshGateway, named `name` in the same namespace or `namespace/name`.',
    bad: intent(shoes('expose: [{ gateway: pubic, host: shop.example.com }]'), publicGateway),
    good: intent(shoes('expose: [{ gateway: public, host: shop.example.com }]'), publicGateway),
  },
  {
    code: 'FL0305',
    name: 'unknown-external-service',
    severity: 'error',
    title: 'an external service that is referred to does not exist',
    explanation:
      'What is outside the mesh is declared by an object of kind ExternalService and used by its name, not by its host.',
    bad: intent(shoes('uses: [{ external: strype }]'), stripe),
    good: intent(shoes('uses: [{ external: stripe }]'), stripe),
  },
  {
    code: 'FL0306',
    name: 'unknown-workload',
    severity: 'error',
    title: 'a workload that is referred to does not exist',
    explanation: 'Workloads that are not pods are declared by objects of kind MeshWorkload.',
    bad: intent(shoes('uses: [{ workload: postgress }]'), postgres),
    good: intent(shoes('uses: [{ workload: postgres }]'), postgres),
  },
  {
    code: 'FL0307',
    name: 'unknown-namespace',
    severity: 'warning',
    title: 'a namespace looks like a misspelt one',
    explanation:
      'An access rule names a namespace in which no service stands, and one with nearly that name exists. Namespaces outside the repository are fine; their names just should not be so close.',
    bad: intent(shoes('access: { allow: [{ from: [{ namespace: shpo }] }] }')),
    good: intent(shoes('access: { allow: [{ from: [{ namespace: shop }] }] }')),
  },
  {
    code: 'FL0308',
    name: 'unknown-port',
    severity: 'error',
    title: 'a port that is referred to does not exist',
    explanation: 'Ports are referred to by the number that callers dial, as listed under `ports` of the service.',
    bad: intent(shoes('uses: [{ service: hats, ports: [8080] }]'), service('hats')),
    good: intent(shoes('uses: [{ service: hats, ports: [80] }]'), service('hats')),
  },
  {
    code: 'FL0309',
    name: 'unknown-caller',
    severity: 'error',
    title: 'the caller of a test does not exist',
    explanation:
      'A test is run from a service, a workload or a gateway, or from `outside`: a caller without identity that reaches gateways only.',
    bad: intent(shoes(''), service('hats'), test('hat')),
    good: intent(shoes(''), service('hats'), test('hats')),
  },
  {
    code: 'FL0310',
    name: 'host-not-served',
    severity: 'error',
    title: 'a service is exposed at a host that no listener of the gateway serves',
    explanation:
      'The gateway decides which hosts it serves; a service can only be exposed at one of them. Otherwise every request would be answered 404.',
    bad: intent(shoes('expose: [{ gateway: public, host: shop.example.org }]'), publicGateway),
    good: intent(shoes('expose: [{ gateway: public, host: shop.example.com }]'), publicGateway),
  },
  {
    code: 'FL0311',
    name: 'second-mesh',
    severity: 'error',
    title: 'a repository describes one mesh',
    explanation: 'Mesh-wide settings exist once. With two Mesh objects nobody could say which defaults a service gets.',
    bad: intent(meshDocument('shop'), meshDocument('store'), service('shoes')),
    good: intent(meshDocument('shop'), service('shoes')),
  },
  {
    code: 'FL0312',
    name: 'duplicate-host',
    severity: 'error',
    title: 'two services have the same host',
    explanation:
      'A request finds its service by host. Two services with one host would take each other’s requests, differently in every proxy.',
    bad: intent(stripe, stripe.replace('name: stripe', 'name: payments')),
    good: intent(stripe, stripe.replace('name: stripe', 'name: payments').replace('api.stripe.com', 'pay.example.com')),
  },
  {
    code: 'FL0313',
    name: 'duplicate-port',
    severity: 'error',
    title: 'two ports of one object have the same number or name',
    explanation:
      'Callers dial numbers and Kubernetes refers to names, so both are unique. A port without a name is called after its protocol.',
    bad: intent(shoes('ports: [{ name: http, port: 80 }, { name: http-admin, port: 80 }]')),
    good: intent(shoes('ports: [{ name: http, port: 80 }, { name: http-admin, port: 9000 }]')),
  },
  {
    code: 'FL0314',
    name: 'duplicate-route-name',
    severity: 'error',
    title: 'two routes of a service have the same name',
    explanation:
      'Access logs and `fairlead explain` name routes, so each name is given once. `default` is the name of the route that is added when no other catches everything.',
    bad: intent(shoes('routes: [{ name: a, match: { path: /a } }, { name: a, match: { path: /b } }]')),
    good: intent(shoes('routes: [{ name: a, match: { path: /a } }, { name: b, match: { path: /b } }]')),
  },
] as const satisfies readonly CatalogueEntry[];
