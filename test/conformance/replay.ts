// Sends a row's witness into the mesh before a change and into the one after it, in such a way that what the row says shows.
import {
  callIn,
  type Call,
  decide,
  hostAliases,
  hostOf,
  indexMesh,
  isHttp,
  type Mesh,
  outside,
  type Verdict,
  type Witness,
} from '../../compiler/index.ts';
import { delayHeader, idHeader, type Seen, statusHeader } from './applications.ts';
import { ask, type Observation } from './ask.ts';
import { againstVerdict } from './compare.ts';
import type { RunningMesh } from './running-mesh.ts';

export interface Sides {
  readonly before: RunningMesh;
  readonly after: RunningMesh;
}

/** What is against the row: an answer that the verdict of its side does not have, or two meshes that cannot be told apart. */
export async function replay(sides: Sides, witness: Witness): Promise<readonly string[]> {
  // The callers here speak HTTP/1.1: compiler/test/review-extensions.test.ts has one that speaks HTTP/2.
  if (witness.call.version !== undefined) return [];
  const sent = { base: callIn('base', witness), head: callIn('head', witness) };
  const base = decideHere(sides.before, sent.base);
  const head = decideHere(sides.after, sent.head);
  if (isOnTheWireOnly(base, head)) return [];
  const found: string[] = [];
  for (const headers of provocations(base, head)) {
    const draws = drawsFor(base, head, headers);
    const left = await observe(sides.before, sent.base, { verdict: base, headers, draws });
    const right = await observe(sides.after, sent.head, { verdict: head, headers, draws });
    found.push(...left.problems, ...right.problems);
    if (isDifferent(left.seen, right.seen)) return found;
  }
  return [...found, `fares alike: ${witness.text} from ${witness.call.from}`];
}

/** Proxies here are dialled: what they do not know they cannot pass on. */
function decideHere({ mesh }: RunningMesh, call: Call): Verdict {
  return decide(indexMesh(mesh), call, { placement: 'explicit' });
}

/** Whether bytes go as TLS or plain, only the wire between the proxies shows. */
function isOnTheWireOnly(base: Verdict, head: Verdict): boolean {
  const said = ({ steps: _, ...verdict }: Verdict) =>
    JSON.stringify(verdict, (key, value) =>
      key === 'tls' || key === 'origin' || key === 'because' ? undefined : value,
    );
  return base.forwarded === undefined && said(base) === said(head);
}

type Headers = Readonly<Record<string, string>>;

/** As it is; then with an application that is slower than the shorter timeout; then with one that always fails. */
function* provocations(base: Verdict, head: Verdict): Generator<Headers> {
  yield {};
  const limits = [base, head].flatMap(({ timeoutMs = 0 }) => (timeoutMs > 0 ? [timeoutMs] : []));
  if (base.timeoutMs !== head.timeoutMs && limits.length > 0)
    yield { [delayHeader]: String(Math.min(...limits) + 400) };
  if (JSON.stringify(base.retries) !== JSON.stringify(head.retries)) yield { [statusHeader]: '503' };
}

const drawsByChance = 120;

/** Chance has a part in splits, in copies and faults of some requests, and where several instances serve. */
function drawsFor(base: Verdict, head: Verdict, headers: Headers): number {
  const isByChance = [base, head].some(
    ({ shares, mirrors = [], fault }) =>
      shares.length > 1 ||
      mirrors.length > 0 ||
      fault !== undefined ||
      shares.some(({ targets }) => targets.length > 1),
  );
  return isByChance ? (headers[delayHeader] === undefined ? drawsByChance : 8) : 1;
}

interface Draws {
  readonly verdict: Verdict;
  readonly headers: Headers;
  readonly draws: number;
}

interface Observed {
  /** How often, by what was seen. */
  readonly seen: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

let asked = 0;

async function observe(running: RunningMesh, call: Call, { verdict, headers, draws }: Draws): Promise<Observed> {
  const seen = new Map<string, number>();
  const problems = new Set<string>();
  const isBytes = takesBytes(running.mesh, call);
  const request = isBytes ? ({ ...call.request, scheme: 'tcp', method: '' } as const) : call.request;
  const answers = await inTurns(draws, async () => {
    asked += 1;
    const id = `replay-${asked}`;
    const sent = isBytes ? {} : { ...request.headers, ...headers, [idHeader]: id };
    const planned = { call: { ...call, request: { ...request, headers: sent } }, turn: asked, why: 'witness' };
    const answer = await ask(running, planned);
    if (answer && headers[statusHeader] === undefined) {
      for (const problem of againstVerdict(running.mesh, planned, verdict, answer)) problems.add(problem);
    }
    return { id, answer };
  });
  // Copies and retries arrive in their own time.
  if ((verdict.mirrors ?? []).length > 0) await new Promise((resolve) => setTimeout(resolve, 60));
  for (const { id, answer } of answers) {
    const received = running.received(id).map(receivedKey).sort();
    const key = JSON.stringify(answer ? [answerKey(answer), received] : 'nobody can send it');
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return { seen, problems: [...problems] };
}

/** TLS of the application's own goes through proxies as bytes, which only a gateway ends; and so does HTTP on a port of bytes. */
function takesBytes(mesh: Mesh, { from, request }: Call): boolean {
  if (from === outside) return false;
  const [namespace = ''] = from.split('/');
  const service = mesh.services.find((one) => hostAliases(hostOf(one), namespace).includes(request.host));
  const port = service?.ports.find(({ number }) => number === request.port);
  return request.scheme !== 'http' || (port !== undefined && !isHttp(port.protocol));
}

async function inTurns<T>(count: number, ask: () => Promise<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let i = 0; i < count; i += 8) {
    found.push(...(await Promise.all(Array.from({ length: Math.min(8, count - i) }, ask))));
  }
  return found;
}

function answerKey({ status, headers, body, seen }: Observation): unknown {
  const told = Object.entries(headers).filter(([name]) => name === 'location' || name.startsWith('access-control-'));
  const edited = Object.entries(headers).filter(
    ([name]) => name.startsWith('x-') && !/^x-(envoy|conformance)/.test(name),
  );
  return [status, told.sort(), edited.sort(), seen ? seen.instance : body];
}

const ofNoConcern =
  /^(x-request-id|x-envoy-|x-conformance-|x-b3-|date|x-forwarded-for|traceparent|content-length|transfer-encoding|connection)/;

function receivedKey({ instance, port, method, path, host, headers }: Seen): unknown {
  const noticed = headers
    .filter(([name]) => !ofNoConcern.test(name))
    .map(([name, value]) =>
      name === 'x-forwarded-client-cert' ? [name, value.replace(/^.*URI=/, '')] : [name, value],
    );
  return JSON.stringify([instance, port, method, path, host, noticed.sort()]);
}

/** Half the sum of what the shares differ by is 0 for the same and 1 for what has nothing in common. */
function isDifferent(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  const count = (seen: ReadonlyMap<string, number>) => [...seen.values()].reduce((sum, n) => sum + n, 0);
  const share = (seen: ReadonlyMap<string, number>, key: string) => (seen.get(key) ?? 0) / count(seen);
  const keys = [...new Set([...a.keys(), ...b.keys()])];
  const distance = keys.reduce((sum, key) => sum + Math.abs(share(a, key) - share(b, key)), 0) / 2;
  // What a tenth of the requests meets is all but surely met in so many draws.
  return distance > 0.25 || keys.some((key) => !a.has(key) || !b.has(key));
}
