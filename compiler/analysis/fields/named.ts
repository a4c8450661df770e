// Fields of which a request has any number under names of their own, such as headers. A request may lack each of them.
import { contentLengthPattern, splitQuery } from '../../model/index.ts';
import { type Language, words } from '../automata/language.ts';
import { regexLanguage } from '../automata/regex-language.ts';
import { valuesOf } from './header-source.ts';
import { websites } from './origin-values.ts';
import { absent, type Dimension, type RequestParts } from './dimension.ts';

/** What differs between such fields. */
export interface NamedField {
  /** The first part of the dimension's key, such as `header`. */
  readonly kind: string;
  /** Among dimensions: after method and path. */
  readonly rank: number;
  /** Every value but the absent one. */
  readonly values: string;
  /** For some names those values that the analysis of all requests knows. */
  readonly known?: Readonly<Record<string, string>>;
  /** For some names those values that it does not know. */
  readonly unknown?: Readonly<Record<string, string>>;
  read(request: RequestParts, name: string): readonly string[];
  write(request: RequestParts, name: string, value: string): RequestParts;
  /** Values that people are used to, for some names. */
  readonly usual: Readonly<Record<string, readonly string[]>>;
  /** For some names those values of which others are told apart, but hardly ever sent. */
  readonly likely?: Readonly<Record<string, Language>>;
  /** How a description calls it: `x-beta: true`. */
  readonly phrase: (name: string) => string;
}

/** The dimension of a name; the same object each time. */
export function dimensionsOf(field: NamedField): (name: string) => Dimension {
  const universeOf = (values: string) => regexLanguage(values).or(words(absent));
  const universe = universeOf(field.values);
  const known = new Map<string, Dimension>();
  return (name) => {
    const narrow = field.known?.[name];
    const out = field.unknown?.[name];
    const all = narrow === undefined ? universe : universeOf(narrow);
    const left = out === undefined ? all : all.and(regexLanguage(out).not());
    const dimension = known.get(name) ?? make(field, name, left);
    known.set(name, dimension);
    return dimension;
  };
}

function make(field: NamedField, name: string, universe: Dimension['universe']): Dimension {
  const usual = [absent, ...(field.usual[name] ?? [])];
  const likely = field.likely?.[name];
  return {
    key: `${field.kind} ${name}`,
    rank: field.rank,
    universe,
    isOptional: true,
    valuesIn: (request) => field.read(request, name),
    usual: (isWanted) => usual.find(isWanted),
    ...(likely && { likely }),
    write: (request, value) => (value === absent ? request : field.write(request, name, value)),
    cost: (value) => (value === absent ? 0 : 20 + name.length + value.length),
    phrase: { part: 'named', name: field.phrase(name) },
    everything: 'anything',
  };
}

/**
 * `name` is lower-case; blanks around a value are stripped. As a dimension, each header stands in a request at most once:
 * the analysis of all requests does not know repeated ones, `decide` does.
 */
export const headerDimension = dimensionsOf({
  kind: 'header',
  rank: 2,
  values: '([!-~\\x80-\\xff]([ -~\\x80-\\xff]*[!-~\\x80-\\xff])?)?',
  // The other values of the first three make requests that proxies refuse, or mean nothing.
  known: {
    'content-length': contentLengthPattern,
    connection: '(?i)(keep-alive, )?upgrade',
    upgrade: '(?i)websocket',
    'x-forwarded-proto': '[!-~]([ -~]*[!-~])?',
  },
  // These get no answer but from the proxy.
  unknown: { 'grpc-timeout': '[+-]?0+[\\t-\\r ]*[HMSmun]' },
  read: ({ headers }, name) => valuesOf(headers, name),
  write: (request, name, value) => ({ ...request, headers: { ...request.headers, [name]: value } }),
  usual: {
    'access-control-request-method': ['GET'],
    connection: ['Upgrade'],
    'content-length': ['0'],
    origin: ['https://example.com', 'https://example.org'],
    upgrade: ['websocket'],
  },
  likely: { origin: websites },
  phrase: (name) => name,
});

/** As it is sent; the first of its name, as proxies look it up. A parameter without a value has the empty one. */
export const queryDimension = dimensionsOf({
  kind: 'query',
  rank: 3,
  values: `[!"$%'-~]*`,
  read: ({ path }, name) => {
    const pairs = splitQuery(path).query.slice(1).split('&');
    const pair = pairs.find((one) => one === name || one.startsWith(`${name}=`));
    return pair === undefined ? [] : [pair.slice(name.length + 1)];
  },
  write: (request, name, value) => {
    const joint = request.path.includes('?') ? '&' : '?';
    return { ...request, path: `${request.path}${joint}${name}${value === '' ? '' : `=${value}`}` };
  },
  usual: {},
  phrase: (name) => `?${name}`,
});
