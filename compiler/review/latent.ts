// Access that opens or closes to callers who do not declare that they use the service, or who are not there yet: no request of theirs
// fares differently today, but the day they declare it nobody is asked again who owns the service.
import { contentKey, involvedFor, involvedIn, usersIn } from '../analysis/index.ts';
import {
  type EgressScope,
  hasSidecar,
  hostOf,
  indexMesh,
  isOpenEgress,
  keyOf,
  type MeshIndex,
  runsGateway,
  type Service,
  type Workload,
} from '../model/index.ts';
import type { Finding } from './compare.ts';
import { nameSome, plainRow } from './inventory.ts';
import { servedContent } from './involved.ts';
import { newcomersTo } from './newcomers.ts';
import type { Meshes } from './proof.ts';
import { type Comparison, requestsTo } from './questions.ts';
import type { NotAnalysed, Review, ReviewRow, WayToShow } from './review.ts';
import { compareAll, rowsWithin } from './within-limits.ts';
import { describeCallers } from './words.ts';

/** Beyond so many pairs of a caller and a host the change is one of the whole mesh: a matter of seconds, and then it is said instead. */
const pairLimit = 100_000;

type Told = Pick<Review, 'rows' | 'notAnalysed'>;

/** Of hosts that are compared anyway, and that enforce something else than before. `today` is told of today's callers. */
export function withLatentRows(today: Told, meshes: Meshes, comparisons: readonly Comparison[]): Told {
  const { rows, notAnalysed } = today;
  const { base, head } = meshes;
  const hosts = [...new Set(comparisons.flatMap((one) => (one.gateway === undefined ? [one.host] : [])))].filter(
    (host) => [base, head].every((index) => index.serviceByHost.has(host)) && isServedOtherwise(meshes, host),
  );
  const callers = head.mesh.workloads.filter(
    (workload) => hasSidecar(workload) && base.workloadByKey.has(keyOf(workload)),
  );
  if (hosts.length * callers.length > pairLimit) return { rows: [...rows, notCompared(hosts.length)], notAnalysed };
  const users = [base, head].map(usersIn);
  // Their calls are those from outside, compared as such.
  const gateways = [base, head].flatMap(({ mesh }) => mesh.gateways.map(keyOf));
  const asked = hosts.map((host) => {
    const own = ownWorkloads([base, head], host);
    const isUser = (key: string) =>
      users.some(({ byHost, everywhere }) => byHost.get(host)?.has(key) || everywhere.has(key));
    const known = callers.map(keyOf).filter((key) => isUser(key) || !own.has(key));
    const strangers = known.filter((key) => !isUser(key)).sort();
    const newcomers = newcomersTo([base, head], host, new Set([...known, ...gateways]));
    return { host, strangers, newcomers, closed: gatewaysWithout([base, head], host) };
  });
  const left = new Set(notAnalysed.map(({ destination }) => destination));
  const latent = (callers: (one: (typeof asked)[number]) => readonly string[], newcomers: readonly Workload[]) =>
    latentRows(
      meshes,
      asked.map((one) => ({ host: one.host, callers: callers(one) })),
      newcomers,
      left,
    );
  const strange = latent(({ strangers }) => strangers, []);
  const next = latent(
    ({ newcomers }) => newcomers.map(keyOf).sort(),
    distinct(asked.flatMap(({ newcomers }) => newcomers)),
  );
  const exposed = latent(({ closed }) => closed.map(keyOf).sort(), distinct(asked.flatMap(({ closed }) => closed)));
  const told = [...rows, ...strange.rows.map(onceDeclared), ...exposed.rows.map(onceExposed)];
  return {
    rows: withNewcomers(meshes, told, next.rows),
    notAnalysed: onceEach([notAnalysed, strange.notAnalysed, next.notAnalysed, exposed.notAnalysed]),
  };
}

/** Of a host that is told of for today's callers, all others are no news. */
function onceEach(lists: readonly (readonly NotAnalysed[])[]): NotAnalysed[] {
  const [today = [], ...later] = lists;
  const others = later.flat().filter(({ destination }) => !today.some((one) => one.destination === destination));
  return [...today, ...new Map(others.map((one) => [one.destination, one])).values()];
}

function distinct(workloads: readonly Workload[]): Workload[] {
  return [...new Map(workloads.map((workload) => [keyOf(workload), workload])).values()];
}

/** A service that calls itself is no news. */
function ownWorkloads(indexes: readonly MeshIndex[], host: string): ReadonlySet<string> {
  const own = indexes.map((index) => {
    const service = index.serviceByHost.get(host);
    return service ? index.workloadsOf(service) : [];
  });
  return new Set(own.flat().map(keyOf));
}

/** The identities of those proxies of gateways that send nothing to the host, in both meshes alike: as callers of their own. */
function gatewaysWithout([base, head]: readonly [MeshIndex, MeshIndex], host: string): Workload[] {
  return head.mesh.workloads.flatMap((workload) => {
    const earlier = base.workloadByKey.get(keyOf(workload));
    const isThere = runsGateway(workload) && earlier !== undefined && runsGateway(earlier);
    if (!isThere || sendsTo(base, earlier, host) || sendsTo(head, workload, host)) return [];
    return [{ ...workload, proxy: 'sidecar', labels: {} } as const];
  });
}

function sendsTo(index: MeshIndex, gateway: Workload, host: string): boolean {
  const tables = index.gatewaysOf(gateway).flatMap((one) => index.tablesOfGateway(keyOf(one)));
  return involvedIn(index, tables, undefined).services.some(({ hosts }) => hosts.includes(host));
}

function onceExposed(row: ReviewRow): ReviewRow {
  const who = row.callers.length === 1 ? 'gateway' : 'gateways';
  const what = row.title.slice(row.title.indexOf(' may '));
  return { ...row, title: `${who} ${nameSome(row.callers)}${what}, once exposed there` };
}

/** Today's callers who fare alike with the same hosts are told of in one row with those to come. */
function withNewcomers({ base, head }: Meshes, rows: readonly ReviewRow[], next: readonly ReviewRow[]): ReviewRow[] {
  const index = { lost: base, gained: head };
  const keyOfRow = ({ kind, effect, destinations, requests, from = '', to = '' }: ReviewRow) =>
    contentKey([kind, effect, destinations, requests, effect === 'lost' ? to : from]);
  const left = new Map(next.map((row) => [keyOfRow(row), row]));
  const joined = rows.map((row): ReviewRow => {
    const [key, side] = [keyOfRow(row), row.effect === 'lost' ? index.lost : index.gained];
    const other = left.get(key);
    const who = describeCallers(row.callers, side);
    if (!other || !row.title.startsWith(who)) return row;
    left.delete(key);
    const callers = [...row.callers, ...other.callers].sort();
    return { ...row, callers, title: describeCallers(callers, side) + row.title.slice(who.length) };
  });
  const isFree = isOpenEgress(head.mesh.settings.egressDefault);
  return [...joined, ...[...left.values()].map((row) => (isFree ? row : onceDeclared(row)))];
}

function onceDeclared(row: ReviewRow): ReviewRow {
  return { ...row, title: `${row.title}, once declared in uses` };
}

/**
 * What the hosts let in that they did not, and the other way round. `newcomers` are workloads that neither mesh has, or has otherwise;
 * `left` are destinations that are not analysed anyway.
 */
function latentRows(
  meshes: Meshes,
  all: readonly Asked[],
  newcomers: readonly Workload[],
  left: ReadonlySet<string>,
): Told {
  const asked = all.filter(({ callers }) => callers.length > 0);
  if (asked.length === 0) return { rows: [], notAnalysed: [] };
  const [base, head] = [meshes.base, meshes.head].map((index) => withUses(index, asked, newcomers)) as [
    MeshIndex,
    MeshIndex,
  ];
  const opened = { base, head };
  const comparisons = asked.flatMap(({ host, callers }) =>
    requestsTo([base, head], host, new Set(callers)).map(
      ({ scheme, port }): Comparison => ({
        request: { scheme, port, host },
        host,
        callers,
        shown: `${host}:${port}`,
      }),
    ),
  );
  const { findings, notAnalysed } = compareAll(
    opened,
    comparisons.filter(({ shown }) => !left.has(shown)),
  );
  const told = rowsWithin(opened, { findings: findings.filter(isOfAccess), notAnalysed }, new Set());
  return { rows: told.rows.map(asLatent), notAnalysed: told.notAnalysed };
}

/** What routes do besides is news for those alone who call. */
function isOfAccess({ change: { kind, effect, about }, base, head }: Finding): boolean {
  if (kind !== 'access' || effect === 'changed') return false;
  return about !== undefined || (effect === 'gained' ? base : head).reason === 'access';
}

function notCompared(hosts: number): ReviewRow {
  const title = `what ${hosts} hosts let in changes: for workloads that do not declare them it is not compared`;
  return plainRow({ kind: 'settings', effect: 'changed', severity: 'low', title }, [], []);
}

/** Whether one of the workloads that requests may end at enforces something else. Where routes send them is for those who call. */
function isServedOtherwise({ base, head }: Meshes, host: string): boolean {
  const keys = new Set([base, head].flatMap((index) => involvedFor(index, host).targets.map(keyOf)));
  return [...keys].some((key) => {
    const [before, after] = [base, head].map((index) => {
      const workload = index.workloadByKey.get(key);
      return workload && servedContent(index, workload);
    });
    return before !== after;
  });
}

interface Asked {
  readonly host: string;
  readonly callers: readonly string[];
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
  const workloads = newcomers.length === 0 ? mesh.workloads : distinct([...mesh.workloads, ...newcomers]);
  return { ...indexMesh({ ...mesh, workloads, egressScopes: [...others, ...scopes] }, index), workloadsOf };
}

function noScope({ mesh }: MeshIndex, workload: string): EgressScope {
  return { kind: 'EgressScope', origin: mesh.origin, workload, mode: mesh.settings.egressDefault, hosts: [] };
}

function entryFor(service: Service): EgressScope['hosts'][number] {
  return { kind: 'EgressHost', origin: service.origin, host: hostOf(service), namespace: service.namespace, ports: [] };
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
