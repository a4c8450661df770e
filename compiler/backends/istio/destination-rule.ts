// DestinationRule: versions of a service and how connections to it are made.
import { type DestinationPolicy, hostOf, nothingLeft, type Service, type Subset } from '../../model/index.ts';
import { toTrafficPolicy } from './destination-feature.ts';
import { emitterOf } from './emitter.ts';
import { type ToldPorts, toldPorts } from './mesh-tls.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';

export const destinationRule = emitterOf('destinationPolicies', (context) => {
  const { mesh, index } = context;
  const told = new Map(mesh.services.map((service) => [service, toldPorts(service, context)] as const));
  const unsaid = mesh.services.filter(
    (service) => told.get(service)?.ports.length && index.destinationPoliciesOf(hostOf(service)).length === 0,
  );
  return [...mesh.destinationPolicies, ...unsaid.map(policyOf)].flatMap((policy) => {
    const service = index.serviceByHost.get(policy.host);
    return toDestinationRules(policy, service, (service && told.get(service)) ?? { ports: [], areAll: false });
  });
});

/** For a host of which the mesh says nothing, but of which Istio must be told something. */
function policyOf(service: Service): DestinationPolicy {
  const { name, namespace, origin } = service;
  return { kind: 'DestinationPolicy', name, namespace, host: hostOf(service), subsets: [], features: [], origin };
}

/** Istio takes each host of a service for a service of its own, so each needs the rule. */
function toDestinationRules(
  policy: DestinationPolicy,
  service: Service | undefined,
  told: ToldPorts,
): readonly Draft[] {
  const { kind: _kind, origin, name, namespace, host: canonical, subsets, features: _features, ...rest } = policy;
  nothingLeft(rest);
  const hosts = [canonical, ...(service?.hosts ?? []).filter((host) => host !== canonical)];
  const settings = pruned({ trafficPolicy: toTrafficPolicy(policy, told), subsets: subsets.map(toSubset) });
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
