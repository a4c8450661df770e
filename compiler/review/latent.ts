// Access that opens or closes to callers who do not declare that they use the service, or who are not there yet: no request of theirs
// fares differently today, but the day they declare it nobody is asked again who owns the service.
import { contentKey, involvedFor } from '../analysis/index.ts';
import { isOpenEgress, keyOf, type Workload } from '../model/index.ts';
import { gatewayCallers, unexposedParts } from './exposed-parts.ts';
import { plainRow } from './inventory.ts';
import { servedContent } from './involved.ts';
import {
  type Asked,
  distinctWorkloads,
  isOfAccess,
  latentRows,
  onceDeclared,
  onceEach,
  onceExposed,
  portsOf,
  type Told,
} from './latent-rows.ts';
import type { Meshes } from './proof.ts';
import { type Comparison, hostsWithin } from './questions.ts';
import { meantBy, type ReviewRow } from './review.ts';
import { callersIn } from './strangers.ts';
import { describeCallers } from './words.ts';

/** Beyond so many pairs of a caller and a host the change is one of the whole mesh: a matter of seconds, and then it is said instead. */
const pairLimit = 100_000;

/** Of hosts that are compared anyway, and that enforce something else than before. `today` is told of today's callers. */
export function withLatentRows(today: Told, meshes: Meshes, comparisons: readonly Comparison[]): Told {
  const { rows, notAnalysed } = today;
  const { base, head } = meshes;
  const hosts = hostsWithin(comparisons).filter(
    (host) => [base, head].every((index) => index.serviceByHost.has(host)) && isServedOtherwise(meshes, host),
  );
  const callers = callersIn(meshes);
  if (hosts.length * callers.count > pairLimit) return { rows: [...rows, notCompared(hosts.length)], notAnalysed };
  const asked = hosts.map((host) => {
    const { newcomers, strangersAt } = callers.of(host);
    const strangers = portsOf([base, head], host).map((port) => ({ host, port, callers: strangersAt(port) }));
    return { strangers, newcomers, next: { host, callers: newcomers.map(keyOf).sort() } };
  });
  const left = new Set(notAnalysed.map(({ destination }) => destination));
  const latent = (all: readonly Asked[], newcomers: readonly Workload[]) =>
    latentRows(meshes, all, { newcomers, left, tells: isOfAccess });
  const strange = latent(
    asked.flatMap(({ strangers }) => strangers),
    [],
  );
  const next = latent(
    asked.map((one) => one.next),
    distinctWorkloads(asked.flatMap(({ newcomers }) => newcomers)),
  );
  const proxies = gatewayCallers([base, head]);
  const closed = hosts.flatMap((host) =>
    unexposedParts([base, head], proxies, { host, ports: portsOf([base, head], host) }),
  );
  const exposed = latent(closed, proxies);
  const told = [...rows, ...strange.rows.map(onceDeclared), ...exposed.rows.map(onceExposed)];
  return {
    rows: withNewcomers(meshes, told, next.rows),
    notAnalysed: onceEach([notAnalysed, strange.notAnalysed, next.notAnalysed, exposed.notAnalysed]),
  };
}

/** Today's callers who fare alike with the same hosts are told of in one row with those to come. */
function withNewcomers({ base, head }: Meshes, rows: readonly ReviewRow[], next: readonly ReviewRow[]): ReviewRow[] {
  const index = { lost: base, gained: head };
  const keyOfRow = (row: ReviewRow) => contentKey([row.kind, row.effect, row.destinations, row.requests, meantBy(row)]);
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
