// Rules of a list are alternatives. What was meant as "from there, and only this" and was written as two rules opens twice as much.
import { type AuthorizationRule, type Clause, conditionsOf, fieldScope, type PathMatch } from '../model/index.ts';
import type { Check } from './check.ts';

export const splitRules: Check = {
  name: 'split-rule',
  codes: ['FL0456'],
  reads: ['authorizationPolicies'],
  check({ mesh }, report) {
    for (const { rules, action } of mesh.authorizationPolicies) {
      const [first, second, ...more] = rules;
      // Who writes the open rule first, or more than two, knows that they are alternatives. So is a list of what is denied read anyway.
      if (action !== 'ALLOW' || !first || !second || more.length > 0) continue;
      if (!asksOnly(first, 'peer') || !asksOnly(second, 'request')) continue;
      if (isForEverybody(second)) continue;
      report('FL0456', {
        message: 'this lets in every caller, and the rule before it every request: either is enough',
        span: second.origin,
        related: [{ message: 'the rule before it', span: first.origin }],
        hint: 'join them into one rule if both shall hold; else write this one first',
      });
    }
  },
};

/** What is plainly meant for whoever asks: reading one exact path each, or what probes, scrapers and crawlers ask for. */
function isForEverybody({ to }: AuthorizationRule): boolean {
  return to.every((clause) => isOneReading(clause) || isPublic(clause));
}

function isOneReading(clause: Clause): boolean {
  const methods = conditionsOf(clause, 'method').flatMap(({ anyOf, not }) => (not ? [] : anyOf));
  const isRead = methods.length > 0 && methods.every((one) => one.type === 'exact' && reading.includes(one.value));
  return isRead && pathsOf(clause).length > 0 && pathsOf(clause).every(({ type }) => type === 'exact');
}

const reading: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export function isPublic(clause: Clause): boolean {
  return pathsOf(clause).length > 0 && pathsOf(clause).every(({ value }) => publicPath.test(value));
}

const publicPath =
  /^\/(\.well-known(\/.*)?|robots\.txt|favicon\.ico|metrics|([^/]+\/)*(health|live|ready|startup|ping)[a-z-]*)$/;

function pathsOf(clause: Clause): readonly PathMatch[] {
  return conditionsOf(clause, 'path').flatMap(({ anyOf, not }) => (not ? [] : anyOf));
}

/** Whether a rule asks of one side alone: who calls, or what is asked for. */
function asksOnly({ from, to, when }: AuthorizationRule, side: 'peer' | 'request'): boolean {
  const [asked, other] = side === 'peer' ? [from, to] : [to, from];
  const isOf = ({ all }: Clause) => all.length > 0 && all.every(({ kind }) => fieldScope[kind] === side);
  return when.length === 0 && asked.length > 0 && asked.every(isOf) && other.every(({ all }) => all.length === 0);
}
