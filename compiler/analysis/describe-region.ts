// Sets of requests in the words of the people who wrote the rules: `GET /admin/*`, `every method but GET`.
import type { Cube } from './diagram.ts';
import { findWitness } from './witness.ts';
import type { LabelledSet, RequestSpace } from './request-space.ts';

const cubeLimit = 40;
const partLimit = 6;

/** One line a part, at most `limit` and then `…`; `every request` for all of them. Never wrong, but `such as` where no rule has a name for it. */
export function describeRegion(space: RequestSpace, cubes: Iterable<Cube>, limit = 4): string[] {
  const list = [...take(cubes, cubeLimit + 1)];
  const merged = mergeCubes(
    list.slice(0, cubeLimit).map((cube) => new Map(cube.atoms)),
    space,
  );
  const lines = [...new Set(merged.map((cube) => describeCube(space, cube)))];
  const isCut = lines.length > limit || list.length > cubeLimit;
  return isCut ? [...lines.slice(0, limit), '…'] : lines;
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

type Box = Map<number, readonly number[]>;

/** Two boxes that differ in one dimension only are one box. */
function mergeCubes(boxes: readonly Box[], space: RequestSpace): Box[] {
  let merged = [...boxes];
  for (const dimension of space.dimensions.keys()) {
    const groups = new Map<string, Box>();
    for (const box of merged) {
      const rest = [...box].filter(([d]) => d !== dimension).sort(([a], [b]) => a - b);
      const key = JSON.stringify([rest, box.has(dimension)]);
      const same = groups.get(key);
      const atoms = box.get(dimension);
      if (!same || !atoms) groups.set(key, new Map(box));
      else
        same.set(
          dimension,
          [...new Set([...(same.get(dimension) ?? []), ...atoms])].sort((a, b) => a - b),
        );
    }
    merged = [...groups.values()].map((box) => {
      const isFree = box.get(dimension)?.length === space.atoms[dimension]?.count;
      return isFree ? new Map([...box].filter(([d]) => d !== dimension)) : box;
    });
  }
  return merged;
}

function describeCube(space: RequestSpace, box: Box): string {
  const part = (dimension: number) => {
    const atoms = box.get(dimension);
    return atoms && describeAtoms(space, dimension, atoms);
  };
  const headers = space.dimensions.flatMap((name, i) => {
    const text = i > 1 ? part(i) : undefined;
    return text === undefined ? [] : [`${name.slice('header '.length)}: ${text}`];
  });
  const [method, path] = [part(0), part(1)];
  const main =
    method === undefined && path === undefined ? 'every request' : `${method ?? 'any method'} ${path ?? '/*'}`;
  return headers.length > 0 ? `${main} with ${headers.join(', ')}` : main;
}

function describeAtoms(space: RequestSpace, dimension: number, atoms: readonly number[]): string {
  const wanted = new Set(atoms);
  const count = space.atoms[dimension]?.count ?? 0;
  const labels = space.labels[dimension] ?? [];
  const named = cover(wanted, labels);
  if (named) return named.join(', ');
  const every = {
    label: dimension === 0 ? 'any method' : dimension === 1 ? '/*' : 'anything',
    inside: new Uint8Array(count).fill(1),
  };
  const around = [...labels, every]
    .filter(({ inside }) => atoms.every((a) => inside[a] === 1))
    .sort((a, b) => size(a) - size(b));
  for (const { label, inside } of around) {
    const others = new Set([...inside.keys()].filter((a) => inside[a] === 1 && !wanted.has(a)));
    const exceptions = cover(others, labels);
    if (exceptions) return `${label} but ${exceptions.join(', ')}`;
  }
  const sample = findWitness(space, [{ atoms: new Map([[dimension, atoms]]), terminal: 0 }]);
  const name = space.dimensions[dimension] ?? 'method';
  const value =
    name === 'method' ? sample?.method : name === 'path' ? sample?.path : sample?.headers[name.slice('header '.length)];
  return `such as ${value ?? 'none'}`;
}

function size({ inside }: LabelledSet): number {
  return inside.reduce((a, b) => a + b, 0);
}

/** Labels whose sets together are exactly the wanted atoms, the biggest first; undefined if there are none or too many. */
function cover(wanted: ReadonlySet<number>, labels: readonly LabelledSet[]): string[] | undefined {
  const inside = labels
    .filter((set) => set.inside.every((bit, atom) => bit === 0 || wanted.has(atom)))
    .sort((a, b) => size(b) - size(a));
  const left = new Set(wanted);
  const chosen: string[] = [];
  for (const set of inside) {
    const gained = [...left].filter((atom) => set.inside[atom] === 1);
    if (gained.length === 0) continue;
    for (const atom of gained) left.delete(atom);
    chosen.push(set.label);
  }
  return left.size === 0 && chosen.length <= partLimit ? chosen.sort() : undefined;
}
