// What a host's fate depends on: the content that must differ before anything is compared. See model/lists.ts for what counts.
import { contentKey, expansions, involvedFor, involvedIn } from '../analysis/index.ts';
import {
  contentOf,
  hostOf,
  type MeshIndex,
  type MeshSettings,
  nothingLeft,
  type Service,
  servingContent,
  type Workload,
  runsGateway,
} from '../model/index.ts';

/** The hosts of services that a name may mean, depending on who calls: the service of that host, and the one that cluster DNS makes of it. */
export function meanings(index: MeshIndex, name: string): readonly string[] {
  return [name, ...expansions(name, '')].filter((host) => index.serviceByHost.has(host));
}

/** Of a host, by whatever service callers may mean by it. */
export function hostKey(index: MeshIndex, host: string): string {
  return meanings(index, host)
    .flatMap((name) => {
      const { targets } = involvedFor(index, name);
      return [name, hostContent(index, name), ...targets.map((target) => servedContent(index, target))];
    })
    .join('\n');
}

/** Everything on the callers' side of a host, and what the servers show to it. */
export function hostContent(index: MeshIndex, host: string): string {
  const service = index.serviceByHost.get(host);
  const { services, targets } = involvedFor(index, host);
  const names = [...new Set([host, ...(service ? [hostOf(service)] : [])])];
  return contentKey([
    settingsFor(index.mesh.settings).callers,
    names.map((name) => contentOf('ofHost', index, name)),
    destinationsContent(index, services),
    targets.map((target) => contentOf('ofCallee', index, target)),
  ]);
}

/** What a workload's own proxy enforces on its callers. */
export function servedContent(index: MeshIndex, workload: Workload): string {
  return contentKey([settingsFor(index.mesh.settings).itself, servingContent(index, workload)]);
}

/** What a workload's own proxy is given; for a gateway, with what lies behind it. */
export function proxyContent(index: MeshIndex, workload: Workload): string {
  const tables = index
    .gatewaysOf(workload)
    .flatMap((gateway) => index.tablesOfGateway(`${gateway.namespace}/${gateway.name}`));
  const { services, targets } = involvedIn(index, runsGateway(workload) ? tables : [], undefined);
  const { callers, itself } = settingsFor(index.mesh.settings);
  return contentKey([
    itself,
    contentOf('ofWorkload', index, workload),
    ...(runsGateway(workload)
      ? [callers, destinationsContent(index, services), targets.map((target) => contentOf('ofCallee', index, target))]
      : []),
  ]);
}

function destinationsContent(index: MeshIndex, services: readonly Service[]): readonly unknown[] {
  return services.map((service) => contentOf('ofDestination', index, hostOf(service)));
}

/** The settings that go into proxies as they are; the others show in the nodes they are the default of. */
function settingsFor(settings: MeshSettings) {
  const { trustDomain, timeoutMs, retries, accessDefault, ...others } = settings;
  const { rootNamespace: _root, mtls: _mtls, egressDefault: _egress, injectedProxy: _injected, ...rest } = others;
  nothingLeft(rest);
  return { callers: { trustDomain, timeoutMs, retries }, itself: { trustDomain, accessDefault } };
}
