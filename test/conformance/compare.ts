// Whether an answer is one that the static verdict allows. Differences as short texts.
import {
  type Call,
  edgeHeaders,
  hopByHopHeaders,
  hostOf,
  internalHeaders,
  joinedHeaders,
  keyOf,
  type Mesh,
  outside,
  type Share,
  type ShareFate,
  spiffeId,
  unmeshed,
  type Verdict,
} from '../../compiler/index.ts';
import { answerTo } from '../../compiler/analysis/concrete/grpc-answer.ts';
import { delayHeader, type Seen } from './applications.ts';
import type { Observation, PlannedRequest } from './ask.ts';
import { usualAuthority } from './wire.ts';

/** Empty if the answer is possible under the verdict. */
export function againstVerdict(mesh: Mesh, planned: PlannedRequest, verdict: Verdict, got: Observation): string[] {
  if (planned.call.request.scheme === 'tcp') return tcpDifferences(verdict, got);
  const wanted = possibleAnswers(mesh, verdict, planned.call).map(answerText);
  const given = answerText({ status: got.status, ...(!got.seen && grpcStatusIn(got)) });
  if (!wanted.includes(given)) return [`status ${given}, the verdict has ${[...new Set(wanted)].join(' or ')}`];
  const found: string[] = [];
  const locations =
    given === answerText(verdict) && verdict.location ? asWritten(verdict.location, planned) : undefined;
  if (locations?.includes(got.headers.location ?? '') === false)
    found.push(`location ${got.headers.location}, the verdict has ${locations.join(' or ')}`);
  if (got.seen)
    found.push(
      ...seenDifferences(mesh, planned, verdict, got.seen),
      ...responseDifferences(verdict, planned.call, got),
    );
  else found.push(...localReply(verdict, planned.call, told(got)));
  return found;
}

function isTooLate(mesh: Mesh, { timeoutMs = 0, shares }: Verdict, { request }: Call): boolean {
  const delayMs = Number(request.headers[delayHeader]?.toString() ?? 0);
  const [, asked] = /^(\d+)m$/.exec(request.headers['grpc-timeout']?.toString() ?? '') ?? [];
  const isHeard = shares.every(({ targets }) => targets.every(({ workload }) => hasSidecarNamed(mesh, workload)));
  return (timeoutMs > 0 && delayMs > timeoutMs) || (asked !== undefined && isHeard && delayMs > Number(asked));
}

function hasSidecarNamed({ workloads }: Mesh, key: string | undefined): boolean {
  return workloads.some((one) => one.proxy === 'sidecar' && keyOf(one) === key);
}

type Answer = Pick<Verdict, 'status' | 'grpcStatus'>;

function answerText({ status = 0, grpcStatus }: Answer): string {
  return grpcStatus === undefined ? String(status) : `${status} with grpc-status ${grpcStatus}`;
}

/** An answer by gRPC has a header for its body. */
function told(got: Observation): Observation {
  const { body, headers } = got;
  return grpcStatusIn(got) === undefined ? got : { ...got, body: headers['grpc-message'] ?? body };
}

function grpcStatusIn({ headers }: Observation): Pick<Answer, 'grpcStatus'> | undefined {
  const { 'grpc-status': said } = headers;
  return said === undefined ? undefined : { grpcStatus: Number(said) };
}

/** 0 stands for a connection closed without an answer. A split may answer as any of its shares. */
function possibleAnswers(mesh: Mesh, verdict: Verdict, call: Call): readonly Answer[] {
  const { from, request, version } = call;
  const { status, shares, fault, headers } = verdict;
  const asGot = (answer: Pick<Verdict, 'outcome' | 'reason' | 'status'>) =>
    answerTo<Omit<Verdict, 'steps'>>({ ...answer, shares, ...(headers && { headers }) }, request, version);
  // Where no proxy of the caller reads the request, the caller sees the connection closed itself.
  const isPlain =
    status === undefined || from === unmeshed || mesh.workloads.some((w) => w.proxy === 'none' && keyOf(w) === from);
  const aborted =
    fault?.abort && fault.abort.percentage > 0 ? [asGot({ outcome: 'aborted', status: fault.abort.status })] : [];
  if (shares.length === 0) return [verdict, ...aborted];
  const answersOf = (fate: ShareFate): readonly Answer[] =>
    statusesOf(fate, isPlain).map((status) => (status === 0 ? { status } : asGot({ ...fate, status })));
  const possible = shares.flatMap((share) => [
    ...share.targets.flatMap((target) => answersOf(target.fate)),
    ...(share.targets.length === 0 ? answersOf(share.fate) : []),
  ]);
  const late = isTooLate(mesh, verdict, call)
    ? [asGot({ outcome: 'unavailable', status: 504 }), asGot({ outcome: 'denied', reason: 'request', status: 504 })]
    : [];
  const inTime =
    late.length > 0 ? possible.filter((one) => one.status !== 200 || one.grpcStatus !== undefined) : possible;
  return [...inTime, ...late, ...aborted];
}

function statusesOf(fate: ShareFate, isPlain: boolean): readonly number[] {
  if (fate.outcome === 'allowed') return [200];
  if (fate.outcome === 'denied' && fate.reason === 'access') return [403];
  if (fate.outcome === 'denied' && fate.reason === 'request') return [400, 403, 504];
  if (fate.outcome === 'denied' && fate.reason === 'route') return [404];
  if (isPlain) return [0];
  // A server that wants TLS answers plain HTTP with an alert or hangs up at once: a proxy may see either first.
  return fate.outcome === 'denied' ? [503, 502] : [503];
}

function tcpDifferences(verdict: Verdict, got: Observation): string[] {
  const answered = got.status === 200;
  const mayAnswer = verdict.shares.some((share) => share.targets.some(({ fate }) => fate.outcome === 'allowed'));
  const mayClose = verdict.outcome !== 'allowed';
  if (answered && !mayAnswer) return [`an application answered, the verdict is ${verdict.outcome}`];
  if (!answered && !mayClose) return [`closed, the verdict is ${verdict.outcome}`];
  return [];
}

function seenDifferences(mesh: Mesh, { call, authority }: PlannedRequest, verdict: Verdict, seen: Seen): string[] {
  const found: string[] = [];
  const expect = (what: string, value: unknown, wanted: readonly unknown[]) => {
    if (!wanted.includes(value)) found.push(`${what} ${value}, the verdict has ${wanted.join(' or ')}`);
  };
  const serving = verdict.shares.filter((share) => serves(mesh, share, seen));
  if (serving.length === 0) {
    const shares = verdict.shares.map(({ host, subset }) => `${subset} of ${host}`).join(' or ');
    found.push(`answered by ${seen.instance}, the verdict has ${shares || 'nobody'}`);
  }
  const { forwarded } = verdict;
  expect('path received', seen.path, [forwarded?.path]);
  const unchanged = usualAuthority(call.request);
  expect('host received', seen.host, [forwarded?.host === unchanged ? (authority ?? unchanged) : forwarded?.host]);
  expect('method received', seen.method, [call.request.method]);
  const target = serving
    .flatMap((share) => share.targets)
    .find(({ workload }) => workload === undefined || workload === seen.workload);
  expect('caller received', uriOf(seen), [target?.tls === 'mutual' ? identityOf(mesh, call) : undefined]);
  found.push(...editDifferences(verdict, seen));
  return found;
}

/** Of headers that the next proxy leaves alone; what it makes of the others shows in what its rules let in. */
function editDifferences({ headers }: Verdict, seen: Seen): string[] {
  const { set = {}, add = {}, remove = [] } = headers?.request ?? {};
  const isLeft = (name: string) => name !== 'host' && !treatedHeaders.has(name) && !remove.includes(name);
  const found: string[] = [];
  for (const [name, value] of Object.entries(set)) {
    if (isLeft(name) && whole(seen, name) !== asReceived(value))
      found.push(`header ${name} ${whole(seen, name)}, not ${value}`);
  }
  for (const [name, value] of Object.entries(add)) {
    if (isLeft(name) && !`, ${whole(seen, name)},`.includes(`, ${asReceived(value)},`))
      found.push(`header ${name} lacks ${value}`);
  }
  for (const name of remove) {
    if (!treatedHeaders.has(name) && whole(seen, name) !== '') found.push(`header ${name} is not removed`);
  }
  return found;
}

/** Headers are bytes, each one character, as node:http has them. */
function asReceived(value: string): string {
  return Buffer.from(value).toString('latin1');
}

const treatedHeaders: ReadonlySet<string> = new Set([
  ...joinedHeaders,
  ...internalHeaders,
  ...edgeHeaders,
  ...hopByHopHeaders,
  'te',
  'x-forwarded-client-cert',
]);

/**
 * A redirect within the host keeps the authority as the caller wrote it, with a port that need not be there. To another scheme the port of the
 * old one is left out where a route says so, and kept where a gateway sends everything to HTTPS: between the proxies that is compared.
 */
function asWritten(location: string, { call, authority }: PlannedRequest): readonly string[] {
  const [scheme = ''] = location.split('://');
  const start = `${scheme}://${usualAuthority(call.request)}/`;
  const written = authority === undefined ? location : location.replace(start, `${scheme}://${authority}/`);
  return scheme === call.request.scheme ? [written] : [written, location];
}

function serves(mesh: Mesh, share: Share, seen: Seen): boolean {
  const isTarget = share.targets.some(
    ({ workload, fate }) => fate.outcome === 'allowed' && (workload ?? seen.workload) === seen.workload,
  );
  if (!isTarget) return false;
  const isOutside = share.targets.every(({ workload }) => workload === undefined);
  if (isOutside) return mesh.services.some((s) => hostOf(s) === share.host && hostOf(s) === seen.workload);
  return share.subset === '' || share.subset === seen.version;
}

function whole(seen: Seen, name: string): string {
  return seen.headers.flatMap(([n, value]) => (n === name ? [value] : [])).join(', ');
}

function uriOf(seen: Seen): string | undefined {
  const header = seen.headers.filter(([name]) => name === 'x-forwarded-client-cert').map(([, value]) => value);
  if (header.length === 0) return undefined;
  return header
    .join(' and ')
    .replace(/^By=[^;]*;/, '')
    .replace(/^Hash=[^;]*;/, '')
    .replace(/^.*URI=/, '');
}

function identityOf(mesh: Mesh, { from, gateway }: Call): string | undefined {
  const key = from === outside ? gateway : from;
  const workload = mesh.workloads.find((w) => keyOf(w) === key);
  return workload && spiffeId(mesh.settings.trustDomain, workload.namespace, workload.serviceAccount);
}

function responseDifferences({ headers, cors }: Verdict, { request }: Call, got: Observation): string[] {
  const found: string[] = [];
  const value = (name: string) =>
    [got.headers[name]]
      .flat()
      .filter((v) => v !== undefined)
      .join(', ');
  const edit = headers?.response;
  for (const [name, wanted] of Object.entries(edit?.set ?? {})) {
    if (!edit?.remove.includes(name) && value(name) !== asReceived(wanted))
      found.push(`response header ${name} is ${value(name)}, not ${wanted}`);
  }
  for (const [name, wanted] of Object.entries(edit?.add ?? {})) {
    if (!edit?.remove.includes(name) && !`, ${value(name)},`.includes(`, ${asReceived(wanted)},`))
      found.push(`response header ${name} lacks ${wanted}`);
  }
  for (const name of edit?.remove ?? []) if (value(name) !== '') found.push(`response header ${name} is not removed`);
  const allowed = value('access-control-allow-origin');
  const origin = [request.headers.origin ?? []].flat().flatMap((one) => asReceived(one.trim()) || []);
  const isWritten = [edit?.set, edit?.add].some((names) => names && 'access-control-allow-origin' in names);
  if (allowed !== '' && !isWritten && (!cors || allowed !== origin.join(',')))
    found.push(`origin ${allowed} is allowed without reason`);
  return found;
}

const bodies: Readonly<Record<string, readonly RegExp[]>> = {
  access: [/^RBAC: access denied$/],
  route: [/^$/],
  request: [/^$/, /^Bad Request$/, /^The path is incorrect for CONNECT-UDP$/],
  egress: [/^$/],
  mtls: [/^upstream connect error/],
  aborted: [/^fault filter abort$/],
  unavailable: [/^no healthy upstream$/, /^upstream connect error/, /^$/],
};

function localReply({ outcome, reason, shares, fault }: Verdict, { request }: Call, got: Observation): string[] {
  if (shares.some(({ targets }) => targets.some(({ tls }) => tls === 'simple'))) return [];
  const isTimeout = /^(upstream request|downstream duration) timeout$/.test(got.body);
  if (isTimeout || got.status === 504) return isTimeout ? [] : [`body ${got.body}`];
  if (outcome === 'allowed' && !fault?.abort)
    return shares.some((s) => s.fate.outcome !== 'allowed') ? [] : ['no application answered'];
  if (fault?.abort && got.body === 'fault filter abort') return [];
  const wanted = bodies[reason ?? outcome];
  if (request.method === 'HEAD' || got.status === 0 || !wanted || shares.length > 1) return [];
  return wanted.some((body) => body.test(got.body)) ? [] : [`body ${JSON.stringify(got.body)}`];
}
