// Conditions on headers. Istio keeps them in two maps by name, so there is one positive and one negative condition a header.
import type { Report } from '../../diagnostics/index.ts';
import type { HttpMatch, StringMatch } from '../../model/index.ts';
import { anyOf, type IstioStringMatch, matchesEmpty, toStringMatch } from './string-match.ts';

export interface HeaderConditions {
  readonly headers: Readonly<Record<string, IstioStringMatch>>;
  readonly withoutHeaders: Readonly<Record<string, IstioStringMatch>>;
}

/** Alternatives, of which one must hold; none if Istio has no words for the conditions. */
export function headerConditions(match: HttpMatch, report: Report): readonly HeaderConditions[] {
  const names = [...new Set(match.headers.map((h) => h.name))].sort();
  let alternatives: readonly HeaderConditions[] = [{ headers: {}, withoutHeaders: {} }];
  for (const name of names) {
    const ofName = match.headers.filter((h) => h.name === name);
    const positive = strongest(ofName.filter((h) => !h.invert).map((h) => h.match));
    if (positive.length > 1) {
      reportTwo(name, match, report);
      return [];
    }
    const [wanted] = positive;
    const inverted = distinct(ofName.filter((h) => h.invert).map((h) => h.match));
    alternatives = alternatives.flatMap(({ headers, withoutHeaders }) =>
      exclusions(inverted, match, report).map((excluded) => ({
        headers: wanted ? { ...headers, [name]: toStringMatch(wanted, match.origin, report) } : headers,
        withoutHeaders: excluded ? { ...withoutHeaders, [name]: excluded } : withoutHeaders,
      })),
    );
  }
  return alternatives;
}

/** Being present follows from any other condition. */
function strongest(matches: readonly StringMatch[]): readonly StringMatch[] {
  const values = distinct(matches).filter((m) => !isPresence(m));
  return values.length > 0 ? values : matches.slice(0, 1);
}

/**
 * Istio takes a missing header for an empty one in `withoutHeaders`, the model lets a missing header pass any `not`.
 * Where an empty value matches, absence is therefore an alternative of its own.
 */
function exclusions(
  inverted: readonly StringMatch[],
  match: HttpMatch,
  report: Report,
): readonly (IstioStringMatch | undefined)[] {
  const [first] = inverted;
  if (!first) return [undefined];
  if (inverted.some(isPresence)) return [{}];
  const excluded =
    inverted.length === 1 ? toStringMatch(first, match.origin, report) : anyOf(inverted, match.origin, report);
  return inverted.some(matchesEmpty) ? [{}, excluded] : [excluded];
}

function isPresence(match: StringMatch): boolean {
  return match.type === 'present' || ((match.type === 'prefix' || match.type === 'suffix') && match.value === '');
}

function distinct(matches: readonly StringMatch[]): readonly StringMatch[] {
  return [...new Map(matches.map((match) => [JSON.stringify(match), match])).values()];
}

function reportTwo(name: string, match: HttpMatch, report: Report): void {
  report('FL0503', {
    message: `Istio cannot require two things of the header "${name}" in one match`,
    span: match.origin,
    hint: 'write one regex that says both, or drop one condition',
  });
}
