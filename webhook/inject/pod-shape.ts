// Whether what is called a pod has the shape of one, as far as the injector reads it. The API server sees to it at admission; a manifest may hold anything.
import type { JsonPath } from '../admission/request.ts';

type Shape = 'text' | readonly ['list', Shape] | { readonly [field: string]: Shape };

const action: Shape = { httpGet: {}, tcpSocket: {}, grpc: {} };
const container: Shape = {
  name: 'text',
  image: 'text',
  ports: ['list', {}],
  livenessProbe: action,
  readinessProbe: action,
  startupProbe: action,
  lifecycle: { postStart: action, preStop: action },
};
const podShape: Shape = {
  metadata: { labels: {}, annotations: {} },
  spec: {
    containers: ['list', container],
    initContainers: ['list', container],
    volumes: ['list', { name: 'text' }],
  },
};

export interface OddPlace {
  readonly path: JsonPath;
  /** What should stand there. */
  readonly wanted: 'a text' | 'a list' | 'a mapping';
}

/** The first place that has another shape; null and absent are as good as empty, but not within a list. */
export function oddPlaceIn(value: unknown, shape: Shape = podShape, path: JsonPath = []): OddPlace | undefined {
  if (shape === 'text') return typeof value === 'string' ? undefined : { path, wanted: 'a text' };
  if (isList(shape)) {
    if (!Array.isArray(value)) return { path, wanted: 'a list' };
    for (const [i, item] of value.entries()) {
      const odd = oddPlaceIn(item, shape[1], [...path, i]);
      if (odd) return odd;
    }
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { path, wanted: 'a mapping' };
  for (const [field, inner] of Object.entries(shape)) {
    const held = (value as Readonly<Record<string, unknown>>)[field];
    const odd = held === undefined || held === null ? undefined : oddPlaceIn(held, inner, [...path, field]);
    if (odd) return odd;
  }
  return undefined;
}

function isList(shape: Shape): shape is readonly ['list', Shape] {
  return Array.isArray(shape);
}
