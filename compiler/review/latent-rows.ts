// What hosts would let in, or no longer, if callers were there and declared that they use them.
import type { Language } from '../analysis/index.ts';
import {
  type EgressScope,
  hostOf,
  indexMesh,
  keyOf,
  type MeshIndex,
  type Service,
  type ServicePort,
  type Workload,
} from '../model/index.ts';
import type { Finding } from './compare.ts';
import { nameSome } from './inventory.ts';
import type { Meshes } from './proof.ts';
import { type Comparison, requestsTo } from './questions.ts';
import type { NotAnalysed, Review, ReviewRow, WayToShow } from './review.ts';
import { compareAll, rowsWithin } from './within-limits.ts';

export type Told = Pick<Review, 'rows' | 'notAnalysed'>;

/** Callers of a host, on all its ports or on one; `within`: the paths that they do not ask for today. */
export interface Asked {
  readonly host: string;
  readonly port?: number;
  readonly callers: readonly string[];
  readonly within?: Language;
}

/** `newcomers` are workloads that neither mesh has, or has otherwise; `left` are destinations that are not analysed anyway. */
interface Terms {
  readonly newcomers: readonly Workload[];
  readonly left: ReadonlySet<string>;
  tells(finding: Finding): boolean;
}

/** What becomes otherwise of the calls that they do not make yet. */
export function latentRows(meshes: Meshes, all: readonly Asked[], { newcomers, left, tells }: Terms): Told {
  const asked = all.filter(({ callers }) => callers.length > 0);
  if (asked.length === 0) return { rows: [], notAnalysed: [] };
  const [base, head] = [meshes.base, meshes.head].map((index) => withUses(index, asked, newcomers)) as [
    MeshIndex,
    MeshIndex,
  ];
  const opened = { base, head };
  const comparisons = new Map(
    asked.flatMap((one) =>
      comparisonsOf([base, head], one)
        .filter(({ shown }) => !left.has(shown))
        .map((comparison) => [comparison, one.within]),
    ),
  );
  const { findings, notAnalysed } = compareAll(opened, [...comparisons.keys()]);
  const restricted = findings.filter(tells).map((finding): Finding => {
    const within = comparisons.get(finding.comparison);
    return within ? { ...finding, within } : finding;
  });
  const told = rowsWithin(opened, { findings: restricted, notAnalysed }, new Set());
  return { rows: told.rows.map(asLatent), notAnalysed: told.notAnalysed };
}

function comparisonsOf(indexes: readonly MeshIndex[], { host, port: wanted, callers }: Asked): Comparison[] {
  return requestsTo(indexes, host, new Set(callers))
    .filter(({ port }) => wanted === undefined || port === wanted)
    .map(({ scheme, port, ...kind }) => ({
      ...kind,
      request: { scheme, port, host },
      host,
      callers,
      shown: `${host}:${port}`,
    }));
}

/** What routes do besides is news for those alone who call. */
export function isOfAccess({ change: { kind, effect, about }, base, head }: Finding): boolean {
  if (kind !== 'access' || effect === 'changed') return false;
  return about !== undefined || (effect === 'gained' ? base : head).reason === 'access';
}

/** The mesh as if the callers were there, and declared it. No service is served by them. */
function withUses(index: MeshIndex, asked: readonly Asked[], newcomers: readonly Workload[]): MeshIndex {
  const { mesh, workloadsOf } = index;
  const wanted = Map.groupBy(
    asked.flatMap(({ host, callers }) => callers.map((caller) => ({ host, caller }))),
    ({ caller }) => caller,
  );
  const scopes = [...wanted].map(([caller, entries]): EgressScope => {
    const scope = index.scopeByWorkload.get(caller) ?? noScope(index, caller);
    const services = entries.flatMap(({ host }) => index.serviceByHost.get(host) ?? []);
    return { ...scope, hosts: [...scope.hosts, ...services.map((service) => entryFor(service))] };
  });
  const others = mesh.egressScopes.filter(({ workload }) => !wanted.has(workload));
  const workloads = newcomers.length === 0 ? mesh.workloads : distinctWorkloads([...mesh.workloads, ...newcomers]);
  return { ...indexMesh({ ...mesh, workloads, egressScopes: [...others, ...scopes] }, index), workloadsOf };
}

function noScope({ mesh }: MeshIndex, workload: string): EgressScope {
  return { kind: 'EgressScope', origin: mesh.origin, workload, mode: mesh.settings.egressDefault, hosts: [] };
}

function entryFor(service: Service): EgressScope['hosts'][number] {
  return { kind: 'EgressHost', origin: service.origin, host: hostOf(service), namespace: service.namespace, ports: [] };
}

/** Gateways make no requests of their own: what is told of them is theirs to pass on. */
export function onceExposed(row: ReviewRow): ReviewRow {
  const who = row.callers.length === 1 ? 'gateway' : 'gateways';
  const what = row.title.slice(row.title.indexOf(' may '));
  return { ...row, title: `${who} ${nameSome(row.callers)}${what}, once exposed there` };
}

export function onceDeclared(row: ReviewRow): ReviewRow {
  return { ...row, title: `${row.title}, once declared in uses` };
}

/** Of a host that is told of for today's callers, all others are no news. */
export function onceEach(lists: readonly (readonly NotAnalysed[])[]): NotAnalysed[] {
  const [today = [], ...later] = lists;
  const others = later.flat().filter(({ destination }) => !today.some((one) => one.destination === destination));
  return [...today, ...new Map(others.map((one) => [one.destination, one])).values()];
}

/** The example would not get through today. */
function asLatent({ others, ...row }: ReviewRow): ReviewRow {
  return {
    ...withExample(row),
    severity: row.effect === 'gained' ? 'medium' : 'low',
    ...(others && { others: others.map(withExample) }),
  };
}

function withExample<R extends WayToShow>({ witness, ...row }: R): Omit<R, 'witness'> {
  return { ...row, ...(witness && { example: witness }) };
}

/** Numbers of the ports that the host has in some of the meshes. */
export function portsOf(
  indexes: readonly MeshIndex[],
  host: string,
  isWanted: (port: ServicePort) => boolean = () => true,
): readonly number[] {
  const ports = indexes.flatMap((index) => index.serviceByHost.get(host)?.ports ?? []);
  return [...new Set(ports.filter(isWanted).map(({ number }) => number))];
}

export function distinctWorkloads(workloads: readonly Workload[]): Workload[] {
  return [...new Map(workloads.map((workload) => [keyOf(workload), workload])).values()];
}
