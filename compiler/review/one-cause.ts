// One change may show at many callers and hosts: a default of the Mesh, an object that many are given; or it is made in many places.
// What comes of one cause, or happens to the same requests in many places, and is told in the same words, is one row.
import type { Origin } from '../model/index.ts';
import { allOf, wayOf } from './alike.ts';
import type { Difference, ReviewRow, WayToShow } from './review.ts';
import { wordsOf } from './row-words.ts';
import { byName } from './ways.ts';
import { splitDestination } from './words.ts';

/** So many are read one by one. */
const fewRows = { ofOneCause: 2, alike: 3 };

/** `settings`: the rows of the Mesh itself. No row is joined with one of another severity, and each is kept as a way of the row that stands for it. */
export function joinByCause(rows: readonly ReviewRow[], settings: readonly ReviewRow[]): ReviewRow[] {
  const left = new Set(rows);
  const joined: ReviewRow[] = [];
  const keyed = rows.flatMap((row) => {
    const words = wordsOf(row);
    const causes = [...causesOf(row, settings)].map((cause) => ({ cause, few: fewRows.ofOneCause }));
    const all = [...causes, { cause: JSON.stringify(row.requests), few: fewRows.alike }];
    return all.map(({ cause, few }) => ({ row, few, key: `${words}\n${cause}` }));
  });
  const groups = Map.groupBy(keyed, ({ key }) => key);
  // The widest cause first: a row is told once.
  for (const group of [...groups.values()].sort((a, b) => b.length - a.length)) {
    const members = group.map(({ row }) => row).filter((row) => left.has(row));
    if (members.length <= (group[0]?.few ?? 0)) continue;
    for (const row of members) left.delete(row);
    joined.push(joinedRow(members));
  }
  return [...left, ...joined];
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
  const hosts = hostsOf(destinations) - hostsOf(first.destinations);
  const more = [
    ...(hosts > 0 ? counted(hosts, 'host') : counted(destinations.length - first.destinations.length, 'port')),
    ...counted(callers.length - first.callers.length, 'caller'),
    ...counted(gateways.length - (first.gateways ?? []).length, 'gateway'),
  ];
  const isOfOthers = rows.some(({ requests }) => requests.join() !== first.requests.join());
  return {
    ...first,
    title: `${first.title}; likewise ${more.join(' and ') || `in ${others.length} more ways`}`,
    callers,
    destinations,
    ...(gateways.length > 0 && { gateways }),
    ...(isOfOthers && { own: whitherOf(first) }),
    others: ways.sort(byName),
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
  return [wayOf(row), ...(row.others ?? [])].map((way) => ({ ...whitherOf(row), ...way }));
}

function whitherOf({ callers, destinations, gateways }: ReviewRow) {
  return { callers, destinations, ...(gateways && { gateways }) };
}

function hostsOf(destinations: readonly string[]): number {
  return new Set(destinations.map((destination) => splitDestination(destination).host)).size;
}
