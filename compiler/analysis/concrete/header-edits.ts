// What a route does to the headers of a request that it forwards.
import { featureOf, type HeaderEdit, type HttpRoute, noHeaderEdits } from '../../model/index.ts';

export function requestEdits(route: HttpRoute): HeaderEdit {
  return (featureOf(route, 'HeaderOperations') ?? noHeaderEdits).request;
}
