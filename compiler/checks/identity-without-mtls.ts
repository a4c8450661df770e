// Who calls is known from mutual TLS only. A rule about callers on a port that takes plain text is not what it seems.
import type { Report } from '../diagnostics/index.ts';
import type {
  AuthorizationPolicy,
  AuthorizationRule,
  MeshIndex,
  MtlsMode,
  PeerAuthentication,
  Service,
  ServicePort,
  SourceMatch,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { SelectionIndex } from './selection.ts';

export const identityWithoutMtls: Check = {
  name: 'identity-without-mtls',
  codes: ['FL0444', 'FL0447'],
  reads: 'all',
  check(input, report) {
    const { mesh } = input;
    const isStrict = mesh.peerAuthentications.every(isAlwaysStrict);
    if (isStrict) return;
    const { index } = input;
    const policies = new SelectionIndex<AuthorizationPolicy>(mesh.authorizationPolicies, (policy) => policy.target);
    const plainAllows = new Map<PeerAuthentication, SourceMatch>();
    for (const service of mesh.services) {
      if (service.resolution !== 'workloads') continue;
      for (const policy of policies.selecting(service.namespace, service.selector)) {
        for (const rule of policy.rules) checkRule({ index, service, policy, rule, plainAllows, report });
      }
    }
    for (const [decidedBy, source] of plainAllows) reportPlainAllow(decidedBy, source, report);
  },
};

function isAlwaysStrict({ mode, portModes }: PeerAuthentication): boolean {
  return mode === 'STRICT' && Object.values(portModes).every((portMode) => portMode === 'STRICT');
}

interface Place {
  readonly index: MeshIndex;
  readonly service: Service;
  readonly policy: AuthorizationPolicy;
  readonly rule: AuthorizationRule;
  /** Allow rules that plain-text callers never match, the first for each demand: they fail closed, so once is enough. */
  readonly plainAllows: Map<PeerAuthentication, SourceMatch>;
  readonly report: Report;
}

/** One finding a rule: the first port that is not strict tells enough. */
function checkRule(place: Place): void {
  const { index, service, policy, rule, plainAllows, report } = place;
  const [source] = rule.from;
  const [workload] = source ? index.workloadsOf(service) : [];
  if (!source || !workload) return;
  const modes = portsOf(rule, service).map((port) => ({ port, ...index.mtlsOf(workload, port.targetPort) }));
  const off = modes.find(({ mode }) => mode === 'DISABLE');
  const found = off ?? modes.find(({ mode }) => mode === 'PERMISSIVE');
  if (!found?.decidedBy) return;
  if (!off && (policy.action === 'ALLOW' || isOfEverybody(source))) {
    if (!plainAllows.has(found.decidedBy)) plainAllows.set(found.decidedBy, source);
    return;
  }
  report('FL0444', {
    message: `callers in plain text have no identity, so on port ${found.port.number} this rule ${effectOf(policy, source, found.mode)}`,
    span: source.origin,
    related: [{ message: off ? 'mTLS is off' : 'plain text is let in', span: found.decidedBy.origin }],
    hint: off
      ? 'turn mTLS on, or remove the callers from the rule'
      : 'make mTLS strict: only then everybody has an identity',
  });
}

function effectOf({ action }: AuthorizationPolicy, source: SourceMatch, mode: MtlsMode): string {
  if (action === 'ALLOW') return 'allows nobody';
  if (isOfEverybody(source)) return 'denies everybody, the exceptions included';
  return mode === 'DISABLE' ? 'denies nobody' : 'does not deny them';
}

/** Everybody but the exceptions, who are recognized by their identity. */
function isOfEverybody({ principals, namespaces }: SourceMatch): boolean {
  return principals.length === 0 && namespaces.length === 0;
}

function portsOf({ to }: AuthorizationRule, { ports }: Service): readonly ServicePort[] {
  if (to.length === 0 || to.some((operation) => operation.ports.length === 0)) return ports;
  return ports.filter((port) => to.some((operation) => operation.ports.includes(port.targetPort)));
}

function reportPlainAllow(decidedBy: PeerAuthentication, source: SourceMatch, report: Report): void {
  report('FL0447', {
    message: 'callers in plain text are let in here, and no access rule that asks who calls ever matches them',
    span: decidedBy.origin,
    related: [{ message: 'such as this one', span: source.origin }],
    hint: 'go on to strict once every caller has a proxy',
  });
}
