// Sets of requests in the words of the people who wrote the rules: `GET /admin/*`, `every method but GET`.
import { formatValue } from '../../model/index.ts';
import type { Dimension } from '../fields/dimension.ts';
import type { Cube } from '../automata/diagram.ts';
import { findWitness } from '../symbolic/witness.ts';
import type { Field, LabelledSet } from '../symbolic/field.ts';
import type { RequestSpace } from '../symbolic/request-space.ts';

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

/** Two boxes that differ in one axis only are one box. */
function mergeCubes(boxes: readonly Box[], space: RequestSpace): Box[] {
  let merged = [...boxes];
  const used = [...new Set(boxes.flatMap((box) => [...box.keys()]))].sort((a, b) => a - b);
  // What is joined along one axis may be alike along another, so it is gone over until nothing joins any more.
  for (let before = -1; before !== sizeOf(merged); ) {
    before = sizeOf(merged);
    for (const axis of used) {
      const count = space.axes[axis]?.atoms.count;
      merged = mergeAlong(merged, axis).map((box) => {
        if (box.get(axis)?.length !== count) return box;
        const free = new Map(box);
        free.delete(axis);
        return free;
      });
    }
  }
  return merged;
}

function sizeOf(boxes: readonly Box[]): number {
  return boxes.reduce((sum, box) => sum + 1 + box.size, 0);
}

function mergeAlong(boxes: readonly Box[], axis: number): Box[] {
  const groups = new Map<string, Box[]>();
  const found: Box[] = [];
  for (const box of boxes) {
    // Only a hint, cheap where boxes have hundreds of axes: whether the rest is the same is looked at after that.
    const key = `${box.size} ${box.has(axis)} ${sumOf(box, axis)}`;
    const list = groups.get(key) ?? [];
    groups.set(key, list);
    const same = list.find((other) => isSameBut(axis, other, box));
    if (!same) {
      const copy = new Map(box);
      list.push(copy);
      found.push(copy);
      continue;
    }
    const atoms = box.get(axis);
    if (atoms)
      same.set(
        axis,
        [...new Set([...(same.get(axis) ?? []), ...atoms])].sort((a, b) => a - b),
      );
  }
  return found;
}

function sumOf(box: Box, but: number): number {
  let sum = 0;
  for (const [axis, atoms] of box) if (axis !== but) sum += (axis + 1) * (atoms.length * 64 + (atoms[0] ?? 0));
  return sum;
}

function isSameBut(axis: number, a: Box, b: Box): boolean {
  for (const [other, atoms] of a) {
    const there = b.get(other);
    if (other !== axis && there !== atoms && there?.join() !== atoms.join()) return false;
  }
  return true;
}

function describeCube(space: RequestSpace, box: Box): string {
  const said = new Map<'method' | 'path', string>();
  const asked: string[] = [];
  const excluded: string[] = [];
  const lacking: string[] = [];
  for (const field of space.fields) {
    const text = describeField(space, field, box);
    if (text === undefined) continue;
    const { phrase, key } = field.dimension;
    if (phrase.part !== 'named') said.set(phrase.part, text);
    else if (absences.has(text)) lacking.push(`without ${key}`);
    else (text.startsWith(allBut) ? excluded : asked).push(`${phrase.name}: ${text}`);
  }
  const [method, path] = [said.get('method'), said.get('path')];
  const main =
    method === undefined && path === undefined
      ? 'every request'
      : [method ?? 'any method', path ?? (method === undefined ? '/*' : '')].join(' ').trimEnd();
  const values = [...asked, ...excluded];
  const conditions = [...values, ...lacking];
  const more = conditions.length > conditionLimit + 1 ? conditions.length - conditionLimit : 0;
  return [
    [main, ...(values.length > 0 ? ['with'] : []), conditions.slice(0, conditions.length - more).join(', ')]
      .join(' ')
      .trimEnd(),
    ...(more > 0 ? [`and ${more} more conditions`] : []),
  ].join(' ');
}

/** Of a header or query parameter: more are not read. */
const conditionLimit = 8;
const allBut = 'anything but ';
/** The ways to say that a field is not there. */
const absences: ReadonlySet<string> = new Set(['not any value', `${allBut}any value`]);

const axesSaid = 3;

/** What holds on each axis of a dimension must hold at once; undefined where anything does. */
function describeField(space: RequestSpace, field: Field, box: Box): string | undefined {
  const asked = field.numbers.filter((number) => box.has(number));
  if (asked.length === 0) return undefined;
  if (asked.length > axesSaid) return describeSample(space, field.dimension, box);
  return formatAll(
    asked.map((number) => phraseOf(space, number, box.get(number) ?? [])),
    field.dimension,
  );
}

/** What is any of `kept`, and none of `exceptions`. */
interface Phrase {
  readonly kept: readonly string[];
  readonly exceptions: readonly string[];
}

/** What all phrases say at once: exceptions go last, where they are exceptions from all of it. */
function formatAll(phrases: readonly Phrase[], { everything }: Dimension): string {
  const narrowing = phrases.filter(({ kept }) => kept.join() !== everything);
  const isOneOfSeveral = narrowing.length > 1;
  const kept = narrowing.map(({ kept }) =>
    isOneOfSeveral && kept.length > 1 ? `(${kept.join(', ')})` : kept.join(', '),
  );
  const exceptions = new Set(phrases.flatMap((phrase) => phrase.exceptions));
  return (kept.join(' and ') || everything) + formatExceptions([...exceptions]);
}

function phraseOf(space: RequestSpace, number: number, wanted: readonly number[]): Phrase {
  const axis = space.axes[number];
  if (!axis) return { kept: [], exceptions: [] };
  const { dimension, atoms, labels } = axis;
  const every = { label: dimension.everything, inside: new Uint8Array(atoms.count).fill(1) };
  const phrase = describeUnion(new Set(wanted), [...labels, every]);
  return phrase ?? { kept: [describeSample(space, dimension, new Map([[number, wanted]]))], exceptions: [] };
}

function describeSample(space: RequestSpace, dimension: Dimension, box: Box): string {
  const sample = findWitness(space, [{ atoms: box, terminal: 0 }]);
  const [value] = sample ? dimension.valuesIn(sample) : [];
  return `such as ${value === undefined ? 'none' : formatValue(value)}`;
}

const sizes = new WeakMap<LabelledSet, number>();

function size(set: LabelledSet): number {
  const known = sizes.get(set);
  if (known !== undefined) return known;
  const made = set.inside.reduce((a, b) => a + b, 0);
  sizes.set(set, made);
  return made;
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
function describeUnion(wanted: ReadonlySet<number>, labels: readonly LabelledSet[]): Phrase | undefined {
  const plain = cover(wanted, labels);
  if (plain && plain.length <= partLimit) return { kept: plain, exceptions: [] };
  const terms = labels.flatMap((set) => termOf(set, wanted, labels));
  const single = terms
    .filter((term) => term.kept.length === wanted.size)
    .sort((a, b) => a.exceptions.length - b.exceptions.length)[0];
  if (single) return { kept: [single.label], exceptions: single.exceptions };
  const left = new Set(wanted);
  const chosen: string[] = [];
  while (left.size > 0 && chosen.length < partLimit) {
    const worth = (term: Term) => term.kept.filter((atom) => left.has(atom)).length / (1 + term.exceptions.length);
    const best = terms.toSorted((a, b) => worth(b) - worth(a))[0];
    if (!best || worth(best) === 0) return undefined;
    for (const atom of best.kept) left.delete(atom);
    chosen.push(best.label + formatExceptions(best.exceptions));
  }
  return left.size === 0 ? { kept: chosen.sort(), exceptions: [] } : undefined;
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
