// What is applied to connections towards a host, as the fields of Istio's TrafficPolicy.
import {
  type DestinationFeatureKind,
  type DestinationPolicy,
  featureOf,
  handleBy,
  nothingLeft,
  type Reading,
  type RowOf,
  type TableBy,
  type TlsTowards,
  tlsTowards,
  total,
} from '../../model/index.ts';
import { duration } from './duration.ts';
import { pruned } from './prune.ts';

type Fields = Readonly<Record<string, unknown>>;

interface FeatureRow<K extends DestinationFeatureKind> extends RowOf<K> {
  /** A policy without the feature says nothing of it: Istio's default is the model's. */
  readonly fields: (policy: DestinationPolicy) => Fields;
}

const connectionPool: FeatureRow<'ConnectionPool'> = {
  kind: 'ConnectionPool',
  fields(policy) {
    const pool = featureOf(policy, 'ConnectionPool');
    if (!pool) return {};
    const { kind: _kind, origin: _origin, connectTimeoutMs, ...rest } = pool;
    nothingLeft(rest);
    const connectTimeout = duration(connectTimeoutMs);
    return { connectionPool: connectTimeout === undefined ? undefined : { tcp: { connectTimeout } } };
  },
};

const loadBalancing: FeatureRow<'LoadBalancing'> = {
  kind: 'LoadBalancing',
  fields(policy) {
    const balancing = featureOf(policy, 'LoadBalancing');
    if (!balancing) return {};
    const { kind: _kind, origin: _origin, algorithm, ...rest } = balancing;
    nothingLeft(rest);
    return { loadBalancer: { simple: algorithm satisfies 'LEAST_REQUEST' | 'ROUND_ROBIN' | 'RANDOM' } };
  },
};

const upstreamTls: FeatureRow<'UpstreamTls'> = {
  kind: 'UpstreamTls',
  fields: (policy) => ({ tls: handleBy('mode', tlsSettings, tlsTowards(policy)) }),
};

/**
 * Any `tls` turns Istio's automatic mutual TLS off for the host, so `MESH` sets none: Istio then decides for each instance
 * whether it has a proxy. `SIMPLE` checks the server against the system's roots.
 */
const tlsSettings: TableBy<'mode', Reading<TlsTowards, 'mode', { SIMPLE: 'sni' }>, [], Fields | undefined> = {
  MESH: () => undefined,
  DISABLE: () => ({ mode: 'DISABLE' }),
  SIMPLE: ({ sni }) => ({ mode: 'SIMPLE', sni, subjectAltNames: [sni], caCertificates: 'system' }),
};

/** In the order of Istio's fields. */
const rows = total<DestinationFeatureKind>()([connectionPool, loadBalancing, upstreamTls]);

/** Undefined where all is as Istio does it by itself. */
export function toTrafficPolicy(policy: DestinationPolicy): Fields | undefined {
  return pruned(Object.assign({}, ...rows.map((row) => row.fields(policy))));
}
