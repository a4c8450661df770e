// Whether one clause holds wherever another does. May say no where the truth is yes, never the other way round.
import {
  type Clause,
  type Condition,
  fieldName,
  handleBy,
  isEveryPath,
  matchesString,
  nothingLeft,
  type PathMatch,
  type Reading,
  type StringMatch,
  type TableBy,
} from '../model/index.ts';

export function clauseCovers(wide: Clause, narrow: Clause): boolean {
  const { kind: _kind, origin: _origin, all, ...rest } = wide;
  nothingLeft(rest);
  return all.every((condition) => followsFrom(condition, narrow));
}

/** Whether a condition holds wherever the clause does: for any path, or since another on the same field says as much. */
function followsFrom(wanted: Condition, { all }: Clause): boolean {
  if (wanted.kind === 'path' && !wanted.not && wanted.anyOf.some(isEveryPath)) return true;
  const given = all.filter((other) => fieldName(other) === fieldName(wanted));
  return follows(wanted, given, wanted.kind === 'path' ? pathCovers : valueCovers);
}

type Known = Reading<Condition, 'kind' | 'anyOf' | 'not', { header: 'name'; query: 'name' }>;

/** From one of those given: each of its values is one that is wanted, or each that is unwanted is one of those it excludes. */
function follows(wanted: Known, given: readonly Known[], covers: (wide: Value, narrow: Value) => boolean): boolean {
  return given.some(({ anyOf, not }) => {
    if (not !== wanted.not) return false;
    return not
      ? wanted.anyOf.every((unwanted) => anyOf.some((excluded) => isSame(excluded, unwanted)))
      : anyOf.every((narrow) => wanted.anyOf.some((wide) => covers(wide, narrow)));
  });
}

function isSame(a: Value, b: Value): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.type === b.type && (a.type === 'present' || b.type === 'present' || a.value === b.value);
}

/** A text, or the number of a port. */
type Value = StringMatch | PathMatch | number;

function valueCovers(wide: Value, narrow: Value): boolean {
  return isSame(wide, narrow) || (typeof wide === 'object' && wide.type === 'present');
}

function pathCovers(wide: Value, narrow: Value): boolean {
  return isPath(wide) && isPath(narrow) && isCoveredPath(wide, narrow);
}

function isPath(value: Value): value is PathMatch {
  return typeof value === 'object' && value.type !== 'present';
}

function isCoveredPath(wide: PathMatch, narrow: PathMatch): boolean {
  if (isEveryPath(wide) || isSame(wide, narrow)) return true;
  if (narrow.type === 'exact') return matchesString(wide, narrow.value);
  return handleBy('type', covers, wide, narrow);
}

type Path = Reading<PathMatch, 'type' | 'value'>;

/** Where the narrow match is of many paths, and another. */
const covers: TableBy<'type', Path, [narrow: PathMatch], boolean> = {
  exact: () => false,
  prefix: ({ value }, narrow) => handleBy('type', starts, narrow).startsWith(value),
  segments: ({ value }, narrow) => handleBy('type', starts, narrow).startsWith(`${value}/`),
  suffix: ({ value }, narrow) => handleBy('type', ends, narrow).endsWith(value),
  regex: () => false,
};

/** What all paths that a match takes start with, as far as it is plain. */
const starts: TableBy<'type', Path, [], string> = {
  exact: ({ value }) => value,
  prefix: ({ value }) => value,
  segments: ({ value }) => value,
  suffix: () => '',
  regex: () => '',
};

const ends: TableBy<'type', Path, [], string> = {
  exact: ({ value }) => value,
  prefix: () => '',
  segments: () => '',
  suffix: ({ value }) => value,
  regex: () => '',
};

/** What all paths that a match takes start with, as far as it is plain. */
export function startOf(match: PathMatch): string {
  return handleBy('type', starts, match);
}
