// A request finds its service by host, so a host belongs to one service.
import { keyOf, type Service } from '../model/index.ts';
import type { Check } from './check.ts';

export const duplicateHosts: Check = {
  name: 'duplicate-host',
  codes: ['FL0312'],
  reads: ['services'],
  check({ mesh }, report, placeOf) {
    const owners = new Map<string, Service>();
    for (const service of mesh.services) {
      for (const host of service.hosts) {
        const first = owners.get(host);
        owners.set(host, first ?? service);
        if (!first || first === service) continue;
        report('FL0312', {
          message: `host "${host}" belongs to ${keyOf(first)} and to ${keyOf(service)}`,
          span: placeOf(service.origin, host),
          related: [{ message: 'the other one', span: placeOf(first.origin, host) }],
          hint: 'remove the host from one of the two',
        });
      }
    }
  },
};
