// Access that opens to callers who do not declare that they use the service: no request of theirs fares differently today, but the day
// they declare it nobody is asked again who owns the service.
import { involvedFor, TooWide, usersIn } from '../analysis/index.ts';
import {
  type EgressScope,
  hasSidecar,
  hostOf,
  indexMesh,
  keyOf,
  type MeshIndex,
  type Service,
} from '../model/index.ts';
import { compare } from './compare.ts';
import { plainRow } from './inventory.ts';
import { servedContent } from './involved.ts';
import type { Meshes } from './proof.ts';
import { type Comparison, requestsTo } from './questions.ts';
import type { ReviewRow } from './review.ts';
import { rowsOf } from './rows.ts';

/** Beyond so many pairs of a caller and a host the change is one of the whole mesh: a matter of seconds, and then it is said instead. */
const pairLimit = 100_000;

/** Of hosts that are compared anyway, and that enforce something else than before. */
export function latentRows(meshes: Meshes, comparisons: readonly Comparison[]): ReviewRow[] {
  const { base, head } = meshes;
  const hosts = [...new Set(comparisons.flatMap((one) => (one.gateway === undefined ? [one.host] : [])))].filter(
    (host) => base.serviceByHost.has(host) && servedKey(base, host) !== servedKey(head, host),
  );
  const callers = head.mesh.workloads.filter(
    (workload) => hasSidecar(workload) && base.workloadByKey.has(keyOf(workload)),
  );
  if (hosts.length * callers.length > pairLimit) return [notCompared(hosts.length)];
  const users = [base, head].map(usersIn);
  const asked = hosts.flatMap((host) => {
    const targets = new Set([base, head].flatMap((index) => involvedFor(index, host).targets.map(keyOf)));
    const isUser = (key: string) =>
      users.some(({ byHost, everywhere }) => byHost.get(host)?.has(key) || everywhere.has(key));
    const strangers = callers.map(keyOf).filter((key) => !isUser(key) && !targets.has(key));
    return strangers.length === 0 ? [] : [{ host, callers: strangers.sort() }];
  });
  if (asked.length === 0) return [];
  const opened = { base: withUses(base, asked), head: withUses(head, asked) };
  const findings = asked.flatMap(({ host, callers: strangers }) =>
    requestsTo([base, head], host, new Set(strangers)).flatMap(({ scheme, port }) => {
      const request = { scheme, port, host };
      return compareOrNot(opened, { request, host, callers: strangers, shown: `${host}:${port}` });
    }),
  );
  const opening = findings.filter(({ change }) => change.effect === 'gained');
  return rowsOf(opened, opening, new Set()).map(unproved);
}

function notCompared(hosts: number): ReviewRow {
  const title = `what ${hosts} hosts let in changes: for workloads that do not declare them it is not compared`;
  return plainRow({ kind: 'settings', effect: 'changed', severity: 'low', title }, [], []);
}

function servedKey(index: MeshIndex, host: string): string {
  const { targets } = involvedFor(index, host);
  return targets.map((target) => servedContent(index, target)).join('\n');
}

/** What is too wide is told of where it is asked for today's callers. */
function compareOrNot({ base, head }: Meshes, comparison: Comparison) {
  try {
    return compare(base, head, comparison);
  } catch (error) {
    if (error instanceof TooWide) return [];
    throw error;
  }
}

interface Asked {
  readonly host: string;
  readonly callers: readonly string[];
}

/** The mesh as if the callers declared it. */
function withUses(index: MeshIndex, asked: readonly Asked[]): MeshIndex {
  const { mesh } = index;
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
  return indexMesh({ ...mesh, egressScopes: [...others, ...scopes] }, index);
}

function noScope({ mesh }: MeshIndex, workload: string): EgressScope {
  return { kind: 'EgressScope', origin: mesh.origin, workload, mode: mesh.settings.egressDefault, hosts: [] };
}

function entryFor(service: Service): EgressScope['hosts'][number] {
  return { kind: 'EgressHost', origin: service.origin, host: hostOf(service), namespace: service.namespace, ports: [] };
}

/** The example would not get through today. */
function unproved({ witness: _witness, ...row }: ReviewRow): ReviewRow {
  return { ...row, severity: 'medium', title: `${row.title}, once declared in uses` };
}
