// Access is decided on the path as it arrives. A rule about one that routes always rewrite, redirect or send elsewhere never acts.
import { canArrive, mayPass, passesByExample, pathChanges } from '../analysis/index.ts';
import type { Report } from '../diagnostics/index.ts';
import {
  type AuthorizationPolicy,
  type Clause,
  formatMatch,
  hasProxy,
  hostOf,
  isAboutRequest,
  isHttp,
  keyOf,
  mayHoldOnPort,
  matchedPaths,
  type MeshIndex,
  normalizePath,
  pathConditionOf,
  type PathMatch,
  type Service,
  type Workload,
} from '../model/index.ts';
import { areApart, isApartFrom, rewriteBy, takerOf, type Way, waysTo } from './arriving-requests.ts';
import type { Check, PlaceOf } from './check.ts';
import { clauseCovers } from './match-covers.ts';
import { routesTowards, type RoutesTowards } from './reached-hosts.ts';
import { operationsOf } from './rule-clauses.ts';
import { isPublic } from './split-rules.ts';

/** How many clauses of routes are compared exactly in one mesh: what is left may arrive. */
const exactClauses = 5000;

export const rulesBesideRoutes: Check = {
  name: 'rule-beside-routes',
  codes: ['FL0461'],
  reads: 'all',
  check({ mesh, index }, report, placeOf) {
    const isNamed = mesh.authorizationPolicies.some(({ rules }) =>
      rules.some((rule) => operationsOf(rule).some((operation) => namedPaths(operation).length > 0)),
    );
    if (!isNamed) return;
    const facts: Facts = { index, towards: routesTowards(mesh), ways: new Map(), left: exactClauses };
    for (const [policy, workloads] of targetsOf(index)) {
      for (const missed of missedBy(policy, workloads, facts)) reportMissed(missed, facts, report, placeOf);
    }
  },
};

interface Facts {
  readonly index: MeshIndex;
  readonly towards: RoutesTowards;
  /** By host. */
  readonly ways: Map<string, readonly Way[]>;
  left: number;
}

function targetsOf(index: MeshIndex): ReadonlyMap<AuthorizationPolicy, readonly Workload[]> {
  const found = new Map<AuthorizationPolicy, Workload[]>();
  for (const workload of index.mesh.workloads.filter(hasProxy)) {
    for (const policy of index.authorizationOf(workload)) {
      const known = found.get(policy);
      if (known) known.push(workload);
      else found.set(policy, [workload]);
    }
  }
  return found;
}

interface Missed {
  readonly operation: Clause;
  readonly paths: readonly PathMatch[];
  readonly service: Service;
}

/** Where not one alternative of what is allowed ever comes, FL0434 and FL0435 tell it to whoever calls. */
function missedBy(policy: AuthorizationPolicy, workloads: readonly Workload[], facts: Facts): readonly Missed[] {
  const operations = policy.rules.flatMap(operationsOf);
  const judged = operations.map((operation) => missedIn(operation, workloads, facts));
  const isAllMissed = judged.every((one, i) => one?.paths.length === namedPaths(operations[i]).length);
  if (policy.action !== 'ALLOW') return judged.flatMap((one) => one ?? []);
  // What probes ask for is let in everywhere, by habit.
  return isAllMissed ? [] : judged.flatMap((one) => (one && !isPublic(one.operation) ? one : []));
}

/** Undefined where all may come, or some other way than by routes. */
function missedIn(operation: Clause, workloads: readonly Workload[], facts: Facts): Missed | undefined {
  const named = namedPaths(operation);
  if (named.length === 0) return undefined;
  const services: Service[] = [];
  for (const workload of workloads) {
    const own = [...facts.index.servicesOf(workload), ...facts.index.machineServicesOf(workload)];
    if (own.length === 0 || own.some((service) => isOpen(service, workload, operation, facts))) return undefined;
    services.push(...own);
  }
  const [service] = services;
  const ways = [...new Set(services)].flatMap((one) => waysOf(hostOf(one), facts));
  const paths = named.filter((path) => canArrive(path) && !ways.some((way) => brings(way, path, operation, facts)));
  return service && paths.length > 0 ? { operation, paths, service } : undefined;
}

/** Whether requests may come that no route has seen: in plain text, as bytes that nobody looks into, or for a host without routes. */
function isOpen(service: Service, workload: Workload, operation: Clause, { index, towards }: Facts): boolean {
  const ports = service.ports.filter(({ targetPort }) => mayHoldOnPort(operation, targetPort));
  return (
    ports.some((port) => !isHttp(port.protocol) || index.mtlsOf(workload, port.targetPort).mode !== 'STRICT') ||
    service.hosts.some((host) => towards.isPlain(host) || index.routeTablesOf(host).length === 0)
  );
}

function waysOf(host: string, { towards, ways }: Facts): readonly Way[] {
  const known = ways.get(host) ?? towards.tables(host).flatMap(({ http }) => waysTo(host, http));
  ways.set(host, known);
  return known;
}

function namedPaths(operation: Clause | undefined): readonly PathMatch[] {
  return (operation && pathConditionOf(operation)?.anyOf) ?? [];
}

/** An operation narrowed to one of the paths that it names; nothing about the caller, the port or headers, which change on the way. */
function narrowed(operation: Clause, path: PathMatch): Clause {
  const named = pathConditionOf(operation);
  const all = operation.all.filter((one) => isAboutRequest(one) && one.kind !== 'header');
  return { ...operation, all: all.map((one) => (one === named ? { ...named, anyOf: [path] } : one)) };
}

/** Quick where a look at beginnings is enough. */
function brings(way: Way, path: PathMatch, operation: Clause, facts: Facts): boolean {
  const { match, before, rewrite, paths } = way;
  if (rewrite?.path !== undefined && paths.every((one) => isKept(one) && areApart(one, path))) return false;
  const wanted = narrowed(operation, path);
  if (rewrite?.path === undefined) {
    if (isApartFrom(match, [path]) || takerOf(before, wanted)) return false;
    if (clauseCovers(match, wanted) && before.every((clause) => isApartFrom(clause, [path]))) return true;
  }
  // Most of what goes before takes other paths, and every one of them would be asked for exactly.
  const own = matchedPaths(match);
  const taken = before.filter((clause) => !own.every((one) => isApartFrom(clause, [one])));
  const passage = { match, taken, ...(rewrite && { rewrite }) };
  if (passesByExample(passage, wanted)) return true;
  facts.left -= 1 + taken.length;
  if (facts.left < 0) return true;
  return mayPass(passage, wanted);
}

/** Whether what a rewrite ends with is just that: no rest of a segment makes it another. */
function isKept({ type, value }: PathMatch): boolean {
  return type !== 'prefix' && normalizePath(value) === value;
}

function reportMissed({ operation, paths, service }: Missed, { index }: Facts, report: Report, placeOf: PlaceOf): void {
  const [path] = paths;
  if (!path) return;
  const wanted = narrowed(operation, path);
  const routes = index.routeTablesOf(hostOf(service)).flatMap(({ http }) => http);
  const taker =
    routes.find(({ matches }) => takerOf(matches, wanted)) ??
    routes.find(({ matches }) => matches.some((match) => !isApartFrom(match, [path])));
  const match = taker && (takerOf(taker.matches, wanted) ?? taker.matches[0]);
  const arriving = taker && match && rewriteBy(taker)?.path !== undefined ? rewritten(taker, match, path) : undefined;
  report('FL0461', {
    message: `no route brings ${keyOf(service)} what this rule names: ${paths.map(formatMatch).join(', ')}`,
    span: placeOf(operation.origin, path.type === 'segments' ? formatMatch(path) : path.value),
    related: taker ? [{ message: 'such requests take this route', span: taker.origin }] : [],
    hint: arriving
      ? `write the path as it arrives: ${formatMatch(arriving)}`
      : `remove it, or send it to ${keyOf(service)} as it is`,
  });
}

/** What becomes of a path, as far as that is plain. */
function rewritten(route: Way['route'], match: Clause, path: PathMatch): PathMatch | undefined {
  if (path.type === 'regex' || path.type === 'suffix') return undefined;
  for (const { change, bare } of pathChanges(rewriteBy(route), match)) {
    if (bare?.path === path.value && path.type === 'exact' && bare.change.kind === 'replace')
      return { type: 'exact', value: bare.change.path };
    if (change.kind === 'replace') return { type: 'exact', value: change.path };
    if (change.kind === 'prefix' && path.value.startsWith(change.dropped)) {
      const value = change.path + path.value.slice(change.dropped.length);
      return value === '' ? undefined : { type: path.type, value };
    }
  }
  return undefined;
}
