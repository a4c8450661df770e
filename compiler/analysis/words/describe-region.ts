// Sets of requests in the words of the people who wrote the rules: `GET /admin/*`, `every method but GET`.
import { formatValue } from '../../model/index.ts';
import { absent, type Dimension } from '../fields/dimension.ts';
import { present } from '../fields/match-language.ts';
import type { Cube } from '../automata/diagram.ts';
import { findWitness } from '../symbolic/witness.ts';
import type { Axis, Field, LabelledSet } from '../symbolic/field.ts';
import type { RequestSpace } from '../symbolic/request-space.ts';
import { type Box, mergeBoxes } from './merge-boxes.ts';
import { apartByWebSocket } from './websocket-boxes.ts';

/** How many cubes are looked at, and how many sets of atoms in them. */
const cubeLimit = 40;
const setLimit = 800;
const partLimit = 5;
const exceptionLimit = 4;

/** One line a part, at most `limit` and then `…`; `every request` for all of them. Never wrong, but `such as` where no rule has a name for it. */
export function describeRegion(space: RequestSpace, cubes: Iterable<Cube>, limit = 4): string[] {
  const { boxes, isAll } = firstOf(cubes, limit + 1);
  const apart = apartByWebSocket(space, mergeBoxes(boxes, space));
  const lines = [
    ...new Set(apart.flatMap(({ said, boxes: list }) => list.map((box) => describeCube(space, box) + said))),
  ];
  return lines.length > limit || !isAll ? [...lines.slice(0, limit), '…'] : lines;
}

/** At least some, and whether they are all. */
function firstOf(cubes: Iterable<Cube>, atLeast: number): { readonly boxes: Box[]; readonly isAll: boolean } {
  const boxes: Box[] = [];
  let sets = 0;
  for (const { atoms } of cubes) {
    if (boxes.length >= cubeLimit || (sets >= setLimit && boxes.length >= atLeast)) return { boxes, isAll: false };
    boxes.push(new Map(atoms));
    sets += atoms.size;
  }
  return { boxes, isAll: true };
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
    else if (absences.has(text)) lacking.push(`${absences.get(text)} ${key}`);
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
const noValue = 'not any value';
const suchAsNone = 'such as none';
const absences: ReadonlyMap<string, string> = new Map([
  [noValue, 'without'],
  [`${allBut}any value`, 'without'],
  [suchAsNone, 'perhaps without'],
]);

const axesSaid = 3;

/** What holds on each axis of a dimension must hold at once; undefined where anything does. */
function describeField(space: RequestSpace, field: Field, box: Box): string | undefined {
  const asked = field.numbers.filter((number) => box.has(number));
  if (asked.length === 0) return undefined;
  if (asked.length > axesSaid) return describeSample(space, field.dimension, box);
  const text = formatAll(
    asked.map((number) => phraseOf(space, number, box.get(number) ?? [])),
    field.dimension,
  );
  return text.includes(butFor) && isAbsent(field, box) ? noValue : text;
}

/** Whether requests of the box lack the field: what the labels say of it may be much, such as `not 1 but ~[^1]|..+`. */
function isAbsent(field: Field, box: Box): boolean {
  return field.dimension.isOptional && field.valueIn(box) === absent && field.valueIn(box, present) === undefined;
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

/** By axis, and atoms of it. */
const phrases = new WeakMap<Axis, Map<string, Phrase>>();

function phraseOf(space: RequestSpace, number: number, wanted: readonly number[]): Phrase {
  const axis = space.axes[number];
  if (!axis) return { kept: [], exceptions: [] };
  const known = phrases.get(axis) ?? new Map<string, Phrase>();
  phrases.set(axis, known);
  const key = wanted.join();
  const phrase = known.get(key) ?? makePhrase(space, axis, number, wanted);
  known.set(key, phrase);
  return phrase;
}

function makePhrase(space: RequestSpace, axis: Axis, number: number, wanted: readonly number[]): Phrase {
  const { dimension, atoms, labels } = axis;
  const every = { label: dimension.everything, inside: new Uint8Array(atoms.count).fill(1) };
  const phrase = describeUnion(new Set(wanted), [...labels, every]);
  return phrase ?? { kept: [describeSample(space, dimension, new Map([[number, wanted]]))], exceptions: [] };
}

function describeSample(space: RequestSpace, dimension: Dimension, box: Box): string {
  const sample = findWitness(space, [{ atoms: box, terminal: 0 }]);
  const [value] = sample ? dimension.valuesIn(sample) : [];
  return value === undefined ? suchAsNone : `such as ${formatValue(value)}`;
}

interface Term {
  readonly label: string;
  readonly isNot: boolean;
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
  // What has exceptions from other sets is found with much work: first only those that hold all.
  const single = labels
    .filter(({ inside }) => [...wanted].every((atom) => inside[atom] === 1))
    .flatMap((set) => termOf(set, wanted, labels))
    .sort((a, b) => a.exceptions.length - b.exceptions.length || Number(a.isNot) - Number(b.isNot))[0];
  if (single) return { kept: [single.label], exceptions: single.exceptions };
  const terms = labels.flatMap((set) => termOf(set, wanted, labels));
  const left = new Set(wanted);
  const chosen: Term[] = [];
  while (left.size > 0 && chosen.length < partLimit) {
    const worth = (term: Term) => term.kept.filter((atom) => left.has(atom)).length / (1 + term.exceptions.length);
    const best = terms.toSorted((a, b) => worth(b) - worth(a))[0];
    if (!best || worth(best) === 0) return someOf(plain);
    for (const atom of best.kept) left.delete(atom);
    chosen.push(best);
  }
  return left.size === 0 ? { kept: formatTerms(chosen), exceptions: [] } : someOf(plain);
}

/** Where there are names for all of it, the first, and how many more there are. */
function someOf(plain: readonly string[] | undefined): Phrase | undefined {
  if (!plain) return undefined;
  const kept = plain.slice(0, partLimit);
  return { kept: [...kept.slice(0, -1), `${kept.at(-1)} and ${plain.length - partLimit} more`], exceptions: [] };
}

function termOf(set: LabelledSet, wanted: ReadonlySet<number>, labels: readonly LabelledSet[]): Term[] {
  const atoms = atomsOf(set);
  const kept = atoms.filter((atom) => wanted.has(atom));
  if (kept.length === 0) return [];
  const exceptions = cover(new Set(atoms.filter((atom) => !wanted.has(atom))), labels);
  return exceptions ? [{ label: set.label, isNot: set.isNot === true, kept, exceptions }] : [];
}

/** What comes after an exception would be read as one more: those with exceptions go last, and in brackets where there are others. */
function formatTerms(terms: readonly Term[]): readonly string[] {
  const [plain, excepting] = [
    terms.filter((one) => one.exceptions.length === 0),
    terms.filter((one) => one.exceptions.length > 0),
  ];
  const said = excepting.map(({ label, exceptions }) => label + formatExceptions(exceptions)).sort();
  return [...plain.map(({ label }) => label).sort(), ...(terms.length > 1 ? said.map((text) => `(${text})`) : said)];
}

const butFor = ' but ';

function formatExceptions(exceptions: readonly string[]): string {
  if (exceptions.length === 0) return '';
  const more = exceptions.length - exceptionLimit;
  return `${butFor}${exceptions.slice(0, exceptionLimit).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Labels whose sets together are exactly the wanted atoms, the biggest first; undefined if there are none. */
function cover(wanted: ReadonlySet<number>, labels: readonly LabelledSet[]): string[] | undefined {
  const inside = labels.filter((set) => isWithin(set, wanted)).sort((a, b) => size(b) - size(a));
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

function isWithin(set: LabelledSet, wanted: ReadonlySet<number>): boolean {
  const atoms = atomsOf(set);
  return atoms.length <= wanted.size && atoms.every((atom) => wanted.has(atom));
}

const listed = new WeakMap<LabelledSet, readonly number[]>();

function atomsOf(set: LabelledSet): readonly number[] {
  const known = listed.get(set);
  if (known) return known;
  const made = [...set.inside.keys()].filter((atom) => set.inside[atom] === 1);
  listed.set(set, made);
  return made;
}

function size(set: LabelledSet): number {
  return atomsOf(set).length;
}
