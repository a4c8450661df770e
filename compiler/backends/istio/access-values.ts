// Values of AuthorizationPolicy fields: exact, `prefix*`, `*suffix` or `*`. There is no regex and no way to escape a star.
import type { Report } from '../../diagnostics/index.ts';
import type { Origin, PathMatch, StringMatch } from '../../model/index.ts';

/** The values in Istio's spelling, or `inexpressible` if one of them has none (which is reported). */
export type AccessValues = readonly string[] | 'inexpressible';

export function accessValues(
  matches: readonly StringMatch[],
  field: string,
  origin: Origin,
  report: Report,
): AccessValues {
  const spelt = matches.map((match) => spell(match, field, origin, report));
  const values = spelt.filter((value) => value !== undefined);
  return values.length < spelt.length ? 'inexpressible' : values;
}

/** `segments` takes two values: the path itself and all below it. */
export function pathValues(matches: readonly PathMatch[], field: string, origin: Origin, report: Report): AccessValues {
  const plain = matches.flatMap((match): StringMatch[] =>
    match.type === 'segments'
      ? [
          { type: 'exact', value: match.value },
          { type: 'prefix', value: `${match.value}/` },
        ]
      : [match],
  );
  // `{*}` and `{**}` make a path template of a value, and templates cannot be escaped either.
  const template = plain.find((match) => 'value' in match && match.type !== 'regex' && /\{\*\*?\}/.test(match.value));
  if (!template) return accessValues(plain, field, origin, report);
  reportValue(template, field, origin, report);
  return 'inexpressible';
}

function spell(match: StringMatch, field: string, origin: Origin, report: Report): string | undefined {
  switch (match.type) {
    case 'present':
      return '*';
    case 'regex':
      report('FL0501', {
        message: `Istio's AuthorizationPolicy has no regexes: ${field} cannot match "${match.value}"`,
        span: origin,
        hint: 'list the values, or use a prefix or suffix',
      });
      return undefined;
    case 'prefix':
      if (!match.value.startsWith('*')) return `${match.value}*`;
      break;
    case 'suffix':
      return `*${match.value}`;
    case 'exact':
      if (match.value !== '' && !match.value.startsWith('*') && !match.value.endsWith('*')) return match.value;
  }
  reportValue(match, field, origin, report);
  return undefined;
}

function reportValue(match: StringMatch, field: string, origin: Origin, report: Report): void {
  const value = 'value' in match ? match.value : '';
  report('FL0502', {
    message:
      value === ''
        ? `Istio's AuthorizationPolicy cannot match an empty value in ${field}`
        : `Istio would read "${value}" in ${field} as a pattern`,
    span: origin,
    hint: 'use a prefix or suffix that ends before the star',
  });
}
