// Views of a few resources for the protocol state machine, some of which clients refuse.
import type { BodyCache } from '../../control-plane/channel.ts';
import { type EncodedResource, makeTypeSet, ResourceEncoder } from '../../control-plane/resources.ts';
import type { ResourceView } from '../../control-plane/stream.ts';
import type { ResourceType } from '../../../compiler/xds.ts';
import { edsCluster, rdsListener, routeTo } from './snapshots.ts';

const encoder = new ResourceEncoder();
export const bodies: BodyCache = { get: (_key: string, encode: () => Uint8Array) => encode() };
export const variants = ['sotw', 'delta'] as const;

export interface ViewSpec {
  /** By cluster name: a revision; 0 is one that clients refuse. */
  readonly clusters: Readonly<Record<string, number>>;
  /** By listener name. */
  readonly listeners: Readonly<Record<string, number>>;
  readonly routed: string;
}

export const badResources = new WeakSet<EncodedResource>();
export const routedTo = new WeakMap<EncodedResource, string>();

export function viewOf({ clusters, listeners, routed }: ViewSpec): ResourceView {
  const encode = (type: ResourceType, name: string, revision: number, json: object): EncodedResource => {
    const resource = encoder.encode(type, name, json);
    if (revision === 0) badResources.add(resource);
    return resource;
  };
  const cluster = Object.entries(clusters).map(([name, revision]) =>
    encode('cluster', name, revision, edsCluster(name, { altStatName: `r${revision}` })),
  );
  const listener = Object.entries(listeners).map(([name, revision], i) =>
    encode('listener', name, revision, { ...rdsListener(name, 15_001 + i, 'http'), statPrefix: `r${revision}` }),
  );
  const route = encode('route', 'http', 1, routeTo('http', routed));
  routedTo.set(route, routed);
  const endpoints = Object.keys(clusters).map((name) => encode('endpoints', name, 1, { clusterName: name }));
  return {
    cluster: makeTypeSet('cluster', cluster),
    endpoints: makeTypeSet('endpoints', endpoints),
    secret: makeTypeSet('secret', []),
    listener: makeTypeSet('listener', listener),
    route: makeTypeSet('route', [route]),
  };
}
