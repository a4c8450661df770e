// The model's string matches as Istio's StringMatch, which knows exact, prefix and regex only.
import type { Report } from '../../diagnostics/index.ts';
import {
  handleBy,
  matchesString,
  type Origin,
  type Reading,
  type StringMatch,
  type TableBy,
  regexOf,
} from '../../model/index.ts';

/** `{}` asks for presence: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest */
export type IstioStringMatch = { exact: string } | { prefix: string } | { regex: string } | Record<string, never>;

/** Istio refuses longer ones, whatever Envoy would do with them. */
const maxRegexLength = 1024;

type Match = Reading<StringMatch, 'type' | 'value'>;

const spellings: TableBy<'type', Match, [origin: Origin, report: Report], IstioStringMatch> = {
  exact: ({ value }) => ({ exact: value }),
  prefix: ({ value }) => (value === '' ? {} : { prefix: value }),
  suffix: (match, origin, report) => (match.value === '' ? {} : checkedRegex(regexOf(match), origin, report)),
  // Istio takes an empty regex for a mistake; matching the whole of nothing is the same as being empty.
  regex: ({ value }, origin, report) => (value === '' ? { exact: '' } : checkedRegex(value, origin, report)),
  present: () => ({}),
};

const presences: TableBy<'type', Match, [], boolean> = {
  exact: () => false,
  prefix: ({ value }) => value === '',
  suffix: ({ value }) => value === '',
  regex: () => false,
  present: () => true,
};

export function toStringMatch(match: StringMatch, origin: Origin, report: Report): IstioStringMatch {
  return handleBy('type', spellings, match, origin, report);
}

/** One match for several of which any may hold: a regex where more than one is left. */
export function toAnyOf(matches: readonly StringMatch[], origin: Origin, report: Report): IstioStringMatch {
  const [only, ...others] = matches;
  if (matches.some(isPresence)) return {};
  if (only && others.length === 0) return toStringMatch(only, origin, report);
  return checkedRegex(matches.map((match) => `(?:${regexOf(match)})`).join('|'), origin, report);
}

/** True for what asks for no more than a value, be it empty. */
export function isPresence(match: StringMatch): boolean {
  return handleBy('type', presences, match);
}

/** True if an empty value would match. */
export function matchesEmpty(match: StringMatch): boolean {
  return matchesString(match, '');
}

function checkedRegex(regex: string, origin: Origin, report: Report): IstioStringMatch {
  if (regex.length > maxRegexLength) {
    report('FL0514', {
      message: `Istio accepts regexes of up to ${maxRegexLength} characters, this one has ${regex.length}`,
      span: origin,
      hint: 'split the condition into several matches',
    });
  }
  return { regex };
}
