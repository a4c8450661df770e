// One mesh at the edges, started with each kind of proxy, and many random requests of it. What disagrees is made small before it is told.
import type { Diagnostic, TestRequest } from '../../compiler/index.ts';
import type { PlannedRequest } from './ask.ts';
import { type Comparison, compareMesh, renderComparison } from './compare-mesh.ts';
import { differenceByDesign } from './differences.ts';
import { Draw } from './draw.ts';
import { edgeMesh } from './edge-meshes.ts';
import { randomRequests } from './mutations.ts';
import { type ProxyKind, runMesh, type RunningMesh } from './running-mesh.ts';
import { bytesToSend, usualAuthority } from './wire.ts';

export interface Round {
  readonly asked: number;
  /** Each with all that is needed to see it again. */
  readonly failures: readonly string[];
  /** How often each difference of docs/differences.md was met. */
  readonly known: ReadonlyMap<string, number>;
}

export async function edgeRound(seed: number, requests: number, kinds: readonly ProxyKind[]): Promise<Round> {
  const { name, mesh } = edgeMesh(seed);
  const started = await Promise.allSettled(kinds.map((kind) => runMesh(mesh, kind)));
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    const unable = started.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
    const refused = running.flatMap(({ kind, refusals }) => refusals.map((refusal) => refusedBy(kind, refusal)));
    const problems = [...unable, ...refused];
    if (problems.length > 0) return { asked: 0, failures: problems.map((one) => `${name}: ${one}`), known: new Map() };
    const planned = randomRequests(mesh, new Draw(seed)).take(requests).toArray();
    const compared = await compareMesh(running, mesh, planned);
    const failures: string[] = [];
    const known = new Map<string, number>();
    for (const row of compared) {
      if (row.differences.length === 0) continue;
      const byDesign = differenceByDesign(row);
      if (byDesign !== undefined) {
        known.set(byDesign, (known.get(byDesign) ?? 0) + 1);
        continue;
      }
      const small = failures.length < shrunkAtMost ? await shrunk(running, row) : row;
      failures.push(`${name}: ${renderComparison(small)}\n  on the wire: ${wireText(small.planned)}`);
    }
    return { asked: compared.length, failures, known };
  } finally {
    await Promise.all(running.map((one) => one.close()));
  }
}

const shrunkAtMost = 20;

const refusedBy = (kind: ProxyKind, { message }: Diagnostic) => `${kind} refuses its configuration: ${message}`;

function wireText({ call: { request }, authority }: PlannedRequest): string {
  if (request.scheme === 'tcp') return 'bytes';
  return JSON.stringify(bytesToSend(request, authority ?? usualAuthority(request)).toString('latin1'));
}

/** With less in it, as long as the same kind of thing differs. */
async function shrunk(running: readonly RunningMesh[], row: Comparison): Promise<Comparison> {
  for (const request of simpler(row.planned.call.request)) {
    const planned = { ...row.planned, call: { ...row.planned.call, request } };
    const [again] = await compareMesh(running, running[0]?.mesh ?? never(), [planned]);
    if (again && kindsOf(again).some((kind) => kindsOf(row).includes(kind))) return shrunk(running, again);
  }
  return row;
}

function never(): never {
  throw new Error('nothing runs');
}

/** What is told of a difference before its values. */
function kindsOf({ differences }: Comparison): readonly string[] {
  return differences.map((text) => text.split(/[ :]/).slice(0, 3).join(' '));
}

/** One thing less each. */
function* simpler(request: TestRequest): Generator<TestRequest> {
  const { method, path, headers } = request;
  for (const name of Object.keys(headers)) {
    const { [name]: value, ...without } = headers;
    yield { ...request, headers: without };
    for (const one of typeof value === 'string' ? [] : (value ?? []))
      if ((value?.length ?? 0) > 1) yield { ...request, headers: { ...headers, [name]: one } };
  }
  if (method !== 'GET' && method !== '') yield { ...request, method: 'GET' };
  const [before = ''] = path.split('?');
  if (before !== path) yield { ...request, path: before };
  if (path !== '/') yield { ...request, path: '/' };
}
