// What each file of this folder says: how this intent writes conditions on one field of the model, wherever conditions are written.
import type { Condition, ConditionOf, Reading } from '../../../model/index.ts';
import type { Cursor } from '../../../syntax/index.ts';
import type { AccessRuleIntent, CallerIntent, MatchIntent } from '../../kinds.ts';
import type { ServiceSymbol } from '../../symbols.ts';
import type { LowerContext } from '../context.ts';

/** What intent can say of a condition, and therefore whatever a condition can say. */
type Written = Reading<Condition, 'kind' | 'anyOf' | 'not', { header: 'name'; query: 'name' }>;

export interface Field<K extends Written['kind']> {
  readonly kind: K;
  /** In one alternative of a route's `match`. At most one for each name of a field. */
  readonly inMatch: (match: Cursor<MatchIntent>, context: LowerContext) => readonly ConditionOf<K>[];
  /**
   * In an access rule of `owner`, of what is asked. Undefined if after reports no value is left: then the rule never
   * holds, so that the rules about the whole mesh do not take it for one that asks nothing.
   */
  readonly inRule: (
    rule: Cursor<AccessRuleIntent>,
    owner: ServiceSymbol,
    context: LowerContext,
  ) => readonly ConditionOf<K>[] | undefined;
  /** Of the callers of an access rule: to be one of them, or with `not` none of them. */
  readonly inCallers: (
    callers: readonly Cursor<CallerIntent>[],
    not: boolean,
    context: LowerContext,
  ) => readonly ConditionOf<K>[];
}

/** The language has no word for the field there. */
export const notWritten = (): readonly never[] => [];
