// What an access rule asks besides, as Istio's `when`: attributes by key.
import type { Report } from '../../diagnostics/index.ts';
import type { Condition, Origin } from '../../model/index.ts';
import { spelt, wordsFor } from './access-words.ts';
import { reportInexpressible } from './inexpressible.ts';

type When = Readonly<Record<string, unknown>>;

export function toWhen(condition: Condition, origin: Origin, report: Report): When | 'inexpressible' {
  const key = wordsFor(condition.kind).when?.(condition);
  if (key === undefined) {
    reportInexpressible(condition, 'the `when` of an access rule', origin, report);
    return 'inexpressible';
  }
  const values = spelt(condition, { field: key, origin, report });
  return values === 'inexpressible' ? values : { key, [condition.not ? 'notValues' : 'values']: values };
}
