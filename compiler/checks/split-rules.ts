// Rules of a list are alternatives. What was meant as "from there, and only this" and was written as two rules opens (or closes) twice as much.
import { type AuthorizationRule, type Clause, fieldScope, type AccessAction } from '../model/index.ts';
import type { Check } from './check.ts';

export const splitRules: Check = {
  name: 'split-rule',
  codes: ['FL0456'],
  reads: ['authorizationPolicies'],
  check({ mesh }, report) {
    for (const { rules, action } of mesh.authorizationPolicies) {
      const [first, second, ...more] = rules;
      // Who writes the open rule first, or more than two, knows that they are alternatives.
      if (!first || !second || more.length > 0) continue;
      if (!asksOnly(first, 'peer') || !asksOnly(second, 'request')) continue;
      report('FL0456', {
        message: `this ${effects[action]} every caller, and the rule before it every request: either is enough`,
        span: second.origin,
        related: [{ message: 'the rule before it', span: first.origin }],
        hint: 'join them into one rule if both shall hold; else write this one first',
      });
    }
  },
};

const effects: Readonly<Record<AccessAction, string>> = { ALLOW: 'lets in', DENY: 'denies' };

/** Whether a rule asks of one side alone: who calls, or what is asked for. */
function asksOnly({ from, to, when }: AuthorizationRule, side: 'peer' | 'request'): boolean {
  const [asked, other] = side === 'peer' ? [from, to] : [to, from];
  const isOf = ({ all }: Clause) => all.length > 0 && all.every(({ kind }) => fieldScope[kind] === side);
  return when.length === 0 && asked.length > 0 && asked.every(isOf) && other.every(({ all }) => all.length === 0);
}
