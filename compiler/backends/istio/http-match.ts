// One clause of a route as Istio's HTTPMatchRequests: several where Istio needs more words for the same conditions.
import type { Report } from '../../diagnostics/index.ts';
import {
  type Clause,
  type Condition,
  type ConditionKind,
  conditionsOf,
  handleBy,
  isEveryPath,
  nothingLeft,
  type Origin,
  type PathMatch,
  type Reading,
  type RowOf,
  type TableBy,
  total,
  type ValueMatch,
} from '../../model/index.ts';
import { type HeaderConditions, headerConditions } from './header-match.ts';
import { reportInexpressible } from './inexpressible.ts';
import { listedPorts } from './listed-ports.ts';
import { pruned } from './prune.ts';
import { type IstioStringMatch, toAnyOf, toStringMatch } from './string-match.ts';

/** A match and the part of the path it stands for: a rewrite replaces the two parts of a `segments` match differently. */
export interface MatchPart {
  readonly match: Readonly<Record<string, unknown>>;
  readonly part: 'whole' | 'below';
}

/** Some fields of an HTTPMatchRequest. */
interface Alternative extends Partial<HeaderConditions> {
  readonly uri?: IstioStringMatch;
  readonly part?: MatchPart['part'];
  readonly method?: IstioStringMatch;
  readonly port?: number;
  readonly queryParams?: Readonly<Record<string, IstioStringMatch>>;
}

type Known = Reading<Condition, 'kind' | 'anyOf' | 'not', { header: 'name'; query: 'name' }>;

interface MatchRow<K extends Known['kind']> extends RowOf<K> {
  /** What the clause's conditions of this kind are to Istio, one of which must hold; none if Istio has no words, which is reported. */
  readonly alternatives: (clause: Clause, report: Report) => readonly Alternative[];
}

/** Of a clause that asks nothing of a field. */
const anything: readonly Alternative[] = [{}];

/** Later ones vary faster: Istio tries the matches in this order, and so do rewrites. */
const rows = total<Known['kind']>()([
  { kind: 'path', alternatives: uris },
  { kind: 'method', alternatives: methods },
  { kind: 'header', alternatives: headerConditions },
  { kind: 'query', alternatives: queries },
  { kind: 'port', alternatives: ports },
  // `sourceNamespace` is about the namespace of the proxy that routes, not about who the server sees.
  inexpressible('principal'),
  inexpressible('namespace'),
]);

/** Empty if the conditions cannot be expressed, which is reported. */
export function toMatchParts(clause: Clause, report: Report): readonly MatchPart[] {
  const { kind: _kind, origin: _origin, all: _all, ...rest } = clause;
  nothingLeft(rest);
  let alternatives = anything;
  for (const row of rows) {
    const found = row.alternatives(clause, report);
    if (found === anything) continue;
    alternatives = alternatives.flatMap((one) => found.map((more) => ({ ...one, ...more })));
  }
  return alternatives.map(({ part = 'whole', uri, method, port, headers, withoutHeaders, queryParams }) => ({
    part,
    match: pruned({ uri, method, port, headers, withoutHeaders, queryParams }) ?? {},
  }));
}

const whole = (match: ValueMatch, origin: Origin, report: Report) => [{ uri: toStringMatch(match, origin, report) }];

const uriTable: TableBy<
  'type',
  Reading<PathMatch, 'type' | 'value'>,
  [origin: Origin, report: Report],
  readonly Alternative[]
> = {
  exact: whole,
  prefix: whole,
  suffix: whole,
  regex: whole,
  segments: ({ value }) => [{ uri: { exact: value } }, { uri: { prefix: `${value}/` }, part: 'below' }],
};

function uris(clause: Clause, report: Report): readonly Alternative[] {
  const [path, ...others] = conditionsOf(clause, 'path');
  if (!path) return anything;
  if (path.not || others.length > 0) return refuse(path, clause, report);
  return path.anyOf.flatMap((match) =>
    isEveryPath(match) ? [{}] : handleBy('type', uriTable, match, clause.origin, report),
  );
}

function methods(clause: Clause, report: Report): readonly Alternative[] {
  const [method, ...others] = conditionsOf(clause, 'method');
  if (!method) return anything;
  if (method.not || others.length > 0) return refuse(method, clause, report);
  return [{ method: toAnyOf(method.anyOf, clause.origin, report) }];
}

/** One condition a parameter, and none that shall not hold: there is nothing like `withoutHeaders` for them. */
function queries(clause: Clause, report: Report): readonly Alternative[] {
  const conditions = conditionsOf(clause, 'query');
  if (conditions.length === 0) return anything;
  const beyond = conditions.find(({ name, not }, i) => not || conditions.findIndex((c) => c.name === name) < i);
  if (beyond) return refuse(beyond, clause, report);
  const params = conditions.map(({ name, anyOf }) => [name, toAnyOf(anyOf, clause.origin, report)] as const);
  return [{ queryParams: Object.fromEntries(params) }];
}

function ports(clause: Clause, report: Report): readonly Alternative[] {
  const [port] = conditionsOf(clause, 'port');
  if (!port) return anything;
  return listedPorts(clause)?.map((port) => ({ port })) ?? refuse(port, clause, report);
}

function inexpressible<K extends ConditionKind>(kind: K): MatchRow<K> {
  return {
    kind,
    alternatives(clause, report) {
      const [condition] = conditionsOf(clause, kind);
      return condition ? refuse(condition, clause, report) : anything;
    },
  };
}

function refuse(condition: Condition, { origin }: Clause, report: Report): readonly never[] {
  reportInexpressible(condition, 'a match of a route', origin, report);
  return [];
}
