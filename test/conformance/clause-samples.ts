// Requests around a clause: one that meets all its conditions, and for each condition such as meet or narrowly miss it.
import {
  type AuthorizationRule,
  type Clause,
  type Condition,
  handle,
  nothingLeft,
  type Reading,
  type Table,
  type TestRequest,
} from '../../compiler/index.ts';
import { pathSamples, textSamples } from './samples.ts';

export type RequestSample = Pick<TestRequest, 'method' | 'path' | 'headers'>;

interface Around {
  /** The request changed so that it meets the condition; one that shall not hold is missed by most as they are. */
  readonly met: RequestSample;
  /** Changed so that they meet the condition in other ways, or narrowly do not. */
  readonly others: readonly RequestSample[];
}

/** Every caller asks every port anyway: see requests.ts. */
const notOfRequests = (_condition: Condition, request: RequestSample): Around => ({ met: request, others: [] });

const around: Table<
  Reading<Condition, 'kind' | 'anyOf' | 'not', { header: 'name'; query: 'name' }>,
  [RequestSample],
  Around
> = {
  path: ({ anyOf, not }, request) => {
    const samples = anyOf.map(pathSamples);
    const [hit = request.path] = samples.flatMap(({ hits }) => hits);
    const paths = samples.flatMap(({ hits, misses }) => [...hits, ...misses]);
    return { met: not ? request : { ...request, path: hit }, others: paths.map((path) => ({ ...request, path })) };
  },
  method: ({ anyOf, not }, request) => {
    const hits = anyOf.flatMap((match) => textSamples(match).hits.slice(0, 1));
    const [method = request.method] = hits;
    const methods = [...hits, 'GET', 'POST', 'DELETE', 'HEAD'];
    return { met: not ? request : { ...request, method }, others: methods.map((method) => ({ ...request, method })) };
  },
  header: ({ name, anyOf, not }, request) => {
    const samples = anyOf.map(textSamples);
    const { [name]: _, ...without } = request.headers;
    const as = (value: string) => ({ ...request, headers: { ...request.headers, [name]: value } });
    const [hit] = samples.flatMap(({ hits }) => hits);
    const values = samples.flatMap(({ hits, misses }) => [...hits, ...misses]);
    return {
      met: not || hit === undefined ? request : as(hit),
      others: [{ ...request, headers: without }, ...values.map(as)],
    };
  },
  query: ({ name, anyOf, not }, request) => {
    const [path = ''] = request.path.split('?');
    const samples = anyOf.map(textSamples);
    const [hit] = samples.flatMap(({ hits }) => hits);
    const values = samples.flatMap(({ hits, misses }) => [...hits, ...misses]);
    const queries = ['other=1', name, `${name}=no&${name}=${hit}`, ...values.map((value) => `${name}=${value}`)];
    const met = { ...request, path: `${request.path}${request.path === path ? '?' : '&'}${name}=${hit}` };
    return {
      met: not || hit === undefined ? request : met,
      others: queries.map((query) => ({ ...request, path: `${path}?${query}` })),
    };
  },
  port: notOfRequests,
  principal: notOfRequests,
  namespace: notOfRequests,
};

/** The first meets the clause, as far as one request can. */
export function clauseSamples({ kind: _kind, origin: _origin, all, ...rest }: Clause): readonly RequestSample[] {
  nothingLeft(rest);
  const met = all.reduce<RequestSample>((request, condition) => handle(around, condition, request).met, {
    method: 'GET',
    path: '/',
    headers: {},
  });
  const isOpen = (kind: 'path' | 'method') => all.every((condition) => condition.kind !== kind);
  return [
    met,
    ...all.flatMap((condition) => handle(around, condition, met).others),
    ...(isOpen('path') ? [{ ...met, path: '/some/where?x=1' }] : []),
    ...(isOpen('method') ? [{ ...met, method: 'POST' }] : []),
  ];
}

export interface ExplainedSample extends RequestSample {
  readonly why: string;
}

/** Requests that an access rule is about, and such that it narrowly is not about. */
export function ruleSamples(rule: AuthorizationRule): readonly ExplainedSample[] {
  const { kind: _kind, origin: _origin, name, from: _whoeverAsks, to, when, ...rest } = rule;
  nothingLeft(rest);
  return to
    .map((clause): Clause => ({ ...clause, all: [...clause.all, ...when] }))
    .flatMap((clause) => clauseSamples(clause).map((sample) => ({ ...sample, why: `access rule ${name}` })));
}
