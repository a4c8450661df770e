// Whoever declares a use, or is let out by a gateway, should have a chance to be let in.
import type { Report } from '../diagnostics/index.ts';
import {
  type AccessAction,
  type AuthorizationPolicy,
  type AuthorizationRule,
  type ByScope,
  type Clause,
  type EgressHost,
  handle,
  handleBy,
  handleByScope,
  isUnconditional,
  keyOf,
  matchesString,
  type Mesh,
  type PeerCondition,
  principal,
  type Service,
  type StringMatch,
  selectsWorkloads,
  type Table,
  type TableBy,
  type Workload,
  runsGateway,
  servesGateway,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { reachedHosts } from './reached-hosts.ts';
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
        const found = identities.map((identity) => findBlocker(callee.policies, identity));
        const [blocker] = found;
        if (blocker && found.every((one) => one))
          reportDenied({ caller, use, service: callee.service, blocker }, report);
      }
    }
  },
};

/** Whoever serves what a gateway lets in does so with an identity of its own, and one that is let in is a way. */
function proxiesOf(
  { gateways, workloads }: Pick<Mesh, 'gateways' | 'workloads'>,
  caller: Workload,
): readonly Workload[] {
  const gateway = runsGateway(caller) && gateways.find((one) => keyOf(one) === keyOf(caller));
  if (!gateway) return [caller];
  return [
    caller,
    ...workloads.filter((other) => other !== caller && runsGateway(other) && servesGateway(other, gateway)),
  ];
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

/** The policy because of which the caller is denied whatever it asks for. Rules with conditions on the request count as open. */
export function findBlocker(
  policies: readonly AuthorizationPolicy[],
  identity: Identity,
): AuthorizationPolicy | undefined {
  for (const [action, blockerAmong] of Object.entries(blockers)) {
    const blocker = blockerAmong(
      policies.filter((policy) => policy.action === action),
      identity,
    );
    if (blocker) return blocker;
  }
  return undefined;
}

type FindBlocker = (policies: readonly AuthorizationPolicy[], identity: Identity) => AuthorizationPolicy | undefined;

/** By the action of the policies, in the order in which they decide. */
const blockers: Readonly<Record<AccessAction, FindBlocker>> = {
  DENY: (policies, identity) =>
    policies.find(({ rules }) => rules.some((rule) => asksNothing(rule) && accepts(rule, identity))),
  ALLOW: (policies, identity) =>
    policies.some(({ rules }) => rules.some((rule) => accepts(rule, identity))) ? undefined : policies[0],
};

function accepts(rule: AuthorizationRule, identity: Identity): boolean {
  const mayHoldOne = (clauses: readonly Clause[]) => clauses.some((clause) => mayHold(clause, identity));
  return mayHoldOne(callersOf(rule)) && mayHoldOne(operationsOf(rule));
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
