// DestinationRule: versions of a service and how connections to it are made.
import type { DestinationPolicy, UpstreamTls } from '../../model/index.ts';
import { duration } from './duration.ts';
import type { EmitContext, Emitter } from './emitter.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';

export const destinationRule: Emitter = {
  kind: 'DestinationRule',
  emit: (context) => context.mesh.destinationPolicies.flatMap((policy) => toDestinationRules(policy, context)),
};

/** Istio takes each host of a service for a service of its own, so each needs the rule. */
function toDestinationRules(policy: DestinationPolicy, { index }: EmitContext): readonly Draft[] {
  const service = index.serviceByHost.get(policy.host);
  const hosts = [policy.host, ...(service?.hosts ?? []).filter((host) => host !== policy.host)];
  const subsets = policy.subsets.map(({ name, labels }) => pruned({ name, labels }));
  return hosts.map((host, i) => ({
    kind: 'DestinationRule',
    name: i === 0 ? policy.name : `${policy.name}-${i + 1}`,
    namespace: policy.namespace,
    labels: service?.labels ?? {},
    origin: policy.origin,
    spec: { host, trafficPolicy: trafficPolicy(policy), ...pruned({ subsets }) },
  }));
}

function trafficPolicy(policy: DestinationPolicy): Readonly<Record<string, unknown>> | undefined {
  const connectTimeout = duration(policy.connectTimeoutMs);
  return pruned({
    connectionPool: connectTimeout === undefined ? undefined : { tcp: { connectTimeout } },
    loadBalancer: { simple: policy.loadBalancer },
    tls: tlsSettings(policy.tls),
  });
}

/**
 * Any `tls` turns Istio's automatic mutual TLS off for the host, so `MESH` sets none: Istio then decides for each instance
 * whether it has a proxy. `SIMPLE` checks the server against the system's roots.
 */
function tlsSettings(tls: UpstreamTls): Readonly<Record<string, unknown>> | undefined {
  switch (tls.mode) {
    case 'MESH':
      return undefined;
    case 'DISABLE':
      return { mode: 'DISABLE' };
    case 'SIMPLE':
      return { mode: 'SIMPLE', sni: tls.sni, subjectAltNames: [tls.sni], caCertificates: 'system' };
  }
}
