// Findings to rows: sets of requests with the same meaning become one row, for many callers and hosts at once.
import { compareText } from '../diagnostics/index.ts';
import { type Cube, describeRegion, involvedFor, reaches } from '../analysis/index.ts';
import { keyOf } from '../model/index.ts';
import type { Finding } from './compare.ts';
import { Contradiction, decidingPlaces, type Meshes, prove, toldInFull } from './proof.ts';
import { joinAlike } from './alike.ts';
import { joinMovedPorts } from './moved-ports.ts';
import { withOrigins } from './cors-words.ts';
import { endpointPlaces } from './endpoint-places.ts';
import { handlingPlaces } from './handling-places.ts';
import { ownersOf } from './owners.ts';
import { wholeRewrites } from './rewrites.ts';
import {
  type Difference,
  meantBy,
  type ReviewRow,
  type RowEffect,
  type RowKind,
  type Severity,
  type Witness,
} from './review.ts';
import { partOf, titleOf } from './titles.ts';

/** Findings of one comparison and one group of callers that mean the same; their requests are one set. */
interface Unit {
  readonly findings: readonly Finding[];
  readonly requests: readonly string[];
  readonly meaning: string;
}

const kindRank: Record<RowKind, number> = {
  exposure: 0,
  access: 1,
  mtls: 2,
  egress: 3,
  traffic: 4,
  behavior: 5,
  settings: 6,
  tests: 7,
  inventory: 8,
};
const severityRank: Record<Severity, number> = { high: 0, medium: 1, low: 2 };

export function rowsOf(meshes: Meshes, findings: readonly Finding[], touched: ReadonlySet<string>): ReviewRow[] {
  const found = [...Map.groupBy(findings, unitKey).values()].flatMap((list) => toUnit(meshes, list));
  // First the callers who fare alike with a host, then the hosts with which the same callers fare alike.
  const byHost = [
    ...Map.groupBy(
      found,
      (u) => `${u.meaning}\n${first(u).comparison.shown}\n${first(u).comparison.gateway?.shared}`,
    ).values(),
  ];
  const callersOf = (list: readonly Unit[]) =>
    [...new Set(list.flatMap((u) => u.findings.flatMap((f) => f.callers)))].sort();
  const byCallers = Map.groupBy(
    byHost,
    (list) => `${list[0]?.meaning}\n${callersOf(list).join()}\n${entriesOf(list).join()}`,
  );
  const rows = [...byCallers.values()].map((lists) => toRow(meshes, lists.flat(), callersOf(lists.flat()), touched));
  return joinAlike(joinMovedPorts(meshes, rows).sort(compareRows)).sort(compareRows);
}

/** Each proxy of gateways is told of by the name that it has in either mesh. */
function entriesOf(list: readonly Unit[]): string[] {
  const entries = list.flatMap((unit) => first(unit).comparison.gateway ?? []);
  return [...new Set(entries.map(({ base, head }) => `${base} ${head}`))].sort();
}

/** Whose proxies let the outside in, or answer it. */
function gatewaysOf(units: readonly Unit[], effect: RowEffect): string[] {
  const side = effect === 'lost' ? 'base' : 'head';
  return [...new Set(units.flatMap((unit) => first(unit).comparison.gateway?.gateways[side] ?? []))].sort();
}

function first(unit: Unit | undefined): Finding {
  const finding = unit?.findings[0];
  if (!finding) throw new Error('a group of findings is empty');
  return finding;
}

function unitKey(finding: Finding): string {
  const { change, comparison, callers } = finding;
  return JSON.stringify([meaningOf(finding), change.isAboutPath, comparison.gateway, comparison.request, callers]);
}

function meaningOf(finding: Finding): string {
  const { kind, effect, severity, about, exposed, rewrites = meantBy(finding.change) } = finding.change;
  return JSON.stringify([kind, effect, severity, about, rewrites, exposed, partOf(finding)]);
}

/** By the first of their findings: a finding is in one list only, and in the same each time. */
const units = new WeakMap<Finding, readonly Unit[]>();

function toUnit(meshes: Meshes, findings: readonly Finding[]): readonly Unit[] {
  const [one] = findings;
  const made = (one && units.get(one)) ?? makeUnit(meshes, findings);
  if (one) units.set(one, made);
  return made;
}

function makeUnit(meshes: Meshes, findings: readonly Finding[]): Unit[] {
  const live = findings.filter((finding) => finding.within === undefined || prove(meshes, finding));
  const [one] = live;
  if (!one) return [];
  const { request, gateway } = one.comparison;
  const isOpaque = request.scheme === 'tcp' || (request.scheme === 'https' && gateway === undefined);
  const requests = isOpaque ? ['every connection'] : describeRegion(one.space, allCubes(live));
  return [{ findings: live, requests, meaning: JSON.stringify([meaningOf(one), requests]) }];
}

function* allCubes(findings: readonly Finding[]): Generator<Cube> {
  for (const finding of findings) yield* finding.cubes();
}

function toRow(
  meshes: Meshes,
  units: readonly Unit[],
  callers: readonly string[],
  touched: ReadonlySet<string>,
): ReviewRow {
  const unit = units[0];
  const finding = first(unit);
  const { change } = finding;
  // A path outside the differing ones proves nothing, so findings are tried one by one; the cheapest comes first.
  const proofs = (unit?.findings ?? []).flatMap((f) => {
    const witness = prove(meshes, f);
    return witness ? [{ witness, change: withOrigins(f.change, witness) }] : [];
  });
  // What is refused on both sides alike, a delay aside, shows less than what is answered.
  const best = proofs.toSorted(
    ({ witness: a }, { witness: b }) =>
      Number(isReachedBy(b)) - Number(isReachedBy(a)) || a.text.length - b.text.length,
  )[0];
  if (!best) throw new Contradiction(finding);
  const changes = proofs.map((proof) => proof.change);
  const told = change.isAboutPath ? wholeRewrites(changes) : changes;
  const severities = changes.map((one) => one.severity);
  const severity = severities.toSorted((a, b) => severityRank[a] - severityRank[b])[0] ?? change.severity;
  const destinations = [...new Set(units.map((u) => first(u).comparison.shown))].sort();
  const gateways = gatewaysOf(units, change.effect);
  const witness = toldInFull(meshes, best.witness);
  return {
    kind: change.kind,
    effect: change.effect,
    severity,
    title: titleOf(meshes, finding, { callers, destinations, gateways }),
    ...differenceOf(told.includes(best.change) ? best.change : (told[0] ?? best.change), told),
    callers,
    destinations,
    ...(gateways.length > 0 && { gateways }),
    requests: unit?.requests ?? [],
    witness,
    ...placesIn(meshes, witness, change.kind),
    owners: ownersOf([meshes.base, meshes.head], namesOf(units, witness)),
    touched: touchedBy(meshes, units, callers, touched),
  };
}

/** In one mesh at least. */
function isReachedBy({ base, head }: Witness): boolean {
  return reaches(base) || reaches(head);
}

/** Of what verdicts do not tell step by step. */
const placesOf: Partial<Readonly<Record<RowKind, typeof endpointPlaces>>> = {
  traffic: endpointPlaces,
  behavior: handlingPlaces,
};

/** The lines that make the difference, in each mesh. */
function placesIn(meshes: Meshes, witness: Witness, kind: RowKind): Pick<ReviewRow, 'base' | 'head'> {
  const base = { index: meshes.base, verdict: witness.base };
  const head = { index: meshes.head, verdict: witness.head };
  const find = placesOf[kind];
  const [was, is] = find ? [find(base, head), find(head, base)] : [[], []];
  if (was.length > 0 || is.length > 0) return { base: was, head: is };
  return {
    base: decidingPlaces(witness.base, witness.head, kind),
    head: decidingPlaces(witness.head, witness.base, kind),
  };
}

/** What a caller gets instead of a refusal may be another thing for each path: all of it is said, the witness's first. */
function differenceOf({ about, from, to }: Difference, all: readonly Difference[]): Difference {
  const joined = (side: 'from' | 'to', own: string) => {
    return [...new Set([own, ...all.map((one) => one[side])])].join('; ');
  };
  return { ...(about !== undefined && { about }), from: joined('from', from), to: joined('to', to) };
}

/** At a gateway the services that are reached, too. */
function namesOf(units: readonly Unit[], { base, head }: Witness): string[] {
  return units.flatMap((unit) => {
    const { host, gateway } = first(unit).comparison;
    if (gateway === undefined) return [host];
    const { base: was, head: is } = gateway.gateways;
    return [...was, ...is, ...[...base.shares, ...head.shares].map((share) => share.host)];
  });
}

/** Routes and scopes are the callers' configuration, access rules the callees'; TLS and exposure concern both. */
function touchedBy(
  meshes: Meshes,
  units: readonly Unit[],
  callers: readonly string[],
  touched: ReadonlySet<string>,
): string[] {
  const near = new Set(callers);
  const { kind } = first(units[0]).change;
  const isOfCallers = kind === 'traffic' || kind === 'behavior' || kind === 'egress';
  for (const unit of units) {
    const { comparison, base, head } = first(unit);
    for (const key of Object.values(comparison.gateway?.gateways ?? {}).flat()) near.add(key);
    if (isOfCallers) continue;
    for (const index of [meshes.base, meshes.head]) {
      const { host } = comparison;
      const { targets } = involvedFor(index, host);
      for (const target of targets) near.add(keyOf(target));
    }
    for (const share of [...base.shares, ...head.shares]) for (const t of share.targets) near.add(t.workload ?? '');
  }
  return [...near].filter((key) => touched.has(key)).sort();
}

export function compareRows(a: ReviewRow, b: ReviewRow): number {
  return (
    severityRank[a.severity] - severityRank[b.severity] ||
    kindRank[a.kind] - kindRank[b.kind] ||
    compareText(a.title, b.title) ||
    compareText(a.from ?? '', b.from ?? '') ||
    compareText(a.to ?? '', b.to ?? '') ||
    compareText(a.requests.join(), b.requests.join())
  );
}
