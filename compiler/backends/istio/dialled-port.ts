// Routes of services with several ports, a route for each port: Istio wants a destination to say which port of such a service it means.
// https://istio.io/latest/docs/reference/config/analysis/ist0112/
import {
  type Clause,
  handle,
  type HttpAction,
  type HttpRoute,
  mayHoldOnPort,
  type MeshIndex,
  type RouteFeature,
  type Service,
  speaksHttp,
  type Table,
} from '../../model/index.ts';

/** Ports of a service that HTTP routes decide about, for its callers. */
export function httpPortsOf(service: Service, index: MeshIndex): readonly number[] {
  const client = { namespace: service.namespace, labels: {} };
  return service.ports.filter((port) => speaksHttp(index, client, service, port)).map(({ number }) => number);
}

/** The route itself where nothing in it depends on the dialled port, or where Istio finds the port by itself. */
export function onDialledPorts(route: HttpRoute, ports: readonly number[], index: MeshIndex): readonly HttpRoute[] {
  const isOpen = (place: Place) => place.port === 0 && (index.serviceByHost.get(place.host)?.ports.length ?? 0) > 1;
  const places = [...handle(destinations, route.action), ...route.features.flatMap(mirrored)];
  if (!places.some(isOpen)) return [route];
  const on = (number: number) => {
    const hasPort = ({ host }: Place) => index.serviceByHost.get(host)?.ports.some((port) => port.number === number);
    return <P extends Place>(place: P): P => (isOpen(place) && hasPort(place) ? { ...place, port: number } : place);
  };
  return ports.flatMap((number) => {
    const matches = route.matches.filter((clause) => mayHoldOnPort(clause, number));
    if (matches.length === 0) return [];
    const settled = on(number);
    return [
      {
        ...route,
        matches: matches.map((clause) => forPort(clause, number)),
        action: handle(settledActions, route.action, settled),
        features: route.features.map((feature) => (feature.kind === 'Mirror' ? settled(feature) : feature)),
      },
    ];
  });
}

interface Place {
  readonly host: string;
  readonly port: number;
}

const destinations: Table<HttpAction, [], readonly Place[]> = {
  ForwardAction: (action) => action.destinations,
  RedirectAction: () => [],
};

const settledActions: Table<HttpAction, [settle: <P extends Place>(place: P) => P], HttpAction> = {
  ForwardAction: (action, settle) => ({ ...action, destinations: action.destinations.map((one) => settle(one)) }),
  RedirectAction: (action) => action,
};

function mirrored(feature: RouteFeature): readonly Place[] {
  return feature.kind === 'Mirror' ? [feature] : [];
}

function forPort(clause: Clause, number: number): Clause {
  const others = clause.all.filter(({ kind }) => kind !== 'port');
  return { ...clause, all: [...others, { kind: 'port', anyOf: [number], not: false }] };
}
