// What an access rule asks, for rules of ours that look at one half of it. Used by several; is none itself.
import { type AuthorizationRule, type Clause, type Condition, fieldScope, nothingLeft } from '../model/index.ts';

/** What it asks of who calls: alternatives, each with what must hold besides. */
export function callersOf(rule: AuthorizationRule): readonly Clause[] {
  return halvesOf(rule).callers;
}

/** What it asks of what is asked for: alternatives, each with what must hold besides. */
export function operationsOf(rule: AuthorizationRule): readonly Clause[] {
  return halvesOf(rule).operations;
}

function halvesOf({ kind: _kind, origin: _origin, name: _name, from, to, when, ...rest }: AuthorizationRule) {
  nothingLeft(rest);
  const besides = (clause: Clause): Clause =>
    when.length === 0 ? clause : { ...clause, all: [...clause.all, ...when] };
  return { callers: from.map(besides), operations: to.map(besides) };
}

/** True for a condition on the caller's identity. */
export function isAboutCaller({ kind }: Condition): boolean {
  return fieldScope[kind] === 'peer';
}
