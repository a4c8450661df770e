// `uses` of a service to its egress scope.
import { type EgressHost, type EgressScope, keyOf, type Service } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { MeshServiceIntent, UseIntent } from '../kinds.ts';
import type { ServiceSymbol } from '../symbols.ts';
import type { LowerContext } from './context.ts';
import { portsHint } from './destinations.ts';

/** A service without `uses` has a scope as well: an empty one. */
export function lowerEgress(spec: Cursor<MeshServiceIntent>, service: Service, context: LowerContext): EgressScope {
  return {
    kind: 'EgressScope',
    origin: spec.get('uses')?.origin ?? service.origin,
    workload: keyOf(service),
    mode: context.global.settings.egressDefault,
    hosts: mergeByHost(lowerUses(spec.list('uses'), service, context)),
  };
}

function lowerUses(
  uses: readonly Cursor<string | UseIntent>[],
  service: Service,
  context: LowerContext,
): readonly EgressHost[] {
  const seen = new Map<string, EgressHost[]>();
  return uses.flatMap((use) => {
    const lowered = lowerUse(use, context);
    for (const host of lowered) {
      const earlier = seen.get(host.host) ?? [];
      const same = earlier.find((other) => isOverlapping(other.ports, host.ports));
      if (same) reportRepeated(host, same, context);
      else if (host.host === service.hosts[0]) reportOwn(host, service, context);
      seen.set(host.host, [...earlier, host]);
    }
    return lowered;
  });
}

/** No ports are all ports. */
function isOverlapping(a: readonly number[], b: readonly number[]): boolean {
  return a.length === 0 || b.length === 0 || a.some((port) => b.includes(port));
}

function reportRepeated(use: EgressHost, first: EgressHost, { report }: LowerContext): void {
  report('FL0448', {
    message: `"${use.host}" is used twice`,
    span: use.origin,
    related: [{ message: 'first here', span: first.origin }],
    hint: 'keep one of the two; without ports it stands for all of them',
  });
}

function reportOwn(use: EgressHost, service: Service, { report }: LowerContext): void {
  report('FL0449', {
    message: `"${keyOf(service)}" uses itself`,
    span: use.origin,
    hint: 'remove it, unless its instances call each other by the name of the service',
  });
}

/** A host that is named twice is one host; without ports in one of the entries all are meant. */
function mergeByHost(uses: readonly EgressHost[]): readonly EgressHost[] {
  return [...Map.groupBy(uses, (use) => use.host).values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const ports = same.some((use) => use.ports.length === 0) ? [] : [...new Set(same.flatMap((use) => use.ports))];
    return [{ ...first, ports: ports.toSorted((a, b) => a - b) }];
  });
}

function lowerUse(use: Cursor<string | UseIntent>, context: LowerContext): readonly EgressHost[] {
  const target =
    typeof use.value === 'string'
      ? context.resolver.target(use.as<string>(), 'MeshService')
      : targetOf(use.as<UseIntent>(), context);
  if (!target) return [];
  const ports =
    typeof use.value === 'string'
      ? []
      : use
          .as<UseIntent>()
          .list('ports')
          .filter((port) => hasPort(port, target, context));
  return [
    {
      kind: 'EgressHost',
      origin: use.origin,
      host: target.host,
      namespace: target.namespace,
      ports: ports.map((port) => port.value),
    },
  ];
}

function targetOf(use: Cursor<UseIntent>, { resolver }: LowerContext): ServiceSymbol | undefined {
  const service = use.get('service');
  if (service) return resolver.target(service, 'MeshService');
  const external = use.get('external');
  if (external) return resolver.target(external, 'ExternalService');
  const workload = use.get('workload');
  return workload && resolver.target(workload, 'MeshWorkload');
}

function hasPort(port: Cursor<number>, target: ServiceSymbol, { report }: LowerContext): boolean {
  if (target.isBroken || target.ports.some((candidate) => candidate.number === port.value)) return true;
  report('FL0308', {
    message: `"${target.namespace}/${target.name}" has no port ${port.value}`,
    span: port.origin,
    hint: portsHint(target.ports),
    related: [{ message: 'declared here', span: target.span }],
  });
  return false;
}
