// Picks one request out of a set of them: a short one that a person could have written.
import { blamed } from '../automata/budget.ts';
import type { Cube } from '../automata/diagram.ts';
import type { Language } from '../automata/language.ts';
import type { RequestParts } from '../fields/dimension.ts';
import { pathDimension } from '../fields/path.ts';
import type { Field } from './field.ts';
import type { RequestSpace } from './request-space.ts';

/** How many cubes are tried, and how many sets of atoms in them: after that, any witness will do. */
const cubeLimit = 200;
const setLimit = 2000;

/** The simplest request of some cubes, its path also in `within`; undefined if there is none. */
export function findWitness(space: RequestSpace, cubes: Iterable<Cube>, within?: Language): RequestParts | undefined {
  let best: Priced | undefined;
  let [cubesLeft, setsLeft] = [cubeLimit, setLimit];
  for (const cube of cubes) {
    if (best && (cubesLeft <= 0 || setsLeft <= 0)) break;
    cubesLeft -= 1;
    setsLeft -= cube.atoms.size;
    best = cheaper(space, cube, within, best?.cost ?? Number.POSITIVE_INFINITY) ?? best;
  }
  return best && written(space, best.values);
}

interface Priced {
  /** One for each field. */
  readonly values: readonly string[];
  readonly cost: number;
}

/** Undefined where there is none that costs less than the limit. */
function cheaper(space: RequestSpace, cube: Cube, within: Language | undefined, limit: number): Priced | undefined {
  const values: string[] = [];
  let cost = 0;
  for (const field of space.fields) {
    const { dimension } = field;
    const value = valueIn(space, field, cube, dimension === pathDimension ? within : undefined);
    if (value === undefined) return undefined;
    cost += dimension.cost(value);
    if (cost >= limit) return undefined;
    values.push(value);
  }
  return { values, cost };
}

function valueIn(space: RequestSpace, field: Field, { atoms }: Cube, within?: Language): string | undefined {
  try {
    return field.valueIn(atoms, within);
  } catch (error) {
    throw blamed(error, field.dimension.key, space);
  }
}

function written({ fields }: RequestSpace, values: readonly string[]): RequestParts {
  const start: RequestParts = { method: 'GET', path: '/', headers: {} };
  return fields.reduce((request, { dimension }, i) => dimension.write(request, values[i] ?? ''), start);
}
