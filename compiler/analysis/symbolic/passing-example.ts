// A request that a route takes and sends on as a clause wants it, put together from what is written. Where there is none, nothing is said.
import {
  type Clause,
  handleBy,
  httpMethods,
  isAboutRequest,
  matchedPaths,
  normalizePath,
  type PathMatch,
  type Reading,
  type RequestCondition,
  type Rewrite,
  splitQuery,
  type StringMatch,
  type TableBy,
} from '../../model/index.ts';
import type { Language } from '../automata/language.ts';
import { someMatch } from '../automata/regex-search.ts';
import { applyPathChange, type PathChange, pathChangeFor, pathChanges } from '../concrete/rewrite.ts';
import type { RequestParts } from '../fields/dimension.ts';
import { dimensionOf, holdsInRequest } from '../fields/index.ts';
import { arrivingPaths } from '../fields/path.ts';
import { arrivingConditions, type Passage, takenForCertain } from './arrival.ts';

/** Quick where the exact answer costs automata. True is certain; false says nothing. */
export function passesByExample({ match, taken, rewrite }: Passage, wanted: Clause): boolean {
  const asked = match.all.filter(isAboutRequest);
  const arriving = arrivingConditions(wanted);
  const before = takenForCertain(taken);
  return requestsFor(asked, arriving, pathsFor(match, rewrite, wanted)).some(
    (request) =>
      holdIn(asked, request) &&
      holdIn(arriving, sentOn(request, rewrite, match)) &&
      !before.some((conditions) => holdIn(conditions, request)),
  );
}

function holdIn(conditions: readonly RequestCondition[], request: RequestParts): boolean {
  return conditions.every((condition) => holdsInRequest(condition, request));
}

function sentOn(request: RequestParts, rewrite: Rewrite | undefined, match: Clause): RequestParts {
  const { path, query } = splitQuery(request.path);
  return { ...request, path: normalizePath(applyPathChange(pathChangeFor(rewrite, match, path), path)) + query };
}

/** One for each path, with what the route asks of headers and queries, and a method that both ends take. */
function requestsFor(
  asked: readonly RequestCondition[],
  arriving: readonly RequestCondition[],
  paths: readonly string[],
): readonly RequestParts[] {
  const named = asked.filter(({ kind, not }) => (kind === 'header' || kind === 'query') && !not);
  const ofMethod = [...asked, ...arriving].filter(({ kind }) => kind === 'method');
  const method = httpMethods.find((one) => holdIn(ofMethod, { method: one, path: '/', headers: {} }));
  if (method === undefined) return [];
  return paths
    .filter((path) => arrivingPaths.has(path))
    .flatMap((path) => withValues(named, { method, path, headers: {} }) ?? []);
}

/** Undefined where no value can be read off. */
function withValues(conditions: readonly RequestCondition[], plain: RequestParts): RequestParts | undefined {
  let request = plain;
  for (const condition of conditions) {
    const dimension = dimensionOf(condition);
    const [first] = condition.anyOf;
    const value = first && handleBy('type', sampleOf, first as StringMatch, dimension.universe);
    if (value === undefined || !dimension.universe.has(value)) return undefined;
    request = dimension.write(request, value);
  }
  return request;
}

const itself = ({ value }: { readonly value: string }) => value;

const sampleOf: TableBy<'type', Reading<StringMatch, 'type' | 'value'>, [universe: Language], string | undefined> = {
  exact: itself,
  prefix: itself,
  suffix: itself,
  regex: ({ value }, universe) => {
    const found = someMatch(value, universe);
    return found === 'unknown' ? undefined : found?.text;
  },
  present: () => 'any',
};

/** As callers send them, of those that each change of the route makes into one that is wanted. */
function pathsFor(match: Clause, rewrite: Rewrite | undefined, wanted: Clause): readonly string[] {
  const made = pathChanges(rewrite, match).flatMap(({ match: taken, change, bare }) => {
    const own = change.kind === 'keep' ? matchedPaths(match) : [taken];
    return own.flatMap((one) =>
      matchedPaths(wanted).flatMap((path) => [...pathsThrough(change, one, path), ...(bare ? [bare.path] : [])]),
    );
  });
  return [...new Set(made)];
}

/** Below the paths that the route takes, so that they end or go on as is wanted. */
function pathsThrough(change: PathChange, own: PathMatch, wanted: PathMatch): readonly string[] {
  if (own.type === 'regex' || (wanted.type === 'regex' && change.kind !== 'replace')) return [];
  const below = own.type === 'suffix' ? `/any${own.value}` : own.value;
  if (wanted.type === 'regex') return [below];
  if (wanted.type === 'suffix') return [`${below.replace(/\/+$/, '')}/any${wanted.value}`, below];
  switch (change.kind) {
    case 'keep':
      return [wanted.value, below];
    case 'replace':
      return [below];
    case 'prefix': {
      const rest = wanted.value.startsWith(change.path) ? wanted.value.slice(change.path.length) : '/any';
      return [change.dropped + rest];
    }
  }
}
