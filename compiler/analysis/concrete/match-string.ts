// Decides one string match for one value, as Envoy and RE2 do. The symbolic twin is languages.ts.
import { RE2JS } from 're2js';
import type { PathMatch, StringMatch } from '../../model/index.ts';

const compiled = new Map<string, RE2JS | undefined>();

/** Undefined for a pattern that RE2 refuses; the front end reports those, and here they match nothing. */
export function compileRegex(pattern: string): RE2JS | undefined {
  if (!compiled.has(pattern)) {
    let regex: RE2JS | undefined;
    try {
      regex = RE2JS.compile(pattern);
      // re2js knows look-behind, RE2 does not.
      if (regex.re2Input.prog.numLb > 0) regex = undefined;
    } catch {
      regex = undefined;
    }
    compiled.set(pattern, regex);
  }
  return compiled.get(pattern);
}

export function matchesString(match: StringMatch | PathMatch, value: string): boolean {
  switch (match.type) {
    case 'exact':
      return value === match.value;
    case 'prefix':
      return value.startsWith(match.value);
    case 'suffix':
      return value.endsWith(match.value);
    case 'segments':
      return value === match.value || value.startsWith(`${match.value}/`);
    case 'regex':
      return compileRegex(match.value)?.matches(value) ?? false;
    case 'present':
      return true;
  }
}

/** How a match is written in intent: `/api/*`, `x*`, `*x`, `/re/`, `any value`. */
export function formatMatch(match: StringMatch | PathMatch): string {
  switch (match.type) {
    case 'exact':
      return match.value;
    case 'prefix':
      return match.value === '/' ? '/*' : `${match.value}*`;
    case 'suffix':
      return `*${match.value}`;
    case 'segments':
      return `${match.value}/*`;
    case 'regex':
      return `~${match.value}`;
    case 'present':
      return 'any value';
  }
}
