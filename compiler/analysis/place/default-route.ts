// What a service with an HTTP port does that has no table at all: everything goes to the service itself.
import type { ForwardAction, HttpRoute, MeshIndex, Service } from '../../model/index.ts';
import { hostOf } from '../../model/index.ts';

const none = { set: {}, add: {}, remove: [] };

export function defaultRoute(index: MeshIndex, service: Service): HttpRoute {
  const { origin, namespace, name } = service;
  const { timeoutMs, retries } = index.mesh.settings;
  const whole = {
    kind: 'WeightedDestination',
    host: hostOf(service),
    port: 0,
    subset: '',
    weight: 100,
    origin,
  } as const;
  const action: ForwardAction = {
    kind: 'ForwardAction',
    destinations: [whole],
    timeoutMs,
    retries,
    mirrors: [],
    origin,
  };
  const headers = { request: none, response: none };
  return { kind: 'HttpRoute', name: `${namespace}/${name}/default`, matches: [], action, headers, origin };
}
