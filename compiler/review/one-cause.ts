// One change may show at many callers and hosts: a default of the Mesh, an object that many are given. What comes of one cause, and is
// told in the same words, is one row.
import type { Origin } from '../model/index.ts';
import { allOf, wayOf } from './alike.ts';
import { type Difference, meantBy, type ReviewRow, type WayToShow } from './review.ts';
import { byWeight } from './ways.ts';

/** So many are read one by one. */
const fewRows = 2;

/** `settings`: the rows of the Mesh itself. No row is joined with one of another severity, and each is kept as a way of the row that stands for it. */
export function joinByCause(rows: readonly ReviewRow[], settings: readonly ReviewRow[]): ReviewRow[] {
  const left = new Set(rows);
  const joined: ReviewRow[] = [];
  const groups = Map.groupBy(
    rows.flatMap((row) => [...causesOf(row, settings)].map((cause) => ({ row, key: `${wordsOf(row)}\n${cause}` }))),
    ({ key }) => key,
  );
  // The widest cause first: a row is told once.
  for (const group of [...groups.values()].sort((a, b) => b.length - a.length)) {
    const members = group.map(({ row }) => row).filter((row) => left.has(row));
    if (members.length <= fewRows) continue;
    for (const row of members) left.delete(row);
    joined.push(joinedRow(members));
  }
  return [...left, ...joined];
}

/** All that is said but who calls whom, through which gateway, and under which name the host stands in what it was or is. */
function wordsOf(row: ReviewRow): string {
  const { kind, effect, severity, about, requests, title } = row;
  const [, condition] = /, (once .*)$/.exec(title) ?? [];
  return JSON.stringify([kind, effect, severity, about, meantBy(row), requests, condition]);
}

/** A setting of the Mesh by which one of the verdicts went, or a place that is on one side alone. */
function causesOf(row: ReviewRow, settings: readonly ReviewRow[]): ReadonlySet<string> {
  const shown = row.witness ?? row.example;
  const steps = { base: shown?.base.steps ?? [], head: shown?.head.steps ?? [] };
  const isOf = (setting: ReviewRow) =>
    isValueOf(row, setting) ||
    (['base', 'head'] as const).some((side) =>
      setting[side].some(({ origin }) =>
        steps[side].some((step) => step.origin !== undefined && placeOf(step.origin) === placeOf(origin)),
      ),
    );
  const places = [
    ...(row.effect === 'gained' ? [] : row.base.map(({ origin }) => `base ${placeOf(origin)}`)),
    ...(row.effect === 'lost' ? [] : row.head.map(({ origin }) => `head ${placeOf(origin)}`)),
  ];
  return new Set([...settings.filter(isOf).map(({ title }) => title), ...places]);
}

/** Where a default is handed on as it is: `timeout: 15s -> 7s`. */
function isValueOf({ about, from, to }: Partial<Difference>, setting: ReviewRow): boolean {
  if (about === undefined || setting.about === undefined) return false;
  return setting.about.startsWith(`${about} `) && from === setting.from && to === setting.to;
}

/** Whether nothing differs but what defaults of the Mesh hand on. */
export function isOfDefaults({ about = '', from = '', to = '' }: ReviewRow, settings: readonly ReviewRow[]): boolean {
  const words = about.split(', ');
  const valueIn = (text: string, word: string) => {
    if (words.length === 1) return text;
    return text.split('; ').flatMap((part) => (part.startsWith(`${word} `) ? [part.slice(word.length + 1)] : []))[0];
  };
  return words.every((word) => {
    const [was, is] = [valueIn(from, word), valueIn(to, word)];
    const isSaid = was !== undefined && is !== undefined;
    return isSaid && settings.some((setting) => isValueOf({ about: word, from: was, to: is }, setting));
  });
}

function placeOf({ file, start }: Origin): string {
  return `${file}:${start.line}:${start.column}`;
}

function joinedRow(rows: readonly ReviewRow[]): ReviewRow {
  const [first, ...others] = rows.toSorted((a, b) => lengthOf(a) - lengthOf(b));
  if (!first) throw new Error('a cause without rows');
  const [callers, destinations] = [allOf(rows, (row) => row.callers), allOf(rows, (row) => row.destinations)];
  const gateways = allOf(rows, (row) => row.gateways ?? []);
  const ways = [...waysOf(first).slice(1), ...others.flatMap(waysOf)];
  const more = [
    ...counted(destinations.length - first.destinations.length, 'host'),
    ...counted(callers.length - first.callers.length, 'caller'),
    ...counted(gateways.length - (first.gateways ?? []).length, 'gateway'),
  ];
  return {
    ...first,
    title: `${first.title}; likewise ${more.join(' and ') || `in ${others.length} more ways`}`,
    callers,
    destinations,
    ...(gateways.length > 0 && { gateways }),
    others: ways.sort(byWeight(ways)),
    owners: allOf(rows, (row) => row.owners),
    touched: allOf(rows, (row) => row.touched),
  };
}

function lengthOf({ witness, example, title }: ReviewRow): number {
  return title.length + ((witness ?? example)?.text.length ?? 0);
}

function counted(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} more ${what}${count === 1 ? '' : 's'}`];
}

/** With whom and whither, which the joined row does not tell apart. */
function waysOf(row: ReviewRow): WayToShow[] {
  const { callers, destinations, gateways, others = [] } = row;
  const whither = { callers, destinations, ...(gateways && { gateways }) };
  return [wayOf(row), ...others].map((way) => ({ ...whither, ...way }));
}
