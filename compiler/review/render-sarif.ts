// A review as SARIF: a result for each row, at the line that decides; what opens is an error, what stops or moves a warning.
import { formatOrigin } from '../model/index.ts';
import { type SarifFinding, type SarifLevel, type SarifRule, wholeFile } from '../diagnostics/index.ts';
import type { Review, ReviewRow, RowKind, Severity } from './review.ts';
import { describeNotAnalysed } from './not-analysed.ts';
import { describeWitness, isUnnoticed, noneDiffers } from './render-text.ts';
import { linesOfWays, nameAll, namesOf } from './ways.ts';

const levels: Readonly<Record<Severity, SarifLevel>> = { high: 'error', medium: 'warning', low: 'note' };

const words: Readonly<Record<RowKind, string>> = {
  access: 'who gets through to a service changes',
  exposure: 'what is reached from outside through gateways changes',
  egress: 'what is reached outside the mesh changes',
  mtls: 'how connections are secured changes',
  traffic: 'where requests go changes',
  behavior: 'how requests are handled changes',
  settings: 'a setting changes that requests of today do not show',
  tests: 'what MeshTests expect changes',
  inventory: 'services, workloads or gateways come or go',
};

const notAnalysedRule: SarifRule = {
  id: 'review/not-analysed',
  name: 'ReviewNotAnalysed',
  text: 'whether requests fare differently is not known',
  help: 'The conditions on requests to the host are too many to compare exactly (docs/semantics.md): nothing else of the review is about them.',
  level: 'warning',
};

const repeatedRule: SarifRule = {
  id: 'review/repeated-headers',
  name: 'ReviewRepeatedHeaders',
  text: 'requests that repeat a header are not compared',
  help: 'Conditions ask for several values of a header: requests that send it several times are not compared, and may fare differently.',
  level: 'note',
};

/** `files` of the head, those that differ first: what has no place in it is shown at one of them, for without a place it is not shown. */
export function sarifOfReview(review: Review, files: readonly string[] = []): readonly SarifFinding[] {
  const { rows, notAnalysed, touched, repeatedHeaders = [] } = review;
  const isReserved = repeatedHeaders.length > 0 && isUnnoticed(review) && touched.length + rows.length > 0;
  const nowhere = { base: [], head: [] };
  return [
    ...notAnalysed.map((one) => ({
      rule: notAnalysedRule,
      level: notAnalysedRule.level,
      message: describeNotAnalysed(one),
      places: placesIn(files, { base: [], head: one.head }),
    })),
    ...rows.map((row) => ({
      rule: ruleOf(row.kind),
      level: levels[row.severity],
      message: messageOf(row),
      places: placesIn(files, {
        base: row.base,
        head: [...row.head, ...(row.others ?? []).flatMap((way) => way.head)],
      }),
    })),
    ...(isReserved
      ? [
          {
            rule: repeatedRule,
            level: repeatedRule.level,
            message: noneDiffers(review),
            places: placesIn(files, nowhere),
          },
        ]
      : []),
  ];
}

/** Places of the base are not in the tree that is looked at. */
function placesIn(files: readonly string[], { base, head }: Pick<ReviewRow, 'base' | 'head'>): SarifFinding['places'] {
  const once = new Map(head.map((place) => [`${place.text} ${formatOrigin(place.origin)}`, place]));
  if (once.size > 0) return [...once.values()].map(({ text, origin }) => ({ span: origin, message: text }));
  const file = base.map(({ origin }) => origin.file).find((name) => files.includes(name)) ?? files[0];
  return file === undefined ? [] : [{ span: wholeFile(file) }];
}

function ruleOf(kind: RowKind): SarifRule {
  return {
    id: `review/${kind}`,
    name: `Review${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
    text: words[kind],
    help: `The change has a meaning for requests: ${words[kind]}. fairlead review shows it with an example request.`,
    level: 'warning',
  };
}

function messageOf(row: ReviewRow): string {
  const { title, from, to, requests, witness, example } = row;
  const shown = witness ?? example;
  const { hosts, callers } = namesOf(row);
  return [
    title,
    ...(from !== undefined && to !== undefined ? [`from ${from} to ${to}`] : []),
    ...nameAll(hosts).map((names) => `hosts: ${names}`),
    ...nameAll(callers).map((names) => `callers: ${names}`),
    ...(requests.length > 0 ? [`requests: ${requests.join(', or ')}`] : []),
    ...linesOfWays(row).map((line) => `also: ${line}`),
    ...(shown ? [`example: ${describeWitness(shown)}`] : []),
  ].join('\n');
}
