// The method of a request. What proxies take depends on the version of HTTP: over HTTP/1.1 a list, over HTTP/2 all but CONNECT.
import { httpMethods } from '../../model/index.ts';
import { words } from '../automata/language.ts';
import { regexLanguage } from '../automata/regex-language.ts';
import type { Dimension } from './dimension.ts';
import { withLabel } from './match-language.ts';

const methods: readonly string[] = httpMethods;

/** What proxies take over every version of HTTP. */
export const knownMethods = withLabel(words(...methods), 'any method of HTTP/1.1');

/** Of requests over HTTP/1.1. */
export const methodDimension: Dimension = {
  key: 'method',
  rank: 0,
  universe: knownMethods,
  isOptional: false,
  valuesIn: ({ method }) => [method],
  usual: (isWanted) => [...methods, 'ANNOUNCE'].find(isWanted),
  write: (request, method) => ({ ...request, method }),
  cost: (method) => 4 * (methods.includes(method) ? methods.indexOf(method) : methods.length),
  phrase: { part: 'method' },
  everything: 'any method',
};

/** What of requests over HTTP/2 is told apart: of `QUERY` proxies ask for a content-type besides. */
export type Extensions = 'with QUERY' | 'without QUERY';

export const query = withLabel(words('QUERY'), 'QUERY');

const all = regexLanguage('[A-Z]+(-[A-Z]+)*').and(words('CONNECT').not());

/** What they take over HTTP/2 only. */
export const extensionMethods = withLabel(all.and(knownMethods.not()), 'any extension method');

/** The same field, with extensions: requests that have one come over HTTP/2. In upper case, as rules write methods. */
export const extendedMethod: Readonly<Record<Extensions, Dimension>> = {
  'with QUERY': { ...methodDimension, universe: all },
  'without QUERY': { ...methodDimension, universe: all.and(query.not()) },
};
