// DENY rules that ask about requests, said port by port: Istio takes such a rule for one about every TCP port of the workload as well, as
// the mesh does, and warns whoever leaves that unsaid. https://istio.io/latest/docs/concepts/security/#using-policy-on-plain-tcp-protocols
import {
  type Clause,
  conditionsOf,
  isAboutRequest,
  isOneOrMore,
  isUnconditional,
  type OneOrMore,
} from './condition.ts';
import type { MeshIndex } from './lookup.ts';
import type { AccessAction, AuthorizationPolicy, AuthorizationRule } from './security.ts';
import { isHttp } from './service.ts';
import type { Workload } from './workload.ts';

/** The rules of a policy in the order in which Istio counts them. */
export function rulesByPort(policy: AuthorizationPolicy, index: MeshIndex): readonly AuthorizationRule[] {
  return byAction[policy.action](policy, index);
}

const byAction: Readonly<Record<AccessAction, typeof rulesByPort>> = {
  ALLOW: ({ rules }) => rules,
  DENY: saidByPort,
};

/** What the rules come to beyond the ports that speak HTTP stands behind them, so that each keeps its number. */
function saidByPort(policy: AuthorizationPolicy, index: MeshIndex): readonly AuthorizationRule[] {
  const { rules } = policy;
  const open = rules.filter(({ to }) => !isUnconditional(to) && to.every((clause) => !asksPort(clause)));
  const ports = open.length > 0 ? httpPorts(policy, index) : [];
  if (!isOneOrMore(ports)) return rules;
  const onHttp = (clause: Clause) => withPort(clause, clause.all, ports, false);
  const elsewhere = (clause: Clause) =>
    withPort(
      clause,
      clause.all.filter((one) => !isAboutRequest(one)),
      ports,
      true,
    );
  return [
    ...rules.map((rule) => (open.includes(rule) ? { ...rule, to: rule.to.map(onHttp) } : rule)),
    ...open.map((rule) => ({
      ...rule,
      to: distinct(rule.to.map(elsewhere)),
      when: rule.when.filter((one) => !isAboutRequest(one)),
    })),
  ];
}

function asksPort(clause: Clause): boolean {
  return conditionsOf(clause, 'port').length > 0;
}

function withPort(clause: Clause, others: Clause['all'], anyOf: OneOrMore<number>, not: boolean): Clause {
  return { ...clause, all: [...others, { kind: 'port', anyOf, not }] };
}

function distinct(clauses: readonly Clause[]): readonly Clause[] {
  return [...new Map(clauses.map((clause) => [JSON.stringify(clause.all), clause])).values()];
}

/** Ports that speak HTTP at every workload that the policy is about. */
function httpPorts(policy: AuthorizationPolicy, index: MeshIndex): readonly number[] {
  const about = index.mesh.workloads.filter((workload) => index.authorizationOf(workload).includes(policy));
  const all = about.flatMap((workload) => portsOf(workload, index));
  const others = new Set(all.filter(({ protocol }) => !isHttp(protocol)).map(({ targetPort }) => targetPort));
  const http = new Set(all.filter(({ protocol }) => isHttp(protocol)).map(({ targetPort }) => targetPort));
  return [...http.difference(others)].sort((a, b) => a - b);
}

function portsOf(workload: Workload, index: MeshIndex) {
  return [...index.servicesOf(workload), ...index.machineServicesOf(workload)].flatMap(({ ports }) => ports);
}
