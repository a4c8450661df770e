// Codes FL0451 to FL0459: what gateways share and mirrors meet. Ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { document, intent, shoes } from './examples.ts';

const ingress = (namespace: string, label: string) =>
  document(
    'MeshGateway',
    'ingress',
    `selector: { ${label} }\nlisteners: [{ name: web, port: 80, protocol: HTTP, hosts: [${namespace}.example.com] }]`,
  ).replace('namespace: shop', `namespace: ${namespace}`);
const next = (access: string) => document('MeshService', 'next', `ports: [{ port: 80 }]\n${access}`);
const hats = document('MeshService', 'hats', 'ports: [{ port: 80 }]\nuses: [shoes]');

export const sharedMeaningCodes = [
  {
    code: 'FL0451',
    name: 'shared-gateways',
    severity: 'info',
    title: 'two gateways run on the same proxies',
    explanation:
      "A gateway's selector chooses proxies in every namespace, as Istio's does. Gateways that choose the same ones are served by each of them together: hosts, certificates and routes of both at every address of both, and services see the identity of the proxy, not that of the gateway that names the host. That is how one ingress is shared by many teams; where it is not meant, one team's hosts are open at another team's address.",
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
] as const satisfies readonly CatalogueEntry[];
