// Whether one clause holds wherever another does. May say no where the truth is yes, never the other way round.
import {
  type Clause,
  type Condition,
  conditionsOf,
  handle,
  handleBy,
  isEveryPath,
  matchesString,
  nothingLeft,
  type PathMatch,
  type StringMatch,
  type Table,
  type TableBy,
} from '../model/index.ts';

export function clauseCovers(wide: Clause, narrow: Clause): boolean {
  const { kind: _kind, origin: _origin, all, ...rest } = wide;
  nothingLeft(rest);
  return all.every((condition) => handle(followsFrom, condition, narrow));
}

/** Whether a condition holds wherever the clause does. */
const followsFrom: Table<Condition, [given: Clause], boolean> = {
  path: (wanted, given) =>
    (!wanted.not && wanted.anyOf.some(isEveryPath)) || follows(wanted, conditionsOf(given, 'path'), pathCovers),
  method: (wanted, given) => follows(wanted, conditionsOf(given, 'method'), stringCovers),
  header: (wanted, given) => {
    const sameHeader = conditionsOf(given, 'header').filter(({ name }) => name === wanted.name);
    return follows(wanted, sameHeader, stringCovers);
  },
  port: (wanted, given) => follows(wanted, conditionsOf(given, 'port'), (wide, narrow) => wide === narrow),
  principal: (wanted, given) => follows(wanted, conditionsOf(given, 'principal'), stringCovers),
  namespace: (wanted, given) => follows(wanted, conditionsOf(given, 'namespace'), stringCovers),
};

interface Test<V> {
  readonly anyOf: readonly V[];
  readonly not: boolean;
}

/** From one of those given: each of its values is one that is wanted, or each that is unwanted is one of those it excludes. */
function follows<V>(wanted: Test<V>, given: readonly Test<V>[], covers: (wide: V, narrow: V) => boolean): boolean {
  return given.some(({ anyOf, not }) => {
    if (not !== wanted.not) return false;
    return not
      ? wanted.anyOf.every((unwanted) => anyOf.some((excluded) => isSame(excluded, unwanted)))
      : anyOf.every((narrow) => wanted.anyOf.some((wide) => covers(wide, narrow)));
  });
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function stringCovers(wide: StringMatch, narrow: StringMatch): boolean {
  return wide.type === 'present' || isSame(wide, narrow);
}

function pathCovers(wide: PathMatch, narrow: PathMatch): boolean {
  if (isEveryPath(wide) || isSame(wide, narrow)) return true;
  if (narrow.type === 'exact') return matchesString(wide, narrow.value);
  return handleBy('type', covers, wide, narrow);
}

/** Where the narrow match is of many paths, and another. */
const covers: TableBy<'type', PathMatch, [narrow: PathMatch], boolean> = {
  exact: () => false,
  prefix: ({ value }, narrow) => handleBy('type', starts, narrow).startsWith(value),
  segments: ({ value }, narrow) => handleBy('type', starts, narrow).startsWith(`${value}/`),
  suffix: ({ value }, narrow) => handleBy('type', ends, narrow).endsWith(value),
  regex: () => false,
};

/** What all paths that a match takes start with, as far as it is plain. */
const starts: TableBy<'type', PathMatch, [], string> = {
  exact: ({ value }) => value,
  prefix: ({ value }) => value,
  segments: ({ value }) => value,
  suffix: () => '',
  regex: () => '',
};

const ends: TableBy<'type', PathMatch, [], string> = {
  exact: ({ value }) => value,
  prefix: () => '',
  segments: () => '',
  suffix: ({ value }) => value,
  regex: () => '',
};
