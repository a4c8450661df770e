// Whether one match holds wherever another does. May say no where the truth is yes, never the other way round.
import { RE2JS } from 're2js';
import type { HeaderMatch, HttpMatch, PathMatch } from '../model/index.ts';

export function matchCovers(wide: HttpMatch, narrow: HttpMatch): boolean {
  return (
    pathCovers(wide.path, narrow.path) &&
    listCovers(wide.methods, narrow.methods) &&
    listCovers(wide.ports, narrow.ports) &&
    wide.headers.every((condition) => narrow.headers.some((other) => headerImplies(other, condition)))
  );
}

/** Alternatives: an empty list is everything. */
function listCovers<T>(wide: readonly T[], narrow: readonly T[]): boolean {
  return wide.length === 0 || (narrow.length > 0 && narrow.every((value) => wide.includes(value)));
}

function headerImplies(given: HeaderMatch, wanted: HeaderMatch): boolean {
  if (given.name !== wanted.name) return false;
  const isSame = given.invert === wanted.invert && JSON.stringify(given.match) === JSON.stringify(wanted.match);
  return isSame || (wanted.match.type === 'present' && !wanted.invert && !given.invert);
}

function pathCovers(wide: PathMatch | undefined, narrow: PathMatch | undefined): boolean {
  if (wide === undefined || (wide.type === 'prefix' && wide.value === '/')) return true;
  if (narrow === undefined) return false;
  if (wide.type === narrow.type && wide.value === narrow.value) return true;
  switch (wide.type) {
    case 'exact':
      return false;
    case 'prefix':
      return narrow.type !== 'suffix' && narrow.type !== 'regex' && narrow.value.startsWith(wide.value);
    case 'segments':
      return isUnder(wide.value, narrow);
    case 'suffix':
      return (narrow.type === 'exact' || narrow.type === 'suffix') && narrow.value.endsWith(wide.value);
    case 'regex':
      return narrow.type === 'exact' && RE2JS.matches(wide.value, narrow.value);
  }
}

function isUnder(base: string, narrow: PathMatch): boolean {
  if (narrow.type === 'suffix' || narrow.type === 'regex') return false;
  const isBelow = narrow.value.startsWith(`${base}/`);
  return isBelow || (narrow.type === 'exact' && narrow.value === base);
}
