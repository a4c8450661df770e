// What the proxy can do of each resource type. Anything else in a resource is refused by name, never ignored.
import type { ResourceType } from '../xds/resource-types.ts';
import { Rejection } from '../rejection.ts';
import { cluster, loadAssignment } from './clusters.ts';
import { listener } from './listeners.ts';
import { routeConfiguration } from './routes.ts';
import { findUnsupported, type Shape, type Unsupported } from './shape.ts';
import { secret } from './tls.ts';

const shapes: Readonly<Record<ResourceType, Shape>> = {
  cluster,
  endpoints: loadAssignment,
  secret,
  listener,
  route: routeConfiguration,
};

const words: Readonly<Record<ResourceType, string>> = {
  cluster: 'cluster',
  endpoints: 'load assignment',
  secret: 'secret',
  listener: 'listener',
  route: 'route configuration',
};

/** Throws a Rejection that names the first unsupported field of a resource. */
export function requireSupported(type: ResourceType, name: string, json: unknown): void {
  const found = findUnsupported(json, shapes[type]);
  if (!found) return;
  throw new Rejection(
    'FL0820',
    `the embedded proxy does not support ${describe(found)} of ${words[type]} ${JSON.stringify(name)}`,
    'take the feature out, or run this workload with Envoy',
  );
}

function describe({ path, what, value }: Unsupported): string {
  if (what === 'field') return path;
  return what === 'type' ? `${value || 'an empty message'} in ${path}` : `${path} ${value}`;
}
