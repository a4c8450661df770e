// A review as SARIF: a result for each row, at the line that decides; what opens is an error, what stops or moves a warning.
import { formatOrigin } from '../model/index.ts';
import type { SarifFinding, SarifLevel, SarifRule } from '../diagnostics/index.ts';
import type { Review, ReviewRow, RowKind, Severity } from './review.ts';
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

export function sarifOfReview({ rows }: Review): readonly SarifFinding[] {
  return rows.map((row) => ({
    rule: ruleOf(row.kind),
    level: levels[row.severity],
    message: messageOf(row),
    places: placesOf(row),
  }));
}

/** Of all its ways. Places of the base are not in the tree that is looked at. */
function placesOf({ head, others = [] }: ReviewRow): SarifFinding['places'] {
  const places = [...head, ...others.flatMap((way) => way.head)];
  const once = new Map(places.map((place) => [`${place.text} ${formatOrigin(place.origin)}`, place]));
  return [...once.values()].map(({ text, origin }) => ({ span: origin, message: text }));
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
    ...(shown ? [`example: ${shown.text}, from ${shown.call.from}`] : []),
  ].join('\n');
}
