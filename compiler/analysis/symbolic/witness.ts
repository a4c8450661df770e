// Picks one request out of a set of them: a short one that a person could have written.
import { blaming } from '../automata/budget.ts';
import type { Cube } from '../automata/diagram.ts';
import type { Language } from '../automata/language.ts';
import type { RequestParts } from '../fields/dimension.ts';
import { pathDimension } from '../fields/path.ts';
import type { RequestSpace } from './request-space.ts';

const cubeLimit = 200;

/** The simplest request of some cubes, its path also in `within`; undefined if there is none. */
export function findWitness(space: RequestSpace, cubes: Iterable<Cube>, within?: Language): RequestParts | undefined {
  let best: Priced | undefined;
  let left = cubeLimit;
  for (const cube of cubes) {
    // Beyond the limit any witness will do.
    if (left-- <= 0 && best) break;
    const found = witnessOf(space, cube, within);
    if (found && (!best || found.cost < best.cost)) best = found;
  }
  return best?.request;
}

interface Priced {
  readonly request: RequestParts;
  readonly cost: number;
}

function witnessOf(space: RequestSpace, cube: Cube, within: Language | undefined): Priced | undefined {
  let found: Priced = { request: { method: 'GET', path: '/', headers: {} }, cost: 0 };
  for (const field of space.fields) {
    const { dimension } = field;
    const find = () => field.valueIn(cube.atoms, dimension === pathDimension ? within : undefined);
    const value = blaming(dimension.key, find, space);
    if (value === undefined) return undefined;
    found = { request: dimension.write(found.request, value), cost: found.cost + dimension.cost(value) };
  }
  return found;
}
