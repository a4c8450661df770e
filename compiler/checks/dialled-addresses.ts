// What has no address but the one that its caller dialled gets no requests that were made to anything else.
import {
  featuresOf,
  hostOf,
  keepsDialledAddress,
  type Origin,
  placeOfSetting,
  type RouteTable,
  type Service,
} from '../model/index.ts';
import type { Check } from './check.ts';

export const dialledAddresses: Check = {
  name: 'dialled-addresses',
  codes: ['FL0466'],
  reads: ['services', 'routeTables'],
  check({ mesh }, report, placeOf) {
    const unresolved = new Map(
      mesh.services.filter(keepsDialledAddress).flatMap((service) => service.hosts.map((host) => [host, service])),
    );
    if (unresolved.size === 0) return;
    // The routes of an exposed service stand in the tables of its gateways as well, and are better told of by the host of the service.
    const told = new Set<Origin>();
    for (const table of mesh.routeTables.toSorted((a, b) => Number(b.attach.mesh) - Number(a.attach.mesh))) {
      for (const { host, origin } of targetsOf(table)) {
        const service = unresolved.get(host);
        if (!service || isDialled(service, table) || told.has(origin)) continue;
        told.add(origin);
        report('FL0466', {
          message: `${hostOf(service)} has no address but the one that its callers dial, and the callers of ${table.hosts.join(', ')} dial another`,
          span: placeOf(origin, service.name),
          related: [{ message: 'nobody looks it up', span: placeOfSetting(service, 'resolution') }],
          hint: 'give it `resolve: dns`, or `static` with addresses; or let callers use it by its own name',
        });
      }
    }
  },
};

interface Target {
  readonly host: string;
  readonly origin: Origin;
}

function targetsOf({ http, tcp }: RouteTable): readonly Target[] {
  const ofHttp = http.flatMap((route): readonly Target[] => [
    ...(route.action.kind === 'ForwardAction' ? route.action.destinations : []),
    ...featuresOf(route, 'Mirror'),
  ]);
  return [...ofHttp, ...tcp.flatMap(({ destinations }) => destinations)];
}

/** Whether who meets the table dialled the service. To a gateway the connection was made itself. */
function isDialled({ hosts }: Service, { hosts: named, attach }: RouteTable): boolean {
  return attach.gateways.length === 0 && named.every((host) => hosts.includes(host));
}
