// All requests of one mesh, asked of running proxies and of the analysis, and every disagreement as a readable row.
import {
  decide,
  describeVerdict,
  formatRequest,
  formatSpan,
  indexMesh,
  type Mesh,
  type Verdict,
  headerPairs,
} from '../../compiler/index.ts';
import { ask, type Observation, type PlannedRequest } from './ask.ts';
import { againstVerdict } from './compare.ts';
import { betweenProxies, isDetermined, mayTryAgain } from './compare-proxies.ts';
import type { ProxyKind, RunningMesh } from './running-mesh.ts';

export interface Comparison {
  readonly planned: PlannedRequest;
  readonly verdict: Verdict;
  readonly answers: readonly (readonly [ProxyKind, Observation])[];
  /** Empty where all agree. */
  readonly differences: readonly string[];
}

/** More at once than there are cores only makes answers come late. */
const askersAtOnce = 4;

/** Requests that nobody could send here (no such caller, nothing to dial) are left out. */
export async function compareMesh(
  running: readonly RunningMesh[],
  mesh: Mesh,
  requests: readonly PlannedRequest[],
): Promise<readonly Comparison[]> {
  const index = indexMesh(mesh);
  const queue = requests.entries();
  const found = new Map<number, Comparison>();
  const asker = async () => {
    for (const [i, planned] of queue) {
      const asked = await Promise.all(running.map(async (r) => [r.kind, await ask(r, planned)] as const));
      const answers = asked.flatMap(([kind, answer]) => (answer ? [[kind, answer] as const] : []));
      if (answers.length < running.length) continue;
      const verdict = decide(index, planned.call, { placement: 'explicit' });
      found.set(i, {
        planned,
        verdict,
        answers,
        differences: differencesOf(running, mesh, { planned, verdict, answers }),
      });
    }
  };
  await Promise.all(Array.from({ length: askersAtOnce }, asker));
  return [...found].sort(([a], [b]) => a - b).map(([, comparison]) => comparison);
}

function differencesOf(
  running: readonly RunningMesh[],
  mesh: Mesh,
  { planned, verdict, answers }: Omit<Comparison, 'differences'>,
): readonly string[] {
  const withVerdict = answers.flatMap(([kind, answer]) =>
    againstVerdict(mesh, planned, verdict, answer).map((text) => `${kind}: ${text}`),
  );
  const embedded = answers.find(([kind]) => kind === 'embedded')?.[1];
  const envoy = answers.find(([kind]) => kind === 'envoy')?.[1];
  if (!embedded || !envoy || !running[0]) return withVerdict;
  const chances = { isChosen: isDetermined(verdict, running[0].allocation), mayTryAgain: mayTryAgain(verdict) };
  return [...withVerdict, ...betweenProxies(embedded, envoy, chances)];
}

/** The request, what each of the three said, what differs, and how the verdict came about. */
export function renderComparison({ planned, verdict, answers, differences }: Comparison): string {
  const { call, authority, why } = planned;
  const headers = headerPairs(call.request.headers).map(([name, value]) => `${name}: ${value}`);
  const written = [...(authority === undefined ? [] : [`host: ${authority}`]), ...headers];
  const steps = verdict.steps.map(({ text, origin }) => `    ${text}${origin ? `  ${formatSpan(origin)}` : ''}`);
  return [
    `${call.from}: ${formatRequest(call.request)}${written.length > 0 ? ` [${written.join(', ')}]` : ''} (${why})`,
    `  verdict: ${describeVerdict(verdict)}`,
    ...answers.map(([kind, answer]) => `  ${kind}: ${describeAnswer(answer)}`),
    ...differences.map((text) => `  ≠ ${text}`),
    ...steps,
  ].join('\n');
}

function describeAnswer({ status, body, seen, error, headers }: Observation): string {
  if (seen) return `${status} from ${seen.instance}, which received ${seen.method} ${seen.path} for ${seen.host}`;
  const location = headers.location === undefined ? '' : ` to ${headers.location}`;
  return `${status}${location} ${JSON.stringify(error ?? body.slice(0, 80))}`;
}
