// One clause of an access rule as Istio's `source` (who calls) or `operation` (what is asked).
import type { Report } from '../../diagnostics/index.ts';
import type { Clause, Condition } from '../../model/index.ts';
import type { AccessValues } from './access-values.ts';
import { type FieldNames, fieldOrder, spelt, wordsFor } from './access-words.ts';
import { reportInexpressible } from './inexpressible.ts';

/** Values by Istio's field. */
export type AccessFields = readonly (readonly [field: string, values: AccessValues])[];

export function sourceFields(clause: Clause, report: Report): AccessFields {
  return fieldsIn('source', clause, report);
}

export function operationFields(clause: Clause, report: Report): AccessFields {
  return fieldsIn('operation', clause, report);
}

const places = { source: 'a source of an access rule', operation: 'an operation of an access rule' } as const;

function fieldsIn(part: keyof typeof places, clause: Clause, report: Report): AccessFields {
  // One way or another every condition is dealt with here, since every kind has its place in the order.
  const byKind = Map.groupBy(clause.all, ({ kind }) => kind);
  return fieldOrder.flatMap((kind) => {
    const conditions = byKind.get(kind);
    if (!conditions) return [];
    const names = wordsFor(kind)[part];
    if (names) return valuesOf(conditions, names, clause, report);
    return conditions.map((condition) => refused(kind, condition, places[part], { clause, report }));
  });
}

/** Values of a field are alternatives: it cannot ask two things at once, but it can refuse them. */
function valuesOf(
  conditions: readonly Condition[],
  [field, notField]: FieldNames,
  clause: Clause,
  report: Report,
): AccessFields {
  const { origin } = clause;
  const [wanted, ...more] = conditions.filter(({ not }) => !not);
  const unwanted = conditions.filter(({ not }) => not).map((c) => spelt(c, { field: notField, origin, report }));
  const listed = unwanted.filter((values) => values !== 'inexpressible');
  const others = more.map((condition) =>
    refused(field, condition, `a rule that asks for the ${condition.kind} already`, { clause, report }),
  );
  return [
    [field, wanted ? spelt(wanted, { field, origin, report }) : []],
    ...others,
    [notField, listed.length < unwanted.length ? 'inexpressible' : listed.flat()],
  ];
}

function refused(
  field: string,
  condition: Condition,
  place: string,
  { clause, report }: { readonly clause: Clause; readonly report: Report },
): readonly [field: string, values: AccessValues] {
  reportInexpressible(condition, place, clause.origin, report);
  return [field, 'inexpressible'];
}
