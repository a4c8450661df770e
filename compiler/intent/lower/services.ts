// A MeshService to everything that follows from it.
import type { Report } from '../../diagnostics/index.ts';
import { type Labels, type MtlsMode, principal, type Service, type Subset } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { IntentObject, MeshServiceIntent } from '../kinds.ts';
import type { ServiceSymbol } from '../symbols.ts';
import { lowerAccess } from './access.ts';
import { emptyFragment, type Fragment, type LowerContext, settingPlace, workloadPlaces } from './context.ts';
import { lowerDestinationPolicy, type PolicySource } from './destination-policy.ts';
import { lowerEgress } from './egress.ts';
import { lowerExposures } from './exposure.ts';
import { mtlsMode } from './mesh.ts';
import { lowerPeerAuthentication } from './peer-authentication.ts';
import { lowerPorts } from './ports.ts';
import { lowerRouteTable } from './routes.ts';

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
  const workload = spec.get('workload');
  const resilience = spec.get('resilience');
  const policy: PolicySource = {
    service,
    origin: resilience?.origin ?? spec.get('versions')?.origin ?? origin,
    subsets: lowerVersions(spec, service, context),
    tls: { mode: isPlainText(spec.value, context.global.settings.mtls) ? 'DISABLE' : 'MESH' },
    resilience,
  };
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
        settingPlaces: workloadPlaces(workload?.get('selector'), workload?.get('serviceAccount')),
      },
    ],
    routeTables: [table],
    destinationPolicies: [lowerDestinationPolicy(policy, context)],
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
    registry: 'cluster',
    hosts: [host],
    location: 'mesh',
    resolution: 'workloads',
    ports: lowerPorts(spec.list('ports'), symbol.ports, report),
    selector,
    identities: [principal(global.settings.trustDomain, namespace, serviceAccount)],
    addresses: [],
    settingPlaces: settingPlace('selector', spec.get('workload')?.get('selector')),
    labels: object.value.metadata.labels ?? {},
  };
}

/** Whether callers talk in plain text to what demands it. */
const isPlain: Readonly<Record<MtlsMode, boolean>> = { STRICT: false, PERMISSIVE: false, DISABLE: true };

/** Plain text to the whole host only if every port demands it; back ends look at the ports one by one otherwise. */
function isPlainText(spec: MeshServiceIntent, meshMode: MtlsMode): boolean {
  const own = spec.mtls ? mtlsMode(spec.mtls) : meshMode;
  return spec.ports.every((port) => isPlain[port.mtls ? mtlsMode(port.mtls) : own]);
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
        hint:
          labels.entries().length > 1
            ? `remove the label from the version: every instance has ${label}=${selected}`
            : `every instance has ${label}=${selected}: name a label by which this version differs`,
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
