// What callers apply towards a host, as fields of its cluster. The order of the list is that of the fields.
import {
  type ConnectionPool,
  type DestinationFeatureKind,
  defaultConnectTimeoutMs,
  featureOf,
  type LoadBalancing,
  nothingLeft,
  type RowOf,
  total,
} from '../../model/index.ts';
import type { ClusterParts, ClusterTarget } from './cluster-parts.ts';
import { duration } from './json-values.ts';
import { tlsParts } from './upstream-tls.ts';

interface DestinationRow<K extends DestinationFeatureKind> extends RowOf<K> {
  /** Asked without the feature too: the defaults have to be said. */
  readonly parts: (target: ClusterTarget) => ClusterParts;
}

const connectionPool: DestinationRow<'ConnectionPool'> = {
  kind: 'ConnectionPool',
  parts: ({ policy }) => {
    const feature = policy && featureOf(policy, 'ConnectionPool');
    return { json: { connectTimeout: duration(feature ? timeoutOf(feature) : defaultConnectTimeoutMs) } };
  },
};

const loadBalancing: DestinationRow<'LoadBalancing'> = {
  kind: 'LoadBalancing',
  parts: ({ policy, isOriginalDst }) => {
    const feature = policy && featureOf(policy, 'LoadBalancing');
    return { json: isOriginalDst ? {} : { lbPolicy: feature ? algorithmOf(feature) : 'LEAST_REQUEST' } };
  },
};

const upstreamTls: DestinationRow<'UpstreamTls'> = { kind: 'UpstreamTls', parts: tlsParts };

const features = total<DestinationFeatureKind>()([connectionPool, loadBalancing, upstreamTls]);

export function featureParts(target: ClusterTarget): ClusterParts {
  const parts = features.map((row) => row.parts(target));
  return {
    json: Object.assign({}, ...parts.map(({ json }) => json)),
    isMeshTls: parts.some(({ isMeshTls }) => isMeshTls),
  };
}

function timeoutOf({ kind: _kind, origin: _origin, connectTimeoutMs, ...rest }: ConnectionPool): number {
  nothingLeft(rest);
  return connectTimeoutMs;
}

function algorithmOf({ kind: _kind, origin: _origin, algorithm, ...rest }: LoadBalancing): LoadBalancing['algorithm'] {
  nothingLeft(rest);
  return algorithm;
}
