// What callers apply towards a service: its versions and how connections to it are made.
import {
  type DestinationFeature,
  type DestinationFeatureKind,
  type DestinationPolicy,
  defaultConnectTimeoutMs,
  hostOf,
  type LoadBalancing,
  type Origin,
  type Service,
  type Subset,
  type TlsTowards,
  total,
} from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import { serviceDefaults } from '../defaults.ts';
import type { MeshServiceIntent } from '../kinds.ts';
import { positiveDuration } from './amounts.ts';
import type { LowerContext } from './context.ts';

type ResilienceIntent = NonNullable<MeshServiceIntent['resilience']>;

export interface PolicySource {
  readonly service: Service;
  readonly origin: Origin;
  readonly subsets: readonly Subset[];
  readonly tls: TlsTowards;
  /** Undefined where all is as by default. */
  readonly resilience?: Cursor<ResilienceIntent> | undefined;
}

export function lowerDestinationPolicy(source: PolicySource, context: LowerContext): DestinationPolicy {
  const { service, origin, subsets } = source;
  return {
    kind: 'DestinationPolicy',
    origin,
    name: service.name,
    namespace: service.namespace,
    host: hostOf(service),
    subsets,
    features: features.map(({ lower }) => lower(source, context)),
  };
}

interface Feature<K extends DestinationFeatureKind> {
  readonly kind: K;
  readonly lower: (source: PolicySource, context: LowerContext) => Extract<DestinationFeature, { readonly kind: K }>;
}

const connectionPool: Feature<'ConnectionPool'> = {
  kind: 'ConnectionPool',
  lower({ resilience, origin }, context) {
    const connections = resilience?.get('connections');
    const timeout = connections?.get('connectTimeout');
    return {
      kind: 'ConnectionPool',
      origin: connections?.origin ?? origin,
      connectTimeoutMs: timeout ? positiveDuration(timeout, context) : defaultConnectTimeoutMs,
    };
  },
};

const algorithms: Readonly<Record<NonNullable<ResilienceIntent['balance']>, LoadBalancing['algorithm']>> = {
  leastRequest: 'LEAST_REQUEST',
  roundRobin: 'ROUND_ROBIN',
  random: 'RANDOM',
};

const loadBalancing: Feature<'LoadBalancing'> = {
  kind: 'LoadBalancing',
  lower({ resilience, origin }) {
    const balance = resilience?.get('balance');
    return {
      kind: 'LoadBalancing',
      origin: balance?.origin ?? origin,
      algorithm: algorithms[balance?.value ?? serviceDefaults.balance],
    };
  },
};

const upstreamTls: Feature<'UpstreamTls'> = {
  kind: 'UpstreamTls',
  lower: ({ tls, origin }) => ({ kind: 'UpstreamTls', origin, ...tls }),
};

/** In the order in which the model lists them. */
const features = total<DestinationFeatureKind>()([connectionPool, loadBalancing, upstreamTls]);
