// Whoever declares a use, or is let out by a gateway, should have a chance to be let in.
import type { Report } from '../diagnostics/index.ts';
import {
  type AccessAction,
  type AuthorizationPolicy,
  type AuthorizationRule,
  type ByScope,
  type Clause,
  type EgressHost,
  type EgressScope,
  formatMatch,
  handle,
  handleBy,
  handleByScope,
  hostOf,
  isEveryPath,
  isUnconditional,
  keyOf,
  matchesString,
  type Mesh,
  type PeerCondition,
  principal,
  proxiesOfGateway,
  type Service,
  type StringMatch,
  selectsWorkloads,
  type Table,
  type TableBy,
  type Workload,
  runsGateway,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { mayArrive, takerOf, type Way, waysTo } from './arriving-requests.ts';
import { type ReachedHosts, reachedHosts } from './reached-hosts.ts';
import { callersOf, operationsOf } from './rule-clauses.ts';
import { selectPolicies } from './selection.ts';

export const deniedCallers: Check = {
  name: 'denied-callers',
  codes: ['FL0434', 'FL0435'],
  reads: ['services', 'workloads', 'egressScopes', 'authorizationPolicies', 'routeTables', 'gateways', 'settings'],
  check({ mesh }, report) {
    const workloads = new Map(mesh.workloads.map((workload) => [keyOf(workload), workload]));
    const callees = calleesOf(mesh);
    const reached = reachedHosts(mesh);
    for (const scope of mesh.egressScopes) {
      const caller = workloads.get(scope.workload);
      if (!caller) continue;
      const identities = proxiesOf(mesh, caller).map((proxy) => identityIn(mesh, proxy));
      for (const use of scope.hosts) {
        const callee = callees.get(use.host);
        // A redirect is answered by the proxy of the caller, and a route to another service asks that one.
        if (!callee || !reached.from(caller, use.host).has(use.host)) continue;
        reportUse({ caller, use, service: callee.service }, { scope, callee, identities, reached }, report);
      }
    }
  },
};

interface UseFacts {
  readonly scope: EgressScope;
  readonly callee: Callee;
  readonly identities: readonly Identity[];
  readonly reached: ReachedHosts;
}

function reportUse(
  use: Omit<Denial, 'blocker'>,
  { scope, callee, identities, reached }: UseFacts,
  report: Report,
): void {
  const [blocker] = blockersOf(callee, identities);
  if (blocker) reportDenied({ ...use, blocker }, report);
  // Where some rule takes every request, there is nothing to miss.
  if (blocker || blockersOf(callee, identities, ({ all }) => all.length === 0).length === 0) return;
  const ways = waysOf(reached, use.caller, scope, callee);
  const [missed] = ways ? blockersOf(callee, identities, (rule) => ways.some((way) => mayArrive(way, rule))) : [];
  if (missed) reportMissed({ ...use, blocker: missed, ways: ways ?? [] }, report);
}

/** One for each identity that is denied, if all of them are. */
function blockersOf(
  { policies }: Callee,
  identities: readonly Identity[],
  arrives?: Arrives,
): readonly AuthorizationPolicy[] {
  const found = identities.flatMap((identity) => findBlocker(policies, identity, arrives) ?? []);
  return found.length === identities.length ? found : [];
}

/** The ways that a caller has to a service by whatever host of its scope; undefined where a connection may hold any request. */
function waysOf(
  reached: ReachedHosts,
  caller: Workload,
  scope: EgressScope,
  { service }: Callee,
): readonly Way[] | undefined {
  const leading = scope.hosts.map(({ host }) => host).filter((host) => reached.from(caller, host).has(hostOf(service)));
  return reached.tables(caller, leading)?.flatMap(({ http }) => waysTo(hostOf(service), http));
}

/** Whoever serves what a gateway lets in does so with an identity of its own, and one that is let in is a way. */
function proxiesOf(
  { gateways, workloads }: Pick<Mesh, 'gateways' | 'workloads'>,
  caller: Workload,
): readonly Workload[] {
  const gateway = runsGateway(caller) && gateways.find((one) => keyOf(one) === keyOf(caller));
  if (!gateway) return [caller];
  return proxiesOfGateway(gateway, workloads);
}

interface Callee {
  readonly service: Service;
  readonly policies: readonly AuthorizationPolicy[];
}

/** By host, those that have policies: nobody else denies. */
export function calleesOf({ services, authorizationPolicies }: Mesh): ReadonlyMap<string, Callee> {
  const index = selectPolicies(authorizationPolicies);
  const callees = services
    .filter(selectsWorkloads)
    .map((service) => ({ service, policies: index.selecting(service.namespace, service.selector) }))
    .filter(({ policies }) => policies.length > 0);
  return new Map(callees.flatMap((callee) => callee.service.hosts.map((host) => [host, callee] as const)));
}

interface Identity {
  readonly namespace: string;
  readonly principal: string;
}

/** As whom a workload's proxy calls. */
export function identityIn({ settings }: Pick<Mesh, 'settings'>, { namespace, serviceAccount }: Workload): Identity {
  return { namespace, principal: principal(settings.trustDomain, namespace, serviceAccount) };
}

/** Whether requests may come that an alternative of a rule is for. */
type Arrives = (operation: Clause) => boolean;

/**
 * The policy because of which the caller is denied whatever it asks for. What rules ask of the request counts as open, but for requests
 * that never arrive.
 */
export function findBlocker(
  policies: readonly AuthorizationPolicy[],
  identity: Identity,
  arrives: Arrives = () => true,
): AuthorizationPolicy | undefined {
  for (const [action, blockerAmong] of Object.entries(blockers)) {
    const blocker = blockerAmong(
      policies.filter((policy) => policy.action === action),
      identity,
      arrives,
    );
    if (blocker) return blocker;
  }
  return undefined;
}

type FindBlocker = (
  policies: readonly AuthorizationPolicy[],
  identity: Identity,
  arrives: Arrives,
) => AuthorizationPolicy | undefined;

/** By the action of the policies, in the order in which they decide. */
const blockers: Readonly<Record<AccessAction, FindBlocker>> = {
  DENY: (policies, identity) =>
    policies.find(({ rules }) => rules.some((rule) => asksNothing(rule) && accepts(rule, identity, () => true))),
  ALLOW: (policies, identity, arrives) =>
    policies.some(({ rules }) => rules.some((rule) => accepts(rule, identity, arrives))) ? undefined : policies[0],
};

function accepts(rule: AuthorizationRule, identity: Identity, arrives: Arrives): boolean {
  const mayHoldOne = (clauses: readonly Clause[]) => clauses.some((clause) => mayHold(clause, identity));
  return mayHoldOne(callersOf(rule)) && mayHoldOne(operationsOf(rule).filter(arrives));
}

/** True for a rule that is about who calls and nothing else. */
function asksNothing({ to, when }: AuthorizationRule): boolean {
  return isUnconditional(to) && when.length === 0;
}

function mayHold({ all }: Clause, identity: Identity): boolean {
  return all.every((condition) => handleByScope(holders, condition, identity));
}

/** Whether a condition may hold for some request of the caller. */
const holders: ByScope<[identity: Identity], boolean> = {
  request: () => true,
  port: () => true,
  peer: (condition, identity) => mayBeAny(condition.anyOf, handle(identityOf, condition, identity)) !== condition.not,
};

const identityOf: Table<PeerCondition, [identity: Identity], string> = {
  principal: (_condition, { principal }) => principal,
  namespace: (_condition, { namespace }) => namespace,
};

function mayBeAny(anyOf: readonly StringMatch[], value: string): boolean {
  return anyOf.some((match) => handleBy('type', mayMatch, match, value));
}

/** Expressions count as matching. */
const mayMatch: TableBy<'type', StringMatch, [value: string], boolean> = {
  exact: matchesString,
  prefix: matchesString,
  suffix: matchesString,
  regex: () => true,
  present: () => true,
};

/** A use that is declared on one side, and refused by a policy on the other. */
interface Denial {
  readonly caller: Workload;
  readonly use: EgressHost;
  readonly service: Service;
  readonly blocker: AuthorizationPolicy;
}

function reportDenied({ caller, use, service, blocker }: Denial, report: Report): void {
  const isGateway = runsGateway(caller);
  const isLocal = caller.namespace === service.namespace;
  const addition = `{ from: [{ ${isGateway ? 'gateway' : 'service'}: ${isLocal ? caller.name : keyOf(caller)} }] }`;
  report(isGateway ? 'FL0435' : 'FL0434', {
    message: isGateway
      ? `${keyOf(service)} never lets in gateway ${keyOf(caller)}, where it is exposed`
      : `${keyOf(caller)} uses ${keyOf(service)}, which never lets it in`,
    span: use.origin,
    related: [{ message: 'because of this', span: blocker.origin }],
    hint: hints[blocker.action](keyOf(service), addition),
  });
}

const hints: Readonly<Record<AccessAction, (service: string, addition: string) => string>> = {
  ALLOW: (service, addition) => `add ${addition} to access.allow of ${service}`,
  DENY: (service) => `narrow access.deny of ${service}, for example with unless`,
};

/** The caller is one of those let in, but not with what the routes leave of its requests. */
function reportMissed(
  { caller, use, service, blocker, ways }: Denial & { readonly ways: readonly Way[] },
  report: Report,
): void {
  const paths = ways.flatMap((way) => way.paths);
  const taken = ways.flatMap((way) => way.taken);
  const taker = blocker.rules.flatMap(operationsOf).flatMap((operation) => takerOf(taken, operation) ?? [])[0];
  const written = [...new Set(paths.map(formatMatch))].slice(0, 3);
  report(runsGateway(caller) ? 'FL0435' : 'FL0434', {
    message: `no route brings ${keyOf(service)} a request of ${keyOf(caller)} that its access rules let in`,
    span: use.origin,
    related: [
      { message: 'because of this', span: blocker.origin },
      ...(taker ? [{ message: 'such requests take this route', span: taker.origin }] : []),
    ],
    hint: paths.some(isEveryPath)
      ? `let in what the routes send to ${keyOf(service)}, or send there what is let in`
      : `access rules see the path that the route sends on: ${written.join(', ')}`,
  });
}
