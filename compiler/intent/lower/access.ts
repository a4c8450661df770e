// Access rules of a service to policies on its workloads.
import {
  type AccessAction,
  type AuthorizationPolicy,
  type AuthorizationRule,
  type Clause,
  type Condition,
  keyOf,
  nothingLeft,
  type Service,
  allowsByDefault,
} from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { AccessRuleIntent, CallerIntent, MeshServiceIntent } from '../kinds.ts';
import type { ServiceSymbol } from '../symbols.ts';
import type { LowerContext } from './context.ts';
import { ruleFields } from './fields/index.ts';

export function lowerAccess(
  spec: Cursor<MeshServiceIntent>,
  service: Service,
  symbol: ServiceSymbol,
  context: LowerContext,
): readonly AuthorizationPolicy[] {
  const access = spec.get('access');
  return Object.values(policiesByAction).flatMap((lower) => lower({ access, service, symbol, context }));
}

interface Place {
  readonly access: Cursor<NonNullable<MeshServiceIntent['access']>> | undefined;
  readonly service: Service;
  readonly symbol: ServiceSymbol;
  readonly context: LowerContext;
}

/** At most one policy each, in this order. */
const policiesByAction: Readonly<Record<AccessAction, (place: Place) => readonly AuthorizationPolicy[]>> = {
  /**
   * A written `allow` list, even an empty one, denies what it does not name. Without one the Mesh decides: its `deny`
   * becomes an explicit policy that allows nothing, so that no back end can forget it.
   */
  ALLOW(place) {
    const list = place.access?.get('allow');
    const { settings, accessOrigin: origin } = place.context.global;
    if (list) return [{ ...policyOf('ALLOW', place), origin: list.origin, rules: rulesOf('ALLOW', list, place) }];
    return allowsByDefault(settings) ? [] : [{ ...policyOf('ALLOW', place), origin, rules: [] }];
  },
  DENY(place) {
    const list = place.access?.get('deny');
    if (!list || list.value.length === 0) return [];
    return [{ ...policyOf('DENY', place), origin: list.origin, rules: rulesOf('DENY', list, place) }];
  },
};

const words: Readonly<Record<AccessAction, 'allow' | 'deny'>> = { ALLOW: 'allow', DENY: 'deny' };

function policyOf(action: AccessAction, { service: { name, namespace, selector } }: Place) {
  return {
    kind: 'AuthorizationPolicy',
    namespace,
    target: { namespace, labels: selector },
    name: `${name}-${words[action]}`,
    action,
  } as const;
}

function rulesOf(
  action: AccessAction,
  list: Cursor<readonly AccessRuleIntent[]>,
  { service, symbol, context }: Place,
): readonly AuthorizationRule[] {
  const prefix = `${keyOf(service)}/access/${words[action]}`;
  return list.items().map((rule, i) => lowerRule(rule, `${prefix}/${i}`, symbol, context));
}

function lowerRule(
  rule: Cursor<AccessRuleIntent>,
  name: string,
  symbol: ServiceSymbol,
  context: LowerContext,
): AuthorizationRule {
  const { from: _from, unless: _unless, methods: _methods, paths: _paths, ports: _ports, ...rest } = rule.value;
  nothingLeft(rest);
  const { origin } = rule;
  const asked = ruleFields.map((field): readonly Condition[] | undefined => field.inRule(rule, symbol, context));
  const all = asked.flatMap((conditions) => conditions ?? []);
  return {
    kind: 'AuthorizationRule',
    origin,
    name,
    from: lowerCallers(rule, context),
    to: asked.includes(undefined) ? [] : [{ kind: 'Clause', origin, all }],
    when: [],
  };
}

/** Callers are alternatives; `unless` is taken away from each of them, or from everybody where none is named. */
function lowerCallers(rule: Cursor<AccessRuleIntent>, context: LowerContext): readonly Clause[] {
  const unless = rule.get('unless');
  const exceptions = ruleFields.map((field): readonly Condition[] =>
    field.inCallers(unless?.list('from') ?? [], true, context),
  );
  const clauseOf = ({ origin }: Cursor<unknown>, callers: readonly Cursor<CallerIntent>[]): Clause => ({
    kind: 'Clause',
    origin,
    all: ruleFields.flatMap((field, i): readonly Condition[] => [
      ...field.inCallers(callers, false, context),
      ...(exceptions[i] ?? []),
    ]),
  });
  const callers = rule.list('from');
  return callers.length > 0 ? callers.map((caller) => clauseOf(caller, [caller])) : [clauseOf(unless ?? rule, [])];
}
