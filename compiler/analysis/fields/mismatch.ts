// Why a condition does not hold, in words: what the field is, and what was wanted. Never more of a request than the field in question.
import {
  type Condition,
  type ConditionOf,
  fieldName,
  formatMatch,
  formatValue,
  handleByScope,
  type ByScope,
  type PeerCondition,
  type RequestCondition,
} from '../../model/index.ts';
import type { RequestParts } from './dimension.ts';
import { dimensionOf, holdsInRequest, type Known, openConditions, peerValue } from './index.ts';

/** One field that is not as it should be. */
export interface Mismatch {
  readonly field: string;
  /** Absent where the request, or the caller, has no such thing. */
  readonly value?: string;
  readonly wanted: readonly string[];
  readonly not: boolean;
}

export function isMet(condition: Condition, request: RequestParts, known: Known): boolean {
  return openConditions([condition], known)?.every((one) => holdsInRequest(one, request)) ?? false;
}

/** Undefined where the condition holds. */
export function mismatchOf(condition: Condition, request: RequestParts, known: Known): Mismatch | undefined {
  if (isMet(condition, request, known)) return undefined;
  const value = handleByScope(values, condition, request, known);
  const wanted = condition.anyOf.map((one) => (typeof one === 'number' ? String(one) : formatMatch(one)));
  return { field: fieldName(condition), wanted, not: condition.not, ...(value !== undefined && { value }) };
}

const values: ByScope<[RequestParts, Known], string | undefined> = {
  request: (condition: RequestCondition, request) => {
    const found = dimensionOf(condition).valuesIn(request);
    return found.length === 0 ? undefined : found.join(' and ');
  },
  port: (_condition: ConditionOf<'port'>, _request, { port }) => String(port),
  peer: (condition: PeerCondition, _request, known) => peerValue(condition, known),
};

const wantedShown = 5;

/** `the header x-beta is false, wanted true`. */
export function describeMismatch({ field, value, wanted, not }: Mismatch): string {
  const more = wanted.length - wantedShown;
  const list = [...wanted.slice(0, wantedShown), ...(more > 0 ? [`${more} more`] : [])].join(' or ');
  const found = value === undefined ? `there is no ${field}` : `the ${field} is ${formatValue(value)}`;
  return `${found}, wanted ${not ? 'anything but ' : ''}${list}`;
}

/** Alternatives that fail by the same field are one: any of what they want would have done. */
export function mergeMismatches(mismatches: readonly Mismatch[]): readonly Mismatch[] {
  const groups = Map.groupBy(mismatches, ({ field, not }) => `${not} ${field}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first || first.not) return group;
    return [{ ...first, wanted: [...new Set(group.flatMap(({ wanted }) => wanted))] }];
  });
}
