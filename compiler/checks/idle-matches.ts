// Matches on headers and query parameters that decide nothing: no request that a proxy routes meets them, or every one does.
import {
  asSent,
  type Chance,
  type HeaderSources,
  headerChance,
  queryChance,
  receivedSources,
  servedSources,
} from '../analysis/index.ts';
import {
  type Clause,
  type Condition,
  escapeText,
  fieldName,
  handleBy,
  type HeaderCondition,
  hopByHopHeaders,
  keyOf,
  type Mesh,
  type QueryCondition,
  type Reading,
  type RouteTable,
  schemeOf,
  type StringMatch,
  type TableBy,
  writtenRegex,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { operationsOf } from './rule-clauses.ts';

export const idleMatches: Check = {
  name: 'idle-match',
  codes: ['FL0421', 'FL0422'],
  reads: ['routeTables', 'gateways', 'authorizationPolicies'],
  check({ mesh }, report, placeOf) {
    for (const { clause, condition, places } of askedIn(mesh)) {
      const chance = condition.kind === 'header' ? headerChance(condition, places) : queryChance(condition);
      if (chance.kind === 'open') continue;
      const code = chance.kind === 'never' ? 'FL0421' : 'FL0422';
      report(code, {
        message: `the match on the ${fieldName(condition)} ${chance.kind} holds: ${why(condition, chance)}`,
        span: placeOf(clause.origin, condition.name),
        hint: hintFor(condition, chance),
      });
    }
  },
};

type Named = HeaderCondition | QueryCondition;

interface Asked {
  readonly clause: Clause;
  readonly condition: Named;
  /** What is known of headers wherever it is asked. */
  readonly places: HeaderSources[];
}

const isNamed = (condition: Condition): condition is Named => condition.kind === 'header' || condition.kind === 'query';

/** Each condition once: a gateway's table repeats those of a service. */
function askedIn(mesh: Mesh): Iterable<Asked> {
  const found = new Map<Condition, Asked>();
  const add = (clause: Clause, places: readonly HeaderSources[]) => {
    for (const condition of clause.all) {
      if (!isNamed(condition)) continue;
      const known = found.get(condition);
      if (known) for (const place of places) known.places.push(place);
      else found.set(condition, { clause, condition, places: [...places] });
    }
  };
  for (const table of mesh.routeTables) {
    let places: readonly HeaderSources[] | undefined;
    for (const clause of table.http.flatMap(({ matches }) => matches)) {
      if (!clause.all.some(isNamed)) continue;
      places ??= placesOf(table, mesh);
      add(clause, places);
    }
  }
  const served = [undefined, ''].map((principal) => servedSources(asSent, principal));
  for (const rule of mesh.authorizationPolicies.flatMap(({ rules }) => rules))
    for (const clause of operationsOf(rule)) add(clause, served);
  return found.values();
}

function placesOf({ attach }: RouteTable, { gateways }: Mesh): readonly HeaderSources[] {
  const schemes = gateways
    .filter((gateway) => attach.gateways.includes(keyOf(gateway)))
    .flatMap(({ listeners }) => listeners.map(schemeOf));
  const inside = attach.mesh ? [receivedSources(asSent, { isEdge: false, scheme: 'http' })] : [];
  return [...inside, ...[...new Set(schemes)].map((scheme) => receivedSources(asSent, { isEdge: true, scheme }))];
}

type Decided = Exclude<Chance, { readonly kind: 'open' }>;

function why({ kind, name, anyOf }: Named, { because }: Decided): string {
  switch (because?.kind) {
    case 'absent':
      return hopByHopHeaders.has(name)
        ? 'it belongs to a single connection, and proxies drop it before they match'
        : 'only proxies set it, and they drop what callers send';
    case 'fixed':
      return `there the proxy itself sets it, to ${JSON.stringify(because.value)}`;
    case 'only':
      return `proxies let nothing but ${JSON.stringify(because.value)} of it through`;
    case 'without':
      return `proxies answer ${JSON.stringify(because.value)} themselves, and drop it`;
    case 'matching':
      return 'proxies drop a value of it that is no URL, or has a user or a fragment';
    case 'default':
    case 'appended':
    case 'added':
      return 'proxies set it where it is missing';
    case 'upgraded':
      return 'proxies drop it but with a request for WebSocket';
    case 'sent':
    case undefined:
      if (isLength(kind, name)) return 'proxies refuse a request whose content-length is not a number of bytes';
      return `no ${kind === 'header' ? 'header' : 'query'} is ever sent with ${anyOf.map((match) => handleBy('type', wanted, match)).join(' or ')}`;
  }
}

const wanted: TableBy<'type', Reading<StringMatch, 'type' | 'value'>, [], string> = {
  exact: ({ value }) => `the value ${JSON.stringify(value)}`,
  prefix: ({ value }) => `a value that begins with ${JSON.stringify(value)}`,
  suffix: ({ value }) => `a value that ends with ${JSON.stringify(value)}`,
  regex: ({ value }) => `a value that matches ${writtenRegex(value)}`,
  present: () => 'a value',
};

function isLength(kind: Named['kind'], name: string): boolean {
  return kind === 'header' && name === 'content-length';
}

function hintFor({ kind, name, anyOf }: Named, { kind: chance, because }: Decided): string {
  const [match] = anyOf;
  if (because === undefined) {
    const sent = sentFor(kind, match);
    if (sent !== undefined) return `write ${JSON.stringify(sent)}`;
    if (isLength(kind, name)) return 'match decimal digits, without a sign';
    return kind === 'query'
      ? 'write it as it is sent: blanks and all beyond ASCII are escaped'
      : 'blanks around a value are no part of it, and it has no control characters';
  }
  return `${chance === 'always' ? 'leave it out' : 'remove what asks for it'}, or match a header that callers send`;
}

/** What is sent for a value that cannot be sent as it is written. */
function sentFor(kind: Named['kind'], match: StringMatch): string | undefined {
  if (match.type === 'present' || match.type === 'regex') return undefined;
  const sent =
    kind === 'query' ? match.value.replace(/[^!-~]|[#&]/gu, escapeText) : match.value.replace(/^[ \t]+|[ \t]+$/g, '');
  return sent === match.value || sent === '' ? undefined : sent;
}
