// Sets of requests in the words of the people who wrote the rules: `GET /admin/*`, `every method but GET`.
import { formatValue } from '../../model/index.ts';
import { absent } from '../fields/dimension.ts';
import type { Cube } from '../automata/diagram.ts';
import { findWitness } from '../symbolic/witness.ts';
import type { LabelledSet, RequestSpace } from '../symbolic/request-space.ts';

const cubeLimit = 40;
const partLimit = 5;
const exceptionLimit = 4;

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
  for (const [dimension, { atoms: split }] of space.axes.entries()) {
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
      const isFree = box.get(dimension)?.length === split.count;
      return isFree ? new Map([...box].filter(([d]) => d !== dimension)) : box;
    });
  }
  return merged;
}

function describeCube(space: RequestSpace, box: Box): string {
  const said = new Map<'method' | 'path', string>();
  const named: string[] = [];
  for (const [i, { dimension }] of space.axes.entries()) {
    const atoms = box.get(i);
    if (!atoms) continue;
    const text = describeAtoms(space, i, atoms);
    const { phrase } = dimension;
    if (phrase.part === 'named') named.push(`${phrase.name}: ${text}`);
    else said.set(phrase.part, text);
  }
  const [method, path] = [said.get('method'), said.get('path')];
  const main =
    method === undefined && path === undefined
      ? 'every request'
      : [method ?? 'any method', path ?? (method === undefined ? '/*' : '')].join(' ').trimEnd();
  return named.length > 0 ? `${main} with ${named.join(', ')}` : main;
}

function describeAtoms(space: RequestSpace, number: number, wanted: readonly number[]): string {
  const axis = space.axes[number];
  if (!axis) return '';
  const { dimension, atoms, labels } = axis;
  const every = { label: dimension.everything, inside: new Uint8Array(atoms.count).fill(1) };
  const terms = describeUnion(new Set(wanted), [...labels, every]);
  if (terms) return terms.join(', ');
  const sample = findWitness(space, [{ atoms: new Map([[number, wanted]]), terminal: 0 }]);
  const value = sample && dimension.valueIn(sample);
  return `such as ${value === undefined || value === absent ? 'none' : formatValue(value)}`;
}

function size({ inside }: LabelledSet): number {
  return inside.reduce((a, b) => a + b, 0);
}

interface Term {
  readonly label: string;
  readonly kept: readonly number[];
  readonly exceptions: readonly string[];
}

/**
 * The wanted atoms as `A, B but C, D`: labelled sets, each perhaps with exceptions. Plain lists first, then one set with
 * exceptions, then several; undefined if it takes too many.
 */
function describeUnion(wanted: ReadonlySet<number>, labels: readonly LabelledSet[]): string[] | undefined {
  const plain = cover(wanted, labels);
  if (plain && plain.length <= partLimit) return plain;
  const terms = labels.flatMap((set) => termOf(set, wanted, labels));
  const single = terms
    .filter((term) => term.kept.length === wanted.size)
    .sort((a, b) => a.exceptions.length - b.exceptions.length)[0];
  if (single) return [single.label + formatExceptions(single.exceptions)];
  const left = new Set(wanted);
  const chosen: string[] = [];
  while (left.size > 0 && chosen.length < partLimit) {
    const worth = (term: Term) => term.kept.filter((atom) => left.has(atom)).length / (1 + term.exceptions.length);
    const best = terms.toSorted((a, b) => worth(b) - worth(a))[0];
    if (!best || worth(best) === 0) return undefined;
    for (const atom of best.kept) left.delete(atom);
    chosen.push(best.label + formatExceptions(best.exceptions));
  }
  return left.size === 0 ? chosen.sort() : undefined;
}

function termOf(set: LabelledSet, wanted: ReadonlySet<number>, labels: readonly LabelledSet[]): Term[] {
  const atoms = [...set.inside.keys()].filter((atom) => set.inside[atom] === 1);
  const kept = atoms.filter((atom) => wanted.has(atom));
  if (kept.length === 0) return [];
  const exceptions = cover(new Set(atoms.filter((atom) => !wanted.has(atom))), labels);
  return exceptions ? [{ label: set.label, kept, exceptions }] : [];
}

function formatExceptions(exceptions: readonly string[]): string {
  if (exceptions.length === 0) return '';
  const more = exceptions.length - exceptionLimit;
  return ` but ${exceptions.slice(0, exceptionLimit).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Labels whose sets together are exactly the wanted atoms, the biggest first; undefined if there are none. */
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
  return left.size === 0 ? chosen.sort() : undefined;
}
