// What is folded below the table of a comment: for each row its ways, the example, the places, and the decision path.
import { describeVerdict, renderSteps, type Verdict } from '../analysis/index.ts';
import { formatSpan } from '../diagnostics/index.ts';
import { formatOrigin, type Origin } from '../model/index.ts';
import { nameSome } from './inventory.ts';
import { fitting, shortened, sizeOf } from './markdown-size.ts';
import { cell, code, summaryText } from './markdown-text.ts';
import { describeWitness } from './render-text.ts';
import type { ReviewRow, Severity, Sides } from './review.ts';
import { atMost, linesOfWays, nameAll, namesOf, placesTold, whereAll } from './ways.ts';
import { changeOf } from './words.ts';

/** How the places of one side are written. */
export interface Writing {
  readonly url: string | undefined;
  readonly folder: string | undefined;
}

export type Writings = Readonly<Record<keyof Sides, Writing>>;

export const badge = { high: '🔴', medium: '🟠', low: '🔵' } as const satisfies Record<Severity, string>;
/** Of what a cell of the table says, the whole is in the details. */
export const cellLimit = 120;
export const titleLimit = 500;
/** What a row may say of its ways, so that others have room: their share of it, within these. */
const rowRoom = { least: 3_000, most: 12_000, besides: 2_000 };
const lineLimit = 1000;

/** The first rows come first; their decision paths only where all the rest has room. */
export function detailsWithin(rows: readonly ReviewRow[], writings: Writings, room: number): string[] {
  const share = Math.floor(room / Math.max(1, rows.length)) - rowRoom.besides;
  const each = Math.max(rowRoom.least, Math.min(rowRoom.most, share));
  const told = rows.map((row) => ({ lines: linesOf(row, writings, each), path: pathOf(row, writings.head) }));
  const blocks: { readonly lines: readonly string[]; path: readonly string[] }[] = [];
  let left = room - closingRoom;
  for (const { lines } of told) {
    const size = sizeOf(lines) + sizeOf(ending);
    if (size > left) break;
    left -= size;
    blocks.push({ lines, path: [] });
  }
  let pathsLeft = 0;
  for (const [i, block] of blocks.entries()) {
    const { path = [] } = told[i] ?? {};
    const hasRoom = sizeOf(path) <= left;
    if (!hasRoom) pathsLeft++;
    else left -= sizeOf(path);
    block.path = hasRoom ? path : [];
  }
  const closing = closingOf(rows.length - blocks.length, pathsLeft);
  return [...blocks.flatMap(({ lines, path }) => [...lines, ...path, ...ending]), ...closing];
}

const ending = ['', '</details>'];
const closingRoom = 300;

function closingOf(details: number, paths: number): string[] {
  const missing = [
    ...(details === 0 ? [] : [`the details of ${details} row${details === 1 ? '' : 's'}`]),
    ...(paths === 0 ? [] : [`${paths} decision path${paths === 1 ? '' : 's'}`]),
  ];
  return missing.length === 0 ? [] : ['', `Left out for lack of room: ${missing.join(' and ')} (${whereAllIs}).`];
}

/** For people who read the comment, and may not know the command. */
export const whereAllIs = `\`fairlead review ${whereAll.replace(' has', '` has')}`;

function linesOf(row: ReviewRow, writings: Writings, room: number): string[] {
  const { title, touched, witness, example, from = '', to = '' } = row;
  const shown = witness ?? example;
  const change = Math.max(from.length, to.length) > cellLimit ? changeOf(row) : undefined;
  const facts = [
    ...(change === undefined ? [] : [`- change: ${short(change)}`]),
    ...Object.entries(namesOf(row)).flatMap(([name, names]) =>
      nameAll(names).map((all) => `- ${name}: ${cell(shortened(all, 4 * lineLimit))}`),
    ),
    ...linesOfWays(row, foldersOf(writings)).map((way) => `- also: ${short(way)}`),
  ];
  const rest = [
    ...(shown
      ? [
          `- ${witness ? 'witness' : 'example'}: ${code(shortened(describeWitness(shown), lineLimit))}`,
          `  - base: ${short(describeVerdict(shown.base))}`,
          `  - head: ${short(describeVerdict(shown.head))}`,
        ]
      : []),
    ...(['base', 'head'] as const).flatMap((side) => placeLines(row, side, writings[side])),
    ...(touched.length === 0 ? [] : [`- proxies with a new configuration: ${short(nameSome(touched, 12))}`]),
  ];
  const { kept, left } = fitting(facts, room);
  const more = left === 0 ? [] : [`- and ${left} more lines (${whereAllIs})`];
  const summary = summaryText(shortened(title, titleLimit));
  return [`<details><summary>${badge[row.severity]} ${summary}</summary>`, '', ...kept, ...more, ...rest];
}

function foldersOf(writings: Writings): Partial<Sides> {
  const known = Object.entries(writings).flatMap(([side, { folder }]) =>
    folder === undefined ? [] : [[side, folder]],
  );
  return Object.fromEntries(known);
}

function short(text: string): string {
  return cell(shortened(text, lineLimit));
}

function placeLines(row: ReviewRow, side: keyof Sides, writing: Writing): string[] {
  const places = row[side].map(
    ({ text, origin }) => `${placeLink(origin, writing)} ${cell(shortened(text, titleLimit))}`,
  );
  return atMost(places, placesTold(row), 'places').map((place) => `- ${side}: ${place}`);
}

export function placeLink(place: Origin, { url, folder }: Writing): string {
  const text = formatSpan(place, folder);
  if (url === undefined) return code(text);
  const lines = formatOrigin(place).slice(place.file.length);
  return `[${cell(text)}](${url}${place.file.split('/').map(inUrl).join('/')}${lines})`;
}

/** Brackets would end the link. */
function inUrl(part: string): string {
  return encodeURIComponent(part).replaceAll('(', '%28').replaceAll(')', '%29');
}

function pathOf({ witness, example }: ReviewRow, { folder }: Writing): string[] {
  const shown = witness ?? example;
  if (!shown) return [];
  const steps = withoutRuns(shown.head.steps).map((step) => ({ ...step, text: shortened(step.text, lineLimit) }));
  const path = renderSteps(steps, { folder }).join('\n').replaceAll('```', "'''");
  return ['', 'Decision path in head:', '', '```text', path, '```'];
}

/** So many routes that do not match are told one by one, of more only the nearest to the one that does. */
const fewRoutes = 8;
const nearest = 3;

type Step = Verdict['steps'][number];

function withoutRuns(steps: readonly Step[]): Step[] {
  const taken = steps.findIndex(({ about }) => about === 'route');
  // Behind the route, access rules are passed over.
  const passed = steps.filter(({ about }, i) => about === 'skipped' && (taken === -1 || i < taken));
  const [first, ...others] = passed.slice(0, -nearest);
  if (first === undefined || others.length < fewRoutes - nearest) return [...steps];
  const left = new Set(others);
  const text = `none of the ${others.length + 1} routes from here on`;
  return steps.filter((step) => !left.has(step)).map((step) => (step === first ? { ...first, text } : step));
}
