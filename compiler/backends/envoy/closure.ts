// Proves that a snapshot is closed: whatever one of its resources names is in it. A proxy would wait for the rest for ever.
import { type Diagnostic, makeDiagnostic } from '../../diagnostics/index.ts';
import type { ProxySnapshot } from './proxy-snapshot.ts';

type Kind = 'cluster' | 'route configuration' | 'secret' | 'endpoints';

interface Reference {
  readonly kind: Kind;
  readonly name: string;
}

/** FL0550 for every name that nothing in the snapshot has, FL0551 for every name that two resources of a type have. */
export function checkSnapshot(snapshot: ProxySnapshot): readonly Diagnostic[] {
  const { listeners, routes, clusters, endpoints, secrets } = snapshot;
  const lists = {
    cluster: clusters.map(nameOf),
    'route configuration': routes.map(nameOf),
    secret: secrets.map(nameOf),
    endpoints: endpoints.map((selector) => selector.cluster),
    listener: listeners.map(nameOf),
  };
  const known = new Set(Object.entries(lists).flatMap(([kind, names]) => names.map((name) => `${kind} ${name}`)));
  const dangling = [...listeners, ...routes, ...clusters].flatMap((resource) =>
    unique(referencesOf(resource))
      .filter(({ kind, name }) => !known.has(`${kind} ${name}`))
      .map((reference) => danglingReference(snapshot, nameOf(resource), reference)),
  );
  const repeated = Object.entries(lists).flatMap(([kind, names]) =>
    repeatedIn(names).map((name) => repetition(snapshot, kind, name)),
  );
  return [...dangling, ...repeated];
}

function repeatedIn(names: readonly string[]): readonly string[] {
  const sorted = names.toSorted();
  return [...new Set(sorted.filter((name, i) => name === sorted[i - 1]))];
}

function nameOf(resource: { readonly name?: string }): string {
  return resource.name ?? '';
}

/**
 * Every reference inside a resource, also within Any payloads, where only the shape of a field tells what it is:
 * `cluster`, a weighted or mirrored cluster, `rds`, an SDS entry, an EDS cluster.
 */
function referencesOf(value: unknown): readonly Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesOf);
  if (!isObject(value)) return [];
  const found: Reference[] = [];
  if (typeof value.cluster === 'string') found.push({ kind: 'cluster', name: value.cluster });
  if (isObject(value.weightedClusters)) found.push(...weighted(value.weightedClusters));
  if (typeof value.routeConfigName === 'string')
    found.push({ kind: 'route configuration', name: value.routeConfigName });
  if ('sdsConfig' in value) found.push({ kind: 'secret', name: String(value.name) });
  if ('edsClusterConfig' in value) found.push({ kind: 'endpoints', name: String(value.name) });
  return [...found, ...Object.values(value).flatMap(referencesOf)];
}

function weighted({ clusters }: Record<string, unknown>): readonly Reference[] {
  return Array.isArray(clusters)
    ? clusters.map((cluster: unknown) => ({ kind: 'cluster', name: isObject(cluster) ? String(cluster.name) : '' }))
    : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function unique(references: readonly Reference[]): readonly Reference[] {
  return [...new Map(references.map((r) => [`${r.kind} ${r.name}`, r])).values()];
}

function danglingReference({ workload, origins }: ProxySnapshot, from: string, { kind, name }: Reference): Diagnostic {
  return makeDiagnostic('FL0550', {
    message: `"${from}" of the proxy of ${workload} names the ${kind} "${name}", which that proxy is not given`,
    span: origins.get(from),
    hint: 'check that the service, its port and its version exist in the mesh',
  });
}

function repetition({ workload, origins }: ProxySnapshot, kind: string, name: string): Diagnostic {
  return makeDiagnostic('FL0551', {
    message: `the proxy of ${workload} is given two resources (${kind}) named "${name}"`,
    span: origins.get(name),
    hint: 'rename one of the objects it stems from',
  });
}
