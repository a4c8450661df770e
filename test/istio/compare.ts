// All requests of a mesh under istiod and under us, against the verdict and against each other.
import {
  decide,
  describeVerdict,
  formatRequest,
  headerPairs,
  isGrpcType,
  keyOf,
  type Verdict,
} from '../../compiler/index.ts';
import { delayHeader } from '../conformance/applications.ts';
import type { Observation, PlannedRequest } from '../conformance/ask.ts';
import { againstVerdict } from '../conformance/compare.ts';
import { artefacts, knownDifferences, ownHeaders } from './differences.ts';
import type { Plan } from './plan.ts';
import type { Control } from './running.ts';

export type Observations = ReadonlyMap<number, Observation>;

export interface Compared {
  /** Requests that were asked under both. */
  readonly asked: number;
  readonly failures: readonly string[];
  /** How often each difference of docs/differences.md was met. */
  readonly known: ReadonlyMap<string, number>;
}

export function compare(
  plan: Plan,
  requests: readonly PlannedRequest[],
  observed: Record<Control, Observations>,
): Compared {
  const known = new Map<string, number>();
  const failures: string[] = [];
  let asked = 0;
  for (const [i, planned] of requests.entries()) {
    const both = (['istiod', 'fairlead'] as const).flatMap((control) => {
      const got = observed[control].get(i);
      return got ? [{ control, got }] : [];
    });
    if (both.length < 2) continue;
    asked += 1;
    // What we refuse to serve is compared under istiod alone.
    if (plan.sharesTcpPorts && planned.call.request.scheme === 'tcp') both.pop();
    const verdict = decide(plan.index, planned.call, { placement: 'redirect' });
    let isOtherwise = false;
    const differences = both.flatMap(({ control, got }) =>
      againstVerdict(plan.mesh, planned, verdict, got).flatMap((difference) => {
        const row = { plan, control, planned, verdict, got, difference };
        if (artefacts.some(({ isIt }) => isIt(row))) return [];
        const found = knownDifferences.find(({ isIt }) => isIt(row));
        if (!found) return [`${control}: ${difference}`];
        known.set(found.title, (known.get(found.title) ?? 0) + 1);
        isOtherwise ||= found.isWhole === true;
        return [];
      }),
    );
    const [left, right] = both;
    if (left && right && !isOtherwise && isDetermined(plan, planned, verdict))
      differences.push(...between(left.got, right.got));
    if (differences.length > 0) failures.push(render(planned, verdict, both, differences));
  }
  return { asked, failures, known };
}

/** Nothing is left to chance: one share, one instance, no race about how a connection fails, or who is the first to give up waiting. */
function isDetermined(
  { pods, machines }: Plan,
  { call: { request } }: PlannedRequest,
  { shares, fault }: Verdict,
): boolean {
  const able = pods.filter(({ workload, version }) =>
    shares.some(
      ({ targets, subset }) =>
        targets.some((target) => target.workload === `${workload.namespace}/${workload.name}`) &&
        (subset === '' || subset === version),
    ),
  );
  const ableMachines = machines.filter((machine) =>
    shares.some(({ targets }) => targets.some(({ workload }) => workload === keyOf(machine))),
  );
  const isRefused = shares.some(({ fate }) => fate.outcome === 'denied' && fate.reason === 'mtls');
  const isByGrpc = headerPairs(request.headers).some(([name, value]) => name === 'content-type' && isGrpcType(value));
  const isDelayedByGrpc = isByGrpc && request.headers[delayHeader] !== undefined;
  return shares.length < 2 && able.length + ableMachines.length < 2 && !isRefused && !fault?.abort && !isDelayedByGrpc;
}

function between(istiod: Observation, fairlead: Observation): readonly string[] {
  const parts: readonly (readonly [string, (got: Observation) => unknown])[] = [
    ['status', ({ status }) => status],
    ['who answered', ({ seen }) => seen?.instance],
    ['path received', ({ seen }) => seen?.path],
    ['host received', ({ seen }) => seen?.host],
    ['headers received', ({ seen }) => seen && told(seen.headers, ownHeaders.request)],
    ['headers answered', ({ headers }) => told(Object.entries(headers), ownHeaders.response)],
    // Why an upstream was reset is a text of the network library.
    ['body', ({ seen, body }) => (seen ? '' : body.replace(/^(upstream connect error).*/s, '$1'))],
  ];
  return parts.flatMap(([what, of]) => {
    const [left, right] = [JSON.stringify(of(istiod)), JSON.stringify(of(fairlead))];
    return left === right ? [] : [`${what}: istiod ${left}, fairlead ${right}`];
  });
}

function told(headers: readonly (readonly [string, unknown])[], own: ReadonlySet<string>): readonly string[] {
  return headers
    .filter(([name]) => !own.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
}

function render(
  { call, authority, serverName, why }: PlannedRequest,
  verdict: Verdict,
  answers: readonly { readonly control: Control; readonly got: Observation }[],
  differences: readonly string[],
): string {
  const headers = headerPairs(call.request.headers).map(([name, value]) => `${name}: ${value}`);
  const written = [
    ...(authority === undefined ? [] : [`host: ${authority}`]),
    ...(serverName === undefined ? [] : [`server name: ${serverName}`]),
    ...headers,
  ].join(', ');
  return [
    `${call.from}: ${formatRequest(call.request)}${written === '' ? '' : ` [${written}]`} (${why})`,
    `  verdict: ${describeVerdict(verdict)}`,
    ...answers.map(
      ({ control, got }) => `  ${control}: ${got.status} ${got.seen?.instance ?? got.error ?? got.body.slice(0, 80)}`,
    ),
    ...differences.map((difference) => `  ≠ ${difference}`),
  ].join('\n');
}
