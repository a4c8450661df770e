// The other ways of a row, a line each: what is folded into one row must not hide a change. The most telling come first.
import { type Verdict, outside, placeOf, unmeshed } from '../analysis/index.ts';
import { compareText, formatSpan } from '../diagnostics/index.ts';
import { nameSome } from './inventory.ts';
import { describeNewcomers, isNewcomer } from './newcomers.ts';
import type { ReviewRow, Sides, WayToShow } from './review.ts';
import { countsWorkloads, nameGateways, shortHost } from './words.ts';

type Shown = Pick<WayToShow, 'from' | 'to' | 'requests' | 'witness' | 'example'>;

/** Where so many are left out, they are of the kind that others already show. */
const waysTold = 40;
/** Of those that lead to other hosts than before, of which each is news. */
const movesTold = 200;
/** Of those that are about hosts and callers of their own. */
const hostsTold = 100;
const namesTold = 60;

/** Said of whatever is left out: that format has all of it. */
export const whereAll = '--format json has all';

/**
 * `any method /p0: v0 of shoes.shop -> v1 of shoes.shop`, `alpha.shop:80 from shop/c0`; a last line counts what is left out.
 * `folders`: to name the places of those that have others than the row.
 */
export function linesOfWays(row: ReviewRow, folders?: Partial<Sides>): readonly string[] {
  const { others = [] } = row;
  const lines = [
    ...Map.groupBy(others, (way) => `${lineOf(way, row)}${folders ? placeOfWay(way, row, folders) : ''}`),
  ].map(([line, same]) => (same.length === 1 ? line : `${line} (${same.length} ways)`));
  const limit = Math.max(
    waysTold,
    Math.min(movesTold, others.filter(leadsElsewhere).length),
    Math.min(hostsTold, others.filter(({ destinations }) => destinations !== undefined).length),
  );
  return atMost(lines, limit, 'ways');
}

/** The first of them, and how many more there are, and where. */
export function atMost(lines: readonly string[], limit: number, what: string): readonly string[] {
  const left = lines.length - limit;
  return left <= 0 ? lines : [...lines.slice(0, limit), `and ${left} more ${what} (${whereAll})`];
}

/** What the row itself does not say. */
function lineOf(way: WayToShow, row: ReviewRow): string {
  const { callers, destinations, gateways, from, to, requests } = way;
  const whither = [
    ...(destinations ? [destinations.map(shortHost).join(', ')] : []),
    ...(callers ? [`from ${nameSome(callers.map(describeFrom))}`] : []),
    ...(gateways ? [`through ${nameGateways(gateways)}`] : []),
  ].join(' ');
  const isSame = destinations !== undefined && requests.join() === row.requests.join();
  const what = [whither, isSame ? '' : requests.join('; ')].filter((part) => part !== '').join(': ');
  const isChanged = from !== undefined && to !== undefined && (from !== row.from || to !== row.to);
  return isChanged ? `${what}: ${from} -> ${to}` : what;
}

/** Of another host: where the change stands, if not where the row's does. */
function placeOfWay(way: WayToShow, row: ReviewRow, folders: Partial<Sides>): string {
  if (way.destinations === undefined) return '';
  const told = (['head', 'base'] as const).flatMap((side) => {
    const known = new Set(row[side].map(({ origin }) => formatSpan(origin, folders[side])));
    return way[side].map(({ origin }) => formatSpan(origin, folders[side])).filter((place) => !known.has(place));
  });
  return told[0] === undefined ? '' : ` (${told[0]})`;
}

/** What leads elsewhere, then by the names of hosts and callers: each is looked for. */
export function byName(a: WayToShow, b: WayToShow): number {
  const name = ({ destinations = [], callers = [], requests }: WayToShow) => [destinations, callers, requests].join();
  return Number(leadsElsewhere(b)) - Number(leadsElsewhere(a)) || compareText(name(a), name(b));
}

/** Which of two stands for the other: what leads elsewhere, then what leads where few do, then what is simple. */
export function byWeight<W extends Shown>(ways: readonly W[]): (a: W, b: W) => number {
  const counts = new Map([...Map.groupBy(ways, whitherOf)].map(([hosts, same]) => [hosts, same.length]));
  const commonness = (way: W) => counts.get(whitherOf(way)) ?? 0;
  return (a, b) =>
    Number(leadsElsewhere(b)) - Number(leadsElsewhere(a)) ||
    commonness(a) - commonness(b) ||
    lengthOf(a) - lengthOf(b) ||
    compareText(a.requests.join(), b.requests.join());
}

/** Of what is sent on in both meshes: whether it, or a copy, gets to another host than before. */
function leadsElsewhere(way: Shown): boolean {
  const [was, is] = whitherOf(way).split(arrow);
  return was !== '' && is !== '' && was !== is;
}

const arrow = ' -> ';

/** The hosts that the request and its copies get to in both meshes. */
function whitherOf({ witness, example }: Shown): string {
  const { base, head } = witness ?? example ?? {};
  return [base, head].map((verdict) => hostsIn(verdict).join()).join(arrow);
}

function hostsIn({ shares = [], mirrors = [] }: Partial<Verdict> = {}): string[] {
  return [...new Set([...shares, ...mirrors].map(placeOf))].sort();
}

function lengthOf({ requests, witness, from = '', to = '' }: Shown): number {
  return requests.join().length + (witness?.text.length ?? 0) + from.length + to.length;
}

/** Those whom the title only counts. Ways that have hosts of their own name them. */
export function namesOf({ title, callers, destinations, others = [] }: ReviewRow): {
  readonly hosts: readonly string[];
  readonly callers: readonly string[];
} {
  const told = new Set([...title.split(/[\s,;]+/), ...others.flatMap((way) => way.destinations ?? []).map(shortHost)]);
  const hosts = destinations.map(shortHost);
  return {
    hosts: hosts.every((host) => told.has(host)) ? [] : hosts,
    callers: countsWorkloads(title) ? callers.map(describeFrom) : [],
  };
}

/** In one line, if there are any. */
export function nameAll(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [atMost(names, namesTold, 'of them').join(', ')];
}

/** What no request bears out is told by its places alone. */
export function placesTold({ witness, example }: Shown): number {
  return (witness ?? example) ? 4 : 20;
}

export function describeFrom(from: string): string {
  if (from === unmeshed) return 'a process without a proxy';
  if (isNewcomer(from)) return describeNewcomers([from]).join();
  return from === outside ? 'outside' : from;
}
