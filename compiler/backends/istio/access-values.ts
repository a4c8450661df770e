// Values of AuthorizationPolicy fields: exact, `prefix*`, `*suffix` or `*`. There is no regex and no way to escape a star.
import type { Report } from '../../diagnostics/index.ts';
import {
  handleBy,
  type Origin,
  type PathMatch,
  type Reading,
  type StringMatch,
  type TableBy,
} from '../../model/index.ts';

/** The values in Istio's spelling, or `inexpressible` if one of them has none (which is reported). */
export type AccessValues = readonly string[] | 'inexpressible';

/** Where a value stands: the field for people, the rest for the report. */
export interface AccessPlace {
  readonly field: string;
  readonly origin: Origin;
  readonly report: Report;
}

type AnyMatch = Reading<StringMatch | PathMatch, 'type' | 'value'>;

/** Undefined for what has no spelling, which is reported. */
type Spelling = string | undefined;

const spellings: TableBy<'type', AnyMatch, [place: AccessPlace], readonly Spelling[]> = {
  exact: ({ value }, place) => {
    const isPlain = value !== '' && !value.startsWith('*') && !value.endsWith('*');
    return [isPlain ? value : unspelt(value, place)];
  },
  prefix: ({ value }, place) => [value.startsWith('*') ? unspelt(value, place) : `${value}*`],
  suffix: ({ value }) => [`*${value}`],
  // The path itself and all below it.
  segments: ({ value }, place) => [
    ...spell({ type: 'exact', value }, place),
    ...spell({ type: 'prefix', value: `${value}/` }, place),
  ],
  regex: ({ value }, { field, origin, report }) => {
    report('FL0501', {
      message: `Istio's AuthorizationPolicy has no regexes: ${field} cannot match "${value}"`,
      span: origin,
      hint: 'list the values, or use a prefix or suffix',
    });
    return [undefined];
  },
  present: () => ['*'],
};

export function textValues(matches: readonly AnyMatch[], place: AccessPlace): AccessValues {
  const spelt = matches.flatMap((match) => spell(match, place));
  const values = spelt.filter((value) => value !== undefined);
  return values.length < spelt.length ? 'inexpressible' : values;
}

export function pathValues(matches: readonly PathMatch[], place: AccessPlace): AccessValues {
  const templates = matches.filter((match) => handleBy('type', isTemplate, match));
  const [template] = templates;
  if (!template) return textValues(matches, place);
  unspelt(template.value, place);
  return 'inexpressible';
}

export function portValues(ports: readonly number[]): AccessValues {
  return ports.map(String);
}

/** `{*}` and `{**}` make a path template of a value, and templates cannot be escaped either. */
const isTemplate: TableBy<'type', PathMatch, [], boolean> = {
  exact: hasBraces,
  prefix: hasBraces,
  suffix: hasBraces,
  segments: hasBraces,
  regex: () => false,
};

function hasBraces({ value }: { readonly value: string }): boolean {
  return /\{\*\*?\}/.test(value);
}

function spell(match: AnyMatch, place: AccessPlace): readonly Spelling[] {
  return handleBy('type', spellings, match, place);
}

function unspelt(value: string, { field, origin, report }: AccessPlace): undefined {
  report('FL0502', {
    message:
      value === ''
        ? `Istio's AuthorizationPolicy cannot match an empty value in ${field}`
        : `Istio would read "${value}" in ${field} as a pattern`,
    span: origin,
    hint: 'use a prefix or suffix that ends before the star',
  });
}
