// Where a route sends what it takes: Istio's Destination and its weight.
import { nothingLeft, type WeightedDestination } from '../../model/index.ts';
import { pruned } from './prune.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Port 0 is left out: Istio then takes the only port of the service, or the one dialled. */
export function toDestination({ host, subset, port }: Pick<WeightedDestination, 'host' | 'subset' | 'port'>): Fields {
  return {
    host,
    ...(subset !== '' && { subset }),
    ...(port !== 0 && { port: { number: port } }),
  };
}

/** A single destination gets everything and needs no weight. */
export function toRouteDestinations(destinations: readonly WeightedDestination[]): readonly unknown[] {
  const isSplit = destinations.length > 1;
  return destinations.map(({ kind: _kind, origin: _origin, host, subset, port, weight, ...rest }) => {
    nothingLeft(rest);
    return pruned({ destination: toDestination({ host, subset, port }), weight: isSplit ? weight : undefined });
  });
}
