// A pattern for origins that lets in all of them, because it takes the text `*`, where it is written for some.
import { otherOrigin } from '../analysis/index.ts';
import { featureOf, formatMatch, opensToAll } from '../model/index.ts';
import type { Check } from './check.ts';

export const openOrigins: Check = {
  name: 'open-origin',
  codes: ['FL0464'],
  reads: ['routeTables'],
  check({ mesh }, report, placeOf) {
    // A gateway's table repeats the routes of services.
    const routes = mesh.routeTables.filter(({ attach }) => attach.mesh).flatMap(({ http }) => http);
    for (const { origins, origin, credentials } of routes.flatMap((route) => featureOf(route, 'CorsPolicy') ?? [])) {
      // With credentials it is worse, and FL0418 says so.
      if (credentials) continue;
      for (const match of origins) {
        const other = opensToAll(match) ? otherOrigin(match) : undefined;
        if (other === undefined) continue;
        report('FL0464', {
          message: `${formatMatch(match)} lets in every origin, such as ${other}: it matches the text "*"`,
          span: placeOf(origin, match.value),
          hint: 'write "*" for all origins; for some, a pattern that begins as they do, with https://',
        });
      }
    }
  },
};
