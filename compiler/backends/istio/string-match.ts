// The model's string matches as Istio's StringMatch, which knows exact, prefix and regex only.
import { RE2JS } from 're2js';
import type { Report } from '../../diagnostics/index.ts';
import type { Origin, StringMatch } from '../../model/index.ts';

/** `{}` asks for presence: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest */
export type IstioStringMatch = { exact: string } | { prefix: string } | { regex: string } | Record<string, never>;

/** Istio refuses longer ones, whatever Envoy would do with them. */
const maxRegexLength = 1024;

export function toStringMatch(match: StringMatch, origin: Origin, report: Report): IstioStringMatch {
  switch (match.type) {
    case 'exact':
      return { exact: match.value };
    case 'prefix':
      return match.value === '' ? {} : { prefix: match.value };
    case 'suffix':
      return match.value === '' ? {} : checkedRegex(toRegex(match), origin, report);
    case 'regex':
      // Istio takes an empty regex for a mistake; matching the whole of nothing is the same as being empty.
      return match.value === '' ? { exact: '' } : checkedRegex(match.value, origin, report);
    case 'present':
      return {};
  }
}

/** One regex for several matches of which any may hold. */
export function anyOf(matches: readonly StringMatch[], origin: Origin, report: Report): IstioStringMatch {
  return checkedRegex(matches.map((match) => `(?:${toRegex(match)})`).join('|'), origin, report);
}

export function toRegex(match: StringMatch): string {
  switch (match.type) {
    case 'exact':
      return escapeRegex(match.value);
    case 'prefix':
      return `${escapeRegex(match.value)}.*`;
    case 'suffix':
      return `.*${escapeRegex(match.value)}`;
    case 'regex':
      return match.value;
    case 'present':
      return '.*';
  }
}

export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** True if an empty value would match. */
export function matchesEmpty(match: StringMatch): boolean {
  if (match.type === 'regex') return RE2JS.matches(match.value, '');
  return match.type === 'present' || match.value === '';
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
