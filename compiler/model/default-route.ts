// The route that is everybody's where none is written: to the service itself, all versions. The only copy.
import { anything } from './condition.ts';
import type { MeshSettings } from './mesh.ts';
import type { HttpRoute } from './route.ts';
import { hostOf, type Service } from './service.ts';

/** `port` 0 is the one dialled. */
export function defaultRoute(service: Service, { timeoutMs, retries }: MeshSettings, port = 0): HttpRoute {
  const { origin, namespace, name } = service;
  const destination = {
    kind: 'WeightedDestination',
    origin,
    host: hostOf(service),
    port,
    subset: '',
    weight: 100,
  } as const;
  return {
    kind: 'HttpRoute',
    origin,
    name: `${namespace}/${name}/default`,
    matches: [anything(origin)],
    action: { kind: 'ForwardAction', origin, destinations: [destination], timeoutMs },
    features: [{ kind: 'RetryPolicy', origin, ...retries }],
  };
}
