// MeshTests are promises that somebody relies on: which are taken back, which are other ones, which are new.
import { contentKey, formatWithHeaders } from '../analysis/index.ts';
import {
  type Expectation,
  keyOf,
  type Mesh,
  type MeshTest,
  nothingLeft,
  type Reading,
  type TestCase,
} from '../model/index.ts';
import { asksAsMuch } from './expectations.ts';
import { nameSome, plainRow } from './inventory.ts';
import type { PlacedText, ReviewRow, RowEffect, Severity } from './review.ts';
import { formatMs, shortHost } from './words.ts';

interface Case {
  /** `shop/users GET http://shoes/stock`. */
  readonly name: string;
  readonly expect: readonly Expectation[];
  readonly place: PlacedText;
}

type Test = Reading<MeshTest, 'kind' | 'origin' | 'name' | 'namespace' | 'cases'>;
type Written = Reading<TestCase, 'kind' | 'origin' | 'from' | 'request' | 'expect'>;

/** Cases are the same if they ask the same, in whichever MeshTest they are. */
export function testRows(base: Mesh, head: Mesh): ReviewRow[] {
  const [before, after] = [casesOf(base), casesOf(head)];
  const only = (mine: ReadonlyMap<string, Case>, other: ReadonlyMap<string, Case>) =>
    [...mine].flatMap(([key, one]) => (other.has(key) ? [] : [one]));
  return [
    ...countRow('removed', only(before, after), 'medium'),
    ...countRow('added', only(after, before), 'low'),
    ...[...before].flatMap(([key, was]) => {
      const is = after.get(key);
      return is ? changeRow(was, is) : [];
    }),
  ];
}

/** The same request asked twice is one case with all that is expected of it. */
function casesOf({ tests }: Mesh): ReadonlyMap<string, Case> {
  const found = new Map<string, Case>();
  for (const test of tests as readonly Test[]) {
    for (const { from, request, expect, origin } of test.cases as readonly Written[]) {
      const key = contentKey([from, request]);
      const name = `${from} ${formatWithHeaders(request)}`;
      const place = { text: `test ${keyOf(test)}`, origin };
      found.set(key, { name, place, expect: [...(found.get(key)?.expect ?? []), expect] });
    }
  }
  return found;
}

function countRow(effect: RowEffect, cases: readonly Case[], severity: Severity): ReviewRow[] {
  if (cases.length === 0) return [];
  const places = cases.map(({ place }) => place);
  const title = `test case${cases.length === 1 ? '' : 's'} ${effect}: ${nameSome(cases.map(({ name }) => name))}`;
  const [base, head] = effect === 'removed' ? [places, []] : [[], places];
  return [plainRow({ kind: 'tests', effect, severity, title }, base, head)];
}

function changeRow(was: Case, is: Case): ReviewRow[] {
  const [before, after] = [was, is].map(({ expect }) => contentKey(expect.map(contentKey).sort()));
  if (before === after) return [];
  const isStronger = asksAsMuch(was.expect, is.expect);
  const isSame = isStronger && asksAsMuch(is.expect, was.expect);
  const title = `a test expects ${isSame ? 'the same, otherwise written,' : isStronger ? 'more' : 'something else'} of ${is.name}`;
  const difference = { about: 'expectation', from: textOf(was), to: textOf(is) };
  const severity = isStronger ? 'low' : 'medium';
  return [plainRow({ kind: 'tests', effect: 'changed', severity, title, ...difference }, [was.place], [is.place])];
}

function textOf({ expect }: Case): string {
  return [...new Set(expect.map(expectationText))].join('; ');
}

/** As intent writes it: `denied: access, status: 403`. */
function expectationText({ service, versions, redirect, timeoutMs, path, ...others }: Expectation): string {
  const { allowed, denied, status, ...rest } = others;
  nothingLeft(rest);
  const fields: Readonly<Record<string, string | number | undefined>> = {
    denied,
    service: service && shortHost(service),
    versions: versions && listOf(versions, (share) => ` ${share}%`),
    redirect: redirect && listOf(redirect, (value) => ` ${value}`),
    status,
    timeout: timeoutMs === undefined ? undefined : formatMs(timeoutMs),
    path,
  };
  const said = Object.entries(fields).flatMap(([field, value]) => (value === undefined ? [] : [`${field}: ${value}`]));
  return [...(allowed ? ['allowed'] : []), ...said].join(', ');
}

function listOf<T>(values: Readonly<Record<string, T>>, show: (value: T) => string): string {
  return Object.entries(values)
    .map(([name, value]) => name + show(value))
    .join(' ');
}
