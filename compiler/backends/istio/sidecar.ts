// Sidecar: what a workload may call. One an EgressScope of a workload that has a sidecar.
import {
  type EgressHost,
  type EgressScope,
  isHttp,
  keyOf,
  nothingLeft,
  primaryServiceOf,
  type ServicePort,
  type Workload,
  hasSidecar,
} from '../../model/index.ts';
import { type EmitContext, emitterOf } from './emitter.ts';
import type { Draft } from './object.ts';

type Fields = Readonly<Record<string, unknown>>;

const modes: Record<EgressScope['mode'], string> = { declared: 'REGISTRY_ONLY', any: 'ALLOW_ANY' };

export const sidecar = emitterOf('egressScopes', (context) =>
  [...context.mesh.egressScopes, ...defaultScopes(context)].flatMap((scope) => {
    const workload = context.index.workloadByKey.get(scope.workload);
    // Gateways and workloads without a proxy have no sidecar that could enforce anything.
    return workload && hasSidecar(workload) ? toSidecar(scope, workload, context) : [];
  }),
);

/** Without a Sidecar Istio gives a workload the whole mesh, while in the model it has declared nothing. */
function defaultScopes({ mesh, index }: EmitContext): readonly EgressScope[] {
  const unsaid = mesh.workloads.filter(
    (workload) => hasSidecar(workload) && !index.scopeByWorkload.has(keyOf(workload)),
  );
  const mode = mesh.settings.egressDefault;
  return unsaid.map((workload) => ({
    kind: 'EgressScope',
    workload: keyOf(workload),
    mode,
    hosts: [],
    origin: workload.origin,
  }));
}

function toSidecar(scope: EgressScope, workload: Workload, context: EmitContext): readonly Draft[] {
  const { kind: _kind, origin, workload: key, mode, hosts: _hosts, ...rest } = scope;
  nothingLeft(rest);
  if (Object.keys(workload.labels).length === 0) {
    context.report('FL0509', {
      message: `Istio cannot scope the calls of "${key}": the workload has no labels to select it by`,
      span: origin,
      hint: 'give the workload a selector',
    });
    return [];
  }
  reportShortNames(scope, context);
  return [
    {
      kind: 'Sidecar',
      name: workload.name,
      namespace: workload.namespace,
      labels: primaryServiceOf(context.index, workload)?.labels ?? {},
      origin,
      spec: {
        workloadSelector: { labels: workload.labels },
        egress: egressListeners(scope, context),
        outboundTrafficPolicy: { mode: modes[mode] },
      },
    },
  ];
}

/** https://github.com/istio/istio/blob/master/pkg/config/validation/validation.go, "short names (non FQDN) are not allowed" */
function reportShortNames({ workload, hosts }: EgressScope, context: EmitContext): void {
  for (const host of hosts) {
    const short = namesOf(host, context)
      .map((name) => name.replace(/^.*\//, ''))
      .find((name) => !/[.*]/.test(name));
    if (short === undefined) continue;
    context.report('FL0509', {
      message: `Istio cannot scope the calls of "${workload}" to host "${short}", which has no dot`,
      span: host.origin,
      hint: 'give the ExternalService the full name of the host, such as `db.internal`',
    });
  }
}

/**
 * A listener with a port takes that port away from the listener for the rest, so it must name every host that may be called on it.
 * https://istio.io/latest/docs/reference/config/networking/sidecar/#IstioEgressListener
 */
function egressListeners(scope: EgressScope, context: EmitContext): readonly Fields[] {
  const restricted = [...new Set(scope.hosts.flatMap((host) => host.ports))].sort((a, b) => a - b);
  const listeners = restricted.map((port) => portListener(port, scope, context));
  const unrestricted = scope.hosts.filter((host) => host.ports.length === 0);
  return [...listeners, { hosts: hostNames(unrestricted, context) }];
}

function portListener(number: number, scope: EgressScope, context: EmitContext): Fields {
  const hosts = scope.hosts.filter((host) => mayCall(host, number, context));
  const ports = hosts.flatMap((host) => portOf(host, number, context) ?? []);
  const families = new Set(ports.map((port) => isHttp(port.protocol)));
  if (families.size > 1) {
    context.report('FL0509', {
      message: `Istio cannot restrict "${scope.workload}" to port ${number}: it is HTTP for one host and not for another`,
      span: scope.origin,
      hint: `drop the ports of one of the entries: ${hosts.map((host) => host.host).join(', ')}`,
    });
  }
  const protocol = ports[0]?.protocol ?? 'TCP';
  return {
    port: { number, name: `${protocol.toLowerCase()}-${number}`, protocol },
    hosts: hostNames(hosts, context),
  };
}

function mayCall(host: EgressHost, port: number, context: EmitContext): boolean {
  return host.ports.length > 0 ? host.ports.includes(port) : portOf(host, port, context) !== undefined;
}

function portOf(host: EgressHost, number: number, { index }: EmitContext): ServicePort | undefined {
  return index.serviceByHost.get(host.host)?.ports.find((port) => port.number === number);
}

/** All names of each service: Istio takes every host for a service of its own. `~/*` is nothing at all. */
function hostNames(hosts: readonly EgressHost[], context: EmitContext): readonly string[] {
  const names = hosts.flatMap((host) => namesOf(host, context));
  return names.length > 0 ? [...new Set(names)].sort() : ['~/*'];
}

/** The ports say in which listeners the names stand. */
function namesOf(entry: EgressHost, { index }: EmitContext): readonly string[] {
  const { kind: _kind, origin: _origin, host, namespace, ports: _ports, ...rest } = entry;
  nothingLeft(rest);
  return (index.serviceByHost.get(host)?.hosts ?? [host]).map((name) => `${namespace}/${name}`);
}
