// DestinationRule: versions of a service and how connections to it are made.
import { type DestinationPolicy, nothingLeft, type Subset } from '../../model/index.ts';
import { toTrafficPolicy } from './destination-feature.ts';
import { type EmitContext, emitterOf } from './emitter.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';

export const destinationRule = emitterOf('destinationPolicies', (context) =>
  context.mesh.destinationPolicies.flatMap((policy) => toDestinationRules(policy, context)),
);

/** Istio takes each host of a service for a service of its own, so each needs the rule. */
function toDestinationRules(policy: DestinationPolicy, { index }: EmitContext): readonly Draft[] {
  const { kind: _kind, origin, name, namespace, host: canonical, subsets, features: _features, ...rest } = policy;
  nothingLeft(rest);
  const service = index.serviceByHost.get(canonical);
  const hosts = [canonical, ...(service?.hosts ?? []).filter((host) => host !== canonical)];
  const settings = pruned({ trafficPolicy: toTrafficPolicy(policy), subsets: subsets.map(toSubset) });
  return hosts.map((host, i) => ({
    kind: 'DestinationRule',
    name: i === 0 ? name : `${name}-${i + 1}`,
    namespace,
    labels: service?.labels ?? {},
    origin,
    spec: { host, ...settings },
  }));
}

function toSubset({ kind: _kind, origin: _origin, name, labels, ...rest }: Subset) {
  nothingLeft(rest);
  return pruned({ name, labels });
}
