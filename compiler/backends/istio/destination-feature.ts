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
import type { ToldPorts } from './mesh-tls.ts';
import { pruned } from './prune.ts';

type Fields = Readonly<Record<string, unknown>>;

interface FeatureRow<K extends DestinationFeatureKind> extends RowOf<K> {
  /** A policy without the feature says nothing of it: Istio's default is the model's. */
  readonly fields: (policy: DestinationPolicy, isTold: boolean) => Fields;
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
  fields: (policy, isTold) => ({ tls: handleBy('mode', tlsSettings, tlsTowards(policy), isTold) }),
};

/**
 * Any `tls` turns Istio's automatic mutual TLS off for the host, so `MESH` sets none where it does not have to (mesh-tls.ts): Istio then
 * decides for each instance whether it has a proxy. `SIMPLE` checks the server against the system's roots.
 */
const tlsSettings: TableBy<
  'mode',
  Reading<TlsTowards, 'mode', { SIMPLE: 'sni' }>,
  [isTold: boolean],
  Fields | undefined
> = {
  MESH: (_towards, isTold) => (isTold ? { mode: 'ISTIO_MUTUAL' } : undefined),
  DISABLE: () => ({ mode: 'DISABLE' }),
  SIMPLE: ({ sni }) => ({ mode: 'SIMPLE', sni, subjectAltNames: [sni], caCertificates: 'system' }),
};

/** In the order of Istio's fields. */
const rows = total<DestinationFeatureKind>()([connectionPool, loadBalancing, upstreamTls]);

/**
 * Undefined where all is as Istio does it by itself. Settings of a port take the place of those for all ports, so they repeat them.
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-PortTrafficPolicy
 */
export function toTrafficPolicy(policy: DestinationPolicy, { ports, areAll }: ToldPorts): Fields | undefined {
  const settings = (isTold: boolean): Fields => Object.assign({}, ...rows.map((row) => row.fields(policy, isTold)));
  const single = areAll || !isOwnTls(policy) ? [] : ports;
  const portLevelSettings = single.map((number) => ({ port: { number }, ...pruned(settings(true)) }));
  return pruned({ ...settings(areAll), portLevelSettings });
}

const ofTheMesh: Readonly<Record<TlsTowards['mode'], boolean>> = { MESH: true, DISABLE: false, SIMPLE: false };

function isOwnTls(policy: DestinationPolicy): boolean {
  return ofTheMesh[tlsTowards(policy).mode];
}
