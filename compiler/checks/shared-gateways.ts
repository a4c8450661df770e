// Gateways are served by the proxies that their selectors choose, whatever namespace those are in: two may turn out to be one.
import { type Gateway, gatewaysOn, keyOf, runsGateway } from '../model/index.ts';
import type { Check } from './check.ts';

export const sharedGateways: Check = {
  name: 'shared-gateways',
  codes: ['FL0451'],
  reads: ['gateways', 'workloads'],
  check({ mesh }, report, placeOf) {
    const partners = new Map<Gateway, Set<Gateway>>();
    for (const workload of mesh.workloads.filter(runsGateway)) {
      const gateways = gatewaysOn(workload, mesh.gateways);
      for (const gateway of gateways) {
        const others = gateways.filter((other) => other !== gateway);
        partners.set(gateway, new Set([...(partners.get(gateway) ?? []), ...others]));
      }
    }
    for (const gateway of mesh.gateways) {
      const earlier = [...(partners.get(gateway) ?? [])].filter((other) => keyOf(other) < keyOf(gateway));
      if (earlier.length === 0) continue;
      report('FL0451', {
        message: `gateway ${keyOf(gateway)} and ${earlier.map(keyOf).join(' and ')} run on the same proxies, which serve the hosts of all of them`,
        span: placeOf(gateway.origin),
        related: earlier.map((other) => ({ message: `with ${selectorText(other)}`, span: placeOf(other.origin) })),
        hint: 'give them selectors that choose different proxies, if that is not meant',
      });
    }
  },
};

function selectorText({ selector }: Gateway): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
