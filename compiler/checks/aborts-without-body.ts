// Envoy writes a body after every abort, also after a status that has none: the client takes its bytes for the next answer.
import { featureOf } from '../model/index.ts';
import type { Check } from './check.ts';

const bodyless: readonly number[] = [204, 304];

export const abortsWithoutBody: Check = {
  name: 'abort-without-body',
  codes: ['FL0459'],
  reads: ['routeTables'],
  check({ mesh }, report, placeOf) {
    for (const { http } of mesh.routeTables.filter(({ attach }) => attach.mesh)) {
      for (const { abort, origin } of http.flatMap((route) => featureOf(route, 'Fault') ?? [])) {
        if (!abort || !bodyless.includes(abort.status)) continue;
        report('FL0459', {
          message: `an answer of status ${abort.status} has no body, and Envoy sends one with every abort: clients misread what follows`,
          span: placeOf(origin, String(abort.status)),
          hint: 'abort with a status that has a body, such as 503',
        });
      }
    }
  },
};
