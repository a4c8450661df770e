// A MeshService to everything that follows from it.
import type { Report } from '../../diagnostics/index.ts';
import {
  type DestinationPolicy,
  type Labels,
  type MtlsMode,
  principal,
  type Service,
  type Subset,
} from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import { serviceDefaults } from '../defaults.ts';
import type { IntentObject, MeshServiceIntent } from '../kinds.ts';
import type { ServiceSymbol } from '../symbols.ts';
import { emptyFragment, type Fragment, type LowerContext } from './context.ts';
import { lowerEgress } from './egress.ts';
import { lowerExposures } from './exposure.ts';
import { mtlsMode } from './mesh.ts';
import { lowerPorts } from './ports.ts';
import { positiveDuration } from './route-features.ts';
import { lowerRouteTable } from './routes.ts';
import { lowerAccess, lowerPeerAuthentication } from './security.ts';

export function lowerMeshService(
  object: Cursor<IntentObject<MeshServiceIntent>>,
  symbol: ServiceSymbol,
  context: LowerContext,
): Fragment {
  const spec = object.get('spec');
  if (!spec) return emptyFragment;
  const service = lowerService(object, spec, symbol, context);
  const { name, namespace, origin } = service;
  const table = lowerRouteTable(service, symbol, spec.list('routes'), context);
  return {
    ...emptyFragment,
    services: [service],
    workloads: [
      {
        kind: 'Workload',
        origin,
        name,
        namespace,
        labels: symbol.selector,
        serviceAccount: symbol.serviceAccount,
        proxy: 'sidecar',
      },
    ],
    routeTables: [table],
    destinationPolicies: [lowerDestinationPolicy(spec, service, context)],
    authorizationPolicies: lowerAccess(spec, service, symbol, context),
    peerAuthentications: lowerPeerAuthentication(spec, service, symbol, context),
    egressScopes: [lowerEgress(spec, service, context)],
    exposures: lowerExposures(spec.list('expose'), service, table, context),
  };
}

function lowerService(
  object: Cursor<IntentObject<MeshServiceIntent>>,
  spec: Cursor<MeshServiceIntent>,
  symbol: ServiceSymbol,
  { global, report }: LowerContext,
): Service {
  const { name, namespace, host, serviceAccount, selector } = symbol;
  return {
    kind: 'Service',
    origin: object.document.span,
    name,
    namespace,
    source: 'MeshService',
    hosts: [host],
    location: 'mesh',
    resolution: 'workloads',
    ports: lowerPorts(spec.list('ports'), symbol.ports, report),
    selector,
    identities: [principal(global.settings.trustDomain, namespace, serviceAccount)],
    addresses: [],
    labels: object.value.metadata.labels ?? {},
  };
}

const balancers = { leastRequest: 'LEAST_REQUEST', roundRobin: 'ROUND_ROBIN', random: 'RANDOM' } as const;

function lowerDestinationPolicy(
  spec: Cursor<MeshServiceIntent>,
  service: Service,
  context: LowerContext,
): DestinationPolicy {
  const resilience = spec.get('resilience');
  const connectTimeout = resilience?.get('connections')?.get('connectTimeout');
  return {
    kind: 'DestinationPolicy',
    origin: resilience?.origin ?? spec.get('versions')?.origin ?? service.origin,
    name: service.name,
    namespace: service.namespace,
    host: service.hosts[0] ?? '',
    subsets: lowerVersions(spec, service, context),
    loadBalancer: balancers[resilience?.value.balance ?? serviceDefaults.balance],
    connectTimeoutMs: connectTimeout ? positiveDuration(connectTimeout, context) : defaultConnectTimeoutMs,
    tls: isPlainText(spec.value, context.global.settings.mtls) ? { mode: 'DISABLE' } : { mode: 'MESH' },
  };
}

export const defaultConnectTimeoutMs = 10_000;

/** Plain text to the whole host only if every port demands it; back ends look at the ports one by one otherwise. */
function isPlainText(spec: MeshServiceIntent, meshMode: MtlsMode): boolean {
  const own = spec.mtls ? mtlsMode(spec.mtls) : meshMode;
  return spec.ports.every((port) => (port.mtls ? mtlsMode(port.mtls) : own) === 'DISABLE');
}

function lowerVersions(spec: Cursor<MeshServiceIntent>, service: Service, { report }: LowerContext): readonly Subset[] {
  const seen = new Map<string, Cursor<Labels>>();
  return (spec.get('versions')?.entries() ?? []).map(([name, labels]) => {
    for (const [label, value] of labels.entries()) {
      const selected = service.selector[label];
      if (selected === undefined || selected === value.value) continue;
      report('FL0431', {
        message: `version "${name}" wants ${label}=${value.value}, but the service selects ${label}=${selected}`,
        span: value.origin,
        hint: `remove the label from the version: every instance has ${label}=${selected}`,
      });
    }
    const key = JSON.stringify(Object.entries(labels.value).toSorted());
    const first = seen.get(key);
    seen.set(key, first ?? labels);
    if (first) reportSameVersion(name, labels, first, report);
    return { kind: 'Subset', origin: labels.origin, name, labels: labels.value };
  });
}

function reportSameVersion(name: string, labels: Cursor<Labels>, first: Cursor<Labels>, report: Report): void {
  report('FL0450', {
    message: `version "${name}" stands for the same instances as "${first.path.at(-1)}"`,
    span: labels.origin,
    related: [{ message: 'the same labels', span: first.origin }],
    hint: 'give it the labels that its own instances carry',
  });
}
