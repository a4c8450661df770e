// Where requests that a route takes may end.
import { featuresOf, handle, type HttpAction, type HttpRoute, type Table } from '../../model/index.ts';

const forwardedTo: Table<HttpAction, [], readonly string[]> = {
  ForwardAction: ({ destinations }) => destinations.map(({ host }) => host),
  RedirectAction: () => [],
};

/** Of the requests and of their copies. */
export function hostsOfRoute(route: HttpRoute): readonly string[] {
  return [...handle(forwardedTo, route.action), ...featuresOf(route, 'Mirror').map(({ host }) => host)];
}
