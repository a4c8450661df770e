// What an explanation says of the features of the route that was taken, a kind at a time, in the order of the lines.
import {
  formatDuration,
  formatValue,
  nothingLeft,
  type RouteFeatureKind,
  type RowOf,
  total,
} from '../../model/index.ts';
import type { Verdict } from '../verdict.ts';

interface FeatureWords extends RowOf<RouteFeatureKind> {
  lines(verdict: Verdict): readonly string[];
}

const retries = {
  kind: 'RetryPolicy',
  lines: ({ retries: policy }) =>
    policy && policy.attempts > 0 ? [`up to ${policy.attempts} retries on ${policy.on.join(', ')}`] : [],
} as const satisfies FeatureWords;

const fault = {
  kind: 'Fault',
  lines: ({ fault: { delay, abort } = {} }) => [
    ...(delay ? [`fault: ${delay.percentage}% delayed by ${formatDuration(delay.durationMs)}`] : []),
    ...(abort ? [`fault: ${abort.percentage}% aborted with ${abort.status}`] : []),
  ],
} as const satisfies FeatureWords;

const mirrors = {
  kind: 'Mirror',
  lines: ({ mirrors: copies = [] }) =>
    copies.map(
      ({ weight, subset, host, port }) => `${weight}% copied to ${subset === '' ? '' : `${subset} of `}${host}:${port}`,
    ),
} as const satisfies FeatureWords;

const headers = {
  kind: 'HeaderOperations',
  lines: ({ headers: edits }) =>
    (['request', 'response'] as const).flatMap((side) => {
      const { set = {}, add = {}, remove = [], ...rest } = edits?.[side] ?? {};
      nothingLeft(rest);
      return [
        ...Object.entries(set).map(([name, value]) => `${side} header ${name} is set to ${formatValue(value)}`),
        ...Object.entries(add).map(([name, value]) => `${side} header ${name} is added: ${formatValue(value)}`),
        ...remove.map((name) => `${side} header ${name} is removed`),
      ];
    }),
} as const satisfies FeatureWords;

/** Only browsers care, and a preflight is a verdict of its own. */
const cors = { kind: 'CorsPolicy', lines: () => [] } as const satisfies FeatureWords;

const rows = total<RouteFeatureKind>()([retries, fault, mirrors, headers, cors]);

export function featureLines(verdict: Verdict): readonly string[] {
  return rows.flatMap(({ lines }) => lines(verdict));
}
