// MeshTests are promises that somebody relies on: which are taken back, which are other ones, which are new.
import { contentKey, formatWithHeaders } from '../analysis/index.ts';
import { type Expectation, keyOf, type Mesh, type MeshTest, type Reading, type TestCase } from '../model/index.ts';
import { nameSome, plainRow } from './inventory.ts';
import type { PlacedText, ReviewRow, RowEffect, Severity } from './review.ts';

interface Case {
  /** `shop/users GET http://shoes/stock`. */
  readonly name: string;
  readonly expect: Expectation;
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
      found.set(key, { name, place, expect: { ...found.get(key)?.expect, ...expect } });
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
  if (contentKey(was.expect) === contentKey(is.expect)) return [];
  const isStronger = Object.entries(was.expect).every(([field, value]) => {
    const now = is.expect[field as keyof Expectation];
    return contentKey(now) === contentKey(value) || (field === 'denied' && value === 'any' && now !== undefined);
  });
  const title = `a test expects ${isStronger ? 'more' : 'something else'} of ${is.name}`;
  const difference = { about: 'expectation', from: expectationText(was.expect), to: expectationText(is.expect) };
  const severity = isStronger ? 'low' : 'medium';
  return [plainRow({ kind: 'tests', effect: 'changed', severity, title, ...difference }, [was.place], [is.place])];
}

/** `denied: access, status: 403`. */
function expectationText(expect: Expectation): string {
  const show = (value: unknown) => (typeof value === 'object' ? contentKey(value).replaceAll('"', '') : String(value));
  return Object.entries(expect)
    .map(([field, value]) => (value === true ? field : `${field}: ${show(value)}`))
    .join(', ');
}
