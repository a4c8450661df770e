// Objects that are made for a service or a host get names of their own; two of one kind must not get the same.
import { keyOf, type Origin } from '../model/index.ts';
import type { Check } from './check.ts';

interface Named {
  readonly name: string;
  readonly namespace: string;
  readonly origin: Origin;
}

export const generatedNames: Check = {
  name: 'generated-name',
  codes: ['FL0445'],
  reads: ['routeTables', 'peerAuthentications', 'authorizationPolicies'],
  check({ mesh }, report, placeOf) {
    const lists: Readonly<Record<string, readonly Named[]>> = {
      'route tables': mesh.routeTables,
      'mTLS policies': mesh.peerAuthentications,
      'access policies': mesh.authorizationPolicies,
    };
    for (const [kind, named] of Object.entries(lists)) {
      const owners = new Map<string, Named>();
      for (const object of named) {
        const first = owners.get(keyOf(object));
        owners.set(keyOf(object), first ?? object);
        if (!first) continue;
        report('FL0445', {
          message: `"${keyOf(object)}" would be the name of two ${kind}`,
          span: placeOf(object.origin),
          related: [{ message: 'the other one', span: placeOf(first.origin) }],
          hint:
            kind === 'route tables'
              ? 'rename the service or the gateway: the routes of a host are called after the gateway and the host'
              : 'rename one of the two',
        });
      }
    }
  },
};
