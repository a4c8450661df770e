// Access rules and mTLS of a service to policies on its workloads.
import type {
  AuthorizationPolicy,
  AuthorizationRule,
  OperationMatch,
  PeerAuthentication,
  Service,
  SourceMatch,
  StringMatch,
} from '../../model/index.ts';
import { keyOf, principal } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { AccessRuleIntent, CallerIntent, MeshServiceIntent, PortIntent } from '../kinds.ts';
import type { ServiceSymbol } from '../symbols.ts';
import type { LowerContext } from './context.ts';
import { portsHint } from './destinations.ts';
import { mtlsMode } from './mesh.ts';
import { lowerPath } from './paths.ts';

/**
 * A written `allow` list, even an empty one, denies what it does not name. Without one the Mesh decides: its `deny`
 * becomes an explicit policy that allows nothing, so that no back end can forget it.
 */
export function lowerAccess(
  spec: Cursor<MeshServiceIntent>,
  service: Service,
  symbol: ServiceSymbol,
  context: LowerContext,
): readonly AuthorizationPolicy[] {
  const access = spec.get('access');
  const allow = access?.get('allow');
  const deny = access?.get('deny');
  const { settings, accessOrigin } = context.global;
  const rulesOf = (list: Cursor<readonly AccessRuleIntent[]>, word: 'allow' | 'deny') =>
    list.items().map((rule, i) => lowerRule(rule, `${keyOf(service)}/access/${word}/${i}`, symbol, context));
  const base = {
    kind: 'AuthorizationPolicy',
    namespace: service.namespace,
    target: { namespace: service.namespace, labels: service.selector },
  } as const;
  const allowName = `${service.name}-allow`;
  const policies: AuthorizationPolicy[] = [];
  if (allow)
    policies.push({ ...base, origin: allow.origin, name: allowName, action: 'ALLOW', rules: rulesOf(allow, 'allow') });
  else if (settings.accessDefault === 'deny')
    policies.push({ ...base, origin: accessOrigin, name: allowName, action: 'ALLOW', rules: [] });
  if (deny && deny.value.length > 0) {
    policies.push({
      ...base,
      origin: deny.origin,
      name: `${service.name}-deny`,
      action: 'DENY',
      rules: rulesOf(deny, 'deny'),
    });
  }
  return policies;
}

function lowerRule(
  rule: Cursor<AccessRuleIntent>,
  name: string,
  symbol: ServiceSymbol,
  context: LowerContext,
): AuthorizationRule {
  const operation = lowerOperation(rule, symbol, context);
  return {
    kind: 'AuthorizationRule',
    origin: rule.origin,
    name,
    from: lowerSources(rule, context),
    to: operation ? [operation] : [],
  };
}

function lowerOperation(
  rule: Cursor<AccessRuleIntent>,
  symbol: ServiceSymbol,
  context: LowerContext,
): OperationMatch | undefined {
  const { methods, paths, ports } = rule.value;
  if (!methods && !paths && !ports) return undefined;
  const lowered = rule.list('paths').flatMap((path) => {
    const match = lowerPath(path, context.report);
    return match ? [match] : [];
  });
  return {
    kind: 'OperationMatch',
    origin: rule.origin,
    methods: (methods ?? []).map(exact),
    notMethods: [],
    paths: lowered,
    notPaths: [],
    ports: rule.list('ports').flatMap((port) => targetPortOf(port, symbol, context)),
  };
}

function targetPortOf(port: Cursor<number>, symbol: ServiceSymbol, { report }: LowerContext): readonly number[] {
  const found = symbol.ports.find((candidate) => candidate.number === port.value);
  if (found) return [found.targetPort];
  report('FL0308', {
    message: `"${symbol.namespace}/${symbol.name}" has no port ${port.value}`,
    span: port.origin,
    hint: portsHint(symbol.ports),
  });
  return [];
}

const exact = (value: string): StringMatch => ({ type: 'exact', value });

/** Callers are alternatives; `unless` is taken away from each of them, or from everybody where none is named. */
function lowerSources(rule: Cursor<AccessRuleIntent>, context: LowerContext): readonly SourceMatch[] {
  const callers = rule.list('from').map((caller) => ({ origin: caller.origin, ...lowerCaller(caller, context) }));
  const excepted = rule.get('unless');
  const except = (excepted?.list('from') ?? []).map((caller) => lowerCaller(caller, context));
  const bases =
    callers.length === 0 && excepted ? [{ origin: excepted.origin, principals: [], namespaces: [] }] : callers;
  return bases.map(({ origin, principals, namespaces }) => ({
    kind: 'SourceMatch',
    origin,
    principals,
    notPrincipals: except.flatMap((e) => e.principals),
    namespaces,
    notNamespaces: except.flatMap((e) => e.namespaces),
  }));
}

interface CallerMatch {
  readonly principals: readonly StringMatch[];
  readonly namespaces: readonly StringMatch[];
}

/** A caller that cannot be resolved matches nobody: an empty list would match everybody. */
function lowerCaller(caller: Cursor<CallerIntent>, { resolver, global }: LowerContext): CallerMatch {
  const { namespace } = caller.value;
  if (namespace !== undefined) return { principals: [], namespaces: [exact(namespace)] };
  const service = caller.get('service');
  const gateway = caller.get('gateway');
  const workload = caller.get('workload');
  const found =
    (service && resolver.target(service, 'MeshService')) ??
    (gateway && resolver.gateway(gateway)) ??
    (workload && resolver.target(workload, 'MeshWorkload'));
  const identity = found ? principal(global.settings.trustDomain, found.namespace, found.serviceAccount) : 'nobody';
  return { principals: [exact(identity)], namespaces: [] };
}

/** Only for a service that says something about mTLS itself; the others get what the Mesh demands. */
export function lowerPeerAuthentication(
  spec: Cursor<MeshServiceIntent>,
  service: Service,
  symbol: ServiceSymbol,
  context: LowerContext,
): readonly PeerAuthentication[] {
  const own = spec.get('mtls');
  const ports = spec.list('ports');
  if (!own && ports.every((port) => port.value.mtls === undefined)) return [];
  const { name, namespace, selector, origin } = service;
  return [
    {
      kind: 'PeerAuthentication',
      origin: own?.origin ?? spec.get('ports')?.origin ?? origin,
      name,
      namespace,
      target: { namespace, labels: selector },
      mode: own ? mtlsMode(own.value) : context.global.settings.mtls,
      portModes: portModesOf(ports, symbol, context),
    },
  ];
}

function portModesOf(
  ports: readonly Cursor<PortIntent>[],
  symbol: ServiceSymbol,
  { report }: LowerContext,
): PeerAuthentication['portModes'] {
  const modes: Record<string, PeerAuthentication['mode']> = {};
  for (const [i, port] of ports.entries()) {
    const targetPort = String(symbol.ports[i]?.targetPort ?? port.value.port);
    if (port.value.mtls === undefined) continue;
    const mode = mtlsMode(port.value.mtls);
    if (modes[targetPort] !== undefined && modes[targetPort] !== mode) {
      report('FL0313', {
        message: `two ports lead to target port ${targetPort} with different mtls`,
        span: port.get('mtls')?.origin,
      });
    }
    modes[targetPort] = mode;
  }
  return modes;
}
