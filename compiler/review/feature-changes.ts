// How the handling of requests differs between two fates, a feature of routes at a time.
import { contentKey, type Noticed } from '../analysis/index.ts';
import {
  formatDuration,
  type HeaderEdits,
  nothingLeft,
  type RouteFeatureKind,
  type RowOf,
  total,
} from '../model/index.ts';
import { describeCors } from './cors-words.ts';
import type { Difference } from './review.ts';
import { describeRetries } from './words.ts';

interface FeatureChanges extends RowOf<RouteFeatureKind> {
  changes(a: Noticed, b: Noticed): readonly Difference[];
}

/** `timeout: 3s -> none`, if they differ. */
export function difference<T>(about: string, x: T, y: T, show: (value: T) => string): readonly Difference[] {
  return contentKey(x ?? null) === contentKey(y ?? null) ? [] : [{ about, from: show(x), to: show(y) }];
}

const retries = {
  kind: 'RetryPolicy',
  changes: (a, b) => difference('retries', a.retries, b.retries, describeRetries),
} as const satisfies FeatureChanges;

const headerSides: { readonly [S in keyof HeaderEdits]-?: string } = {
  request: 'request headers',
  response: 'response headers',
};

const headers = {
  kind: 'HeaderOperations',
  changes: (a, b) =>
    Object.entries(headerSides).flatMap(([side, name]) => {
      const editIn = ({ headers }: Noticed) => headers[side as keyof HeaderEdits];
      return difference(name, editIn(a), editIn(b), describeEdit);
    }),
} as const satisfies FeatureChanges;

const fault = {
  kind: 'Fault',
  changes: (a, b) => difference('fault', a.fault, b.fault, describeFault),
} as const satisfies FeatureChanges;

export const corsWord = 'CORS';

const cors = {
  kind: 'CorsPolicy',
  changes: (a, b) => difference(corsWord, a.cors, b.cors, describeCors),
} as const satisfies FeatureChanges;

/** Copies are traffic, which the review tells of as such. */
const mirrors = { kind: 'Mirror', changes: () => [] } as const satisfies FeatureChanges;

const rows = total<RouteFeatureKind>()([retries, headers, fault, cors, mirrors]);

export function featureChanges(a: Noticed, b: Noticed): readonly Difference[] {
  return rows.flatMap(({ changes }) => changes(a, b));
}

function describeFault({ delay, abort, ...rest }: NonNullable<Noticed['fault']> = {}): string {
  nothingLeft(rest);
  const words = [
    ...(delay ? [`${delay.percentage}% delayed by ${formatDuration(delay.durationMs)}`] : []),
    ...(abort ? [`${abort.percentage}% aborted with ${abort.status}`] : []),
  ];
  return words.join(', ') || 'none';
}

function describeEdit(edit: HeaderEdits['request'] | undefined): string {
  const { set = {}, add = {}, remove = [], ...rest } = edit ?? {};
  nothingLeft(rest);
  const words = [
    ...Object.entries(set).map(([name, value]) => `set ${name}: ${value}`),
    ...Object.entries(add).map(([name, value]) => `add ${name}: ${value}`),
    ...remove.map((name) => `remove ${name}`),
  ];
  return words.join(', ') || 'none';
}
