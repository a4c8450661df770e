// The CORS filter marks an answer after the route's own header operations: what both write is as CORS has it.
import { featureApplies, featureOf, type CorsPolicy, type HttpRoute } from '../model/index.ts';
import type { Check } from './check.ts';

export const headersBesideCors: Check = {
  name: 'header-beside-cors',
  codes: ['FL0460'],
  reads: ['routeTables'],
  check({ mesh }, report, placeOf) {
    for (const route of mesh.routeTables.filter(({ attach }) => attach.mesh).flatMap(({ http }) => http)) {
      const operations = featureOf(route, 'HeaderOperations');
      const cors = corsOf(route);
      if (!operations || !cors) continue;
      const { set, add, remove } = operations.response;
      const named = [...Object.keys(set), ...Object.keys(add), ...remove].map((name) => name.toLowerCase());
      for (const name of new Set(named)) {
        if (!marks(cors).includes(name)) continue;
        report('FL0460', {
          message: `cors writes ${name} after this, in answers to every origin that it allows`,
          span: placeOf(operations.origin, name),
          related: [{ message: 'the policy', span: cors.origin }],
          hint: 'leave it to cors, or remove cors here',
        });
      }
    }
  },
};

function corsOf(route: HttpRoute): CorsPolicy | undefined {
  return featureApplies[route.action.kind].CorsPolicy ? featureOf(route, 'CorsPolicy') : undefined;
}

/** What it writes into answers other than those to preflights. */
function marks({ credentials, exposeHeaders }: CorsPolicy): readonly string[] {
  return [
    'access-control-allow-origin',
    ...(credentials ? ['access-control-allow-credentials'] : []),
    ...(exposeHeaders.length > 0 ? ['access-control-expose-headers'] : []),
  ];
}
