// Who calls is known from mutual TLS only. A rule about callers on a port that takes plain text is not what it seems.
import type { Report } from '../diagnostics/index.ts';
import {
  type AccessAction,
  type AuthorizationPolicy,
  type AuthorizationRule,
  type Clause,
  type MeshIndex,
  type MtlsMode,
  mayHoldOnPort,
  nothingLeft,
  type Origin,
  type PeerAuthentication,
  type Service,
  type ServicePort,
  selectsWorkloads,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { callersOf, isAboutCaller, operationsOf } from './rule-clauses.ts';
import { selectPolicies } from './selection.ts';

export const identityWithoutMtls: Check = {
  name: 'identity-without-mtls',
  codes: ['FL0444', 'FL0447'],
  reads: 'all',
  check(input, report) {
    const { mesh } = input;
    const isStrict = mesh.peerAuthentications.every(isAlwaysStrict);
    if (isStrict) return;
    const { index } = input;
    const policies = selectPolicies(mesh.authorizationPolicies);
    const plainAllows = new Map<PeerAuthentication, PlainAllow>();
    for (const service of mesh.services) {
      if (!selectsWorkloads(service)) continue;
      for (const policy of policies.selecting(service.namespace, service.selector)) {
        for (const rule of policy.rules) checkRule({ index, service, policy, rule, plainAllows, report });
      }
    }
    for (const plainAllow of plainAllows.values()) reportPlainAllow(plainAllow, report);
  },
};

/** Who has no identity: whoever talks in plain text. */
const plainText: Readonly<Record<MtlsMode, 'nobody' | 'some' | 'everybody'>> = {
  STRICT: 'nobody',
  PERMISSIVE: 'some',
  DISABLE: 'everybody',
};

function isAlwaysStrict(demand: PeerAuthentication): boolean {
  const { kind: _kind, origin: _origin, name: _name, namespace: _namespace, target: _target, ...modes } = demand;
  const { mode, portModes, ...rest } = modes;
  nothingLeft(rest);
  const ofPorts = Object.values(portModes).map((port) => port.mode);
  return [mode, ...ofPorts].every((demanded) => plainText[demanded] === 'nobody');
}

interface Place {
  readonly index: MeshIndex;
  readonly service: Service;
  readonly policy: AuthorizationPolicy;
  readonly rule: AuthorizationRule;
  /** Allow rules that plain-text callers never match, the first for each demand: they fail closed, so once is enough. */
  readonly plainAllows: Map<PeerAuthentication, PlainAllow>;
  readonly report: Report;
}

interface PlainAllow {
  readonly caller: Clause;
  readonly demandedAt: Origin;
}

/** One finding a rule: the first port that is not strict tells enough. */
function checkRule(place: Place): void {
  const { index, service, policy, rule, plainAllows, report } = place;
  const callers = callersOf(rule);
  const [caller] = callers.every(({ all }) => all.some(isAboutCaller)) ? callers : [];
  const [workload] = caller ? index.workloadsOf(service) : [];
  if (!caller || !workload) return;
  const demands = portsOf(rule, service).map((port) => ({ port, ...index.mtlsOf(workload, port.targetPort) }));
  const off = demands.find(({ mode }) => plainText[mode] === 'everybody');
  const found = off ?? demands.find(({ mode }) => plainText[mode] === 'some');
  if (!found?.decidedBy || !found.origin) return;
  const effect = effects[policy.action]({ isEverybodyPlain: off !== undefined, isOfEverybody: isOfEverybody(caller) });
  if (effect === 'fails closed') {
    if (!plainAllows.has(found.decidedBy)) plainAllows.set(found.decidedBy, { caller, demandedAt: found.origin });
    return;
  }
  report('FL0444', {
    message: `callers in plain text have no identity, so on port ${found.port.number} this rule ${effect}`,
    span: caller.origin,
    related: [{ message: off ? 'mTLS is off' : 'plain text is let in', span: found.origin }],
    hint: off
      ? 'turn mTLS on, or remove the callers from the rule'
      : 'make mTLS strict: only then everybody has an identity',
  });
}

interface Circumstances {
  readonly isEverybodyPlain: boolean;
  /** Everybody but the exceptions, who are recognized by their identity. */
  readonly isOfEverybody: boolean;
}

/** What a rule about callers does where plain text is let in. It fails closed where it shuts out no more than plain text. */
const effects: Readonly<Record<AccessAction, (where: Circumstances) => string>> = {
  ALLOW: ({ isEverybodyPlain }) => (isEverybodyPlain ? 'allows nobody' : 'fails closed'),
  DENY({ isEverybodyPlain, isOfEverybody }) {
    if (isOfEverybody) return isEverybodyPlain ? 'denies everybody, the exceptions included' : 'fails closed';
    return isEverybodyPlain ? 'denies nobody' : 'does not deny them';
  },
};

function isOfEverybody({ all }: Clause): boolean {
  return !all.some((condition) => isAboutCaller(condition) && !condition.not);
}

function portsOf(rule: AuthorizationRule, { ports }: Service): readonly ServicePort[] {
  const operations = operationsOf(rule);
  return ports.filter((port) => operations.some((operation) => mayHoldOnPort(operation, port.targetPort)));
}

function reportPlainAllow({ caller, demandedAt }: PlainAllow, report: Report): void {
  report('FL0447', {
    message: 'callers in plain text are let in here, and no access rule that asks who calls ever matches them',
    span: demandedAt,
    related: [{ message: 'such as this one', span: caller.origin }],
    hint: 'go on to strict once every caller has a proxy',
  });
}
