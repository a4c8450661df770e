// Whether an answer is one that the static verdict allows, and whether two proxies gave the same. Differences as short texts.
import {
  type Call,
  hostOf,
  keyOf,
  type Mesh,
  outside,
  type Share,
  type ShareFate,
  spiffeId,
  type Verdict,
} from '../../compiler/index.ts';
import type { Seen } from './applications.ts';
import type { Observation, PlannedRequest } from './ask.ts';

/** Empty if the answer is possible under the verdict. */
export function againstVerdict(mesh: Mesh, planned: PlannedRequest, verdict: Verdict, got: Observation): string[] {
  if (planned.call.request.scheme === 'tcp') return tcpDifferences(verdict, got);
  const wanted = possibleStatuses(verdict);
  if (!wanted.includes(got.status)) return [`status ${got.status}, the verdict has ${wanted.join(' or ')}`];
  const found: string[] = [];
  if (verdict.location !== undefined && got.headers.location !== verdict.location)
    found.push(`location ${got.headers.location}, the verdict has ${verdict.location}`);
  if (got.seen)
    found.push(
      ...seenDifferences(mesh, planned, verdict, got.seen),
      ...responseDifferences(verdict, planned.call, got),
    );
  else found.push(...localReply(verdict, planned.call, got));
  return found;
}

/** 0 stands for a connection closed without an answer. A split may answer as any of its shares. */
function possibleStatuses(verdict: Verdict): readonly number[] {
  const { outcome, status, shares, fault } = verdict;
  if (outcome === 'redirect' || outcome === 'answered' || outcome === 'aborted' || shares.length === 0)
    return [status ?? 0];
  // A caller without a proxy sees a connection that is closed.
  const closed = shares.some(({ fate }) => fate.outcome !== 'allowed') && status === undefined ? 0 : 503;
  const possible = shares.flatMap((share) => [
    // No public authority vouches for what stands for a host outside: TLS towards it fails as it should.
    ...share.targets.map(({ fate, tls }) => (tls === 'simple' ? 503 : statusOf(fate, closed))),
    ...(share.targets.length === 0 ? [statusOf(share.fate, closed)] : []),
  ]);
  return [...new Set([...possible, ...(fault?.abort && fault.abort.percentage > 0 ? [fault.abort.status] : [])])];
}

function statusOf(fate: ShareFate, closed: number): number {
  if (fate.outcome === 'allowed') return 200;
  return fate.outcome === 'denied' && fate.reason === 'access' ? 403 : closed;
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
  const { host, port, scheme } = call.request;
  const unchanged = port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;
  const isKept = forwarded?.host === unchanged;
  expect('host received', seen.host, [isKept ? (authority ?? unchanged) : forwarded?.host]);
  expect('method received', seen.method, [call.request.method]);
  const target = serving
    .flatMap((share) => share.targets)
    .find(({ workload }) => workload === undefined || workload === seen.workload);
  expect('caller received', uriOf(seen), [target?.tls === 'mutual' ? identityOf(mesh, call) : undefined]);
  const request = verdict.headers?.request;
  for (const [name, value] of Object.entries(request?.set ?? {})) {
    if (name !== 'host' && !request?.remove.includes(name))
      expect(`header ${name}`, values(seen, name).join(), [value]);
  }
  for (const [name, value] of Object.entries(request?.add ?? {})) {
    if (!request?.remove.includes(name)) expect(`added ${name}`, values(seen, name).includes(value), [true]);
  }
  for (const name of request?.remove ?? []) expect(`removed ${name}`, values(seen, name).length, [0]);
  return found;
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

function values(seen: Seen, name: string): readonly string[] {
  return seen.headers.flatMap(([n, value]) => (n === name ? value.split(/, ?/) : []));
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
    if (!edit?.remove.includes(name) && value(name) !== wanted)
      found.push(`response header ${name} is ${value(name)}, not ${wanted}`);
  }
  for (const [name, wanted] of Object.entries(edit?.add ?? {})) {
    if (!edit?.remove.includes(name) && !value(name).split(', ').includes(wanted))
      found.push(`response header ${name} lacks ${wanted}`);
  }
  for (const name of edit?.remove ?? []) if (value(name) !== '') found.push(`response header ${name} is not removed`);
  const allowed = value('access-control-allow-origin');
  if (allowed !== '' && (!cors || allowed !== request.headers.origin))
    found.push(`origin ${allowed} is allowed without reason`);
  return found;
}

const bodies: Readonly<Record<string, readonly RegExp[]>> = {
  access: [/^RBAC: access denied$/],
  route: [/^$/],
  egress: [/^$/],
  mtls: [/^upstream connect error/],
  aborted: [/^fault filter abort$/],
  unavailable: [/^no healthy upstream$/, /^upstream connect error/, /^$/],
};

function localReply({ outcome, reason, shares, fault }: Verdict, { request }: Call, got: Observation): string[] {
  if (outcome === 'allowed' && !fault?.abort)
    return shares.some((s) => s.fate.outcome !== 'allowed') ? [] : ['no application answered'];
  const wanted = bodies[reason ?? outcome];
  if (request.method === 'HEAD' || got.status === 0 || !wanted || shares.length > 1) return [];
  return wanted.some((body) => body.test(got.body)) ? [] : [`body ${JSON.stringify(got.body)}`];
}

/** What both proxies must have alike; `isChosen` is false where a draw decides which share answers. */
export function betweenProxies(embedded: Observation, envoy: Observation, isChosen: boolean): string[] {
  const found: string[] = [];
  const same = (what: string, a: unknown, b: unknown) => {
    const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
    if (left !== right) found.push(`${what}: embedded ${left}, Envoy ${right}`);
  };
  if (isChosen) same('status', embedded.status, envoy.status);
  if (embedded.status !== envoy.status) return found;
  same('answered by an application', embedded.seen !== undefined, envoy.seen !== undefined);
  if (isChosen) same('instance', embedded.seen?.instance, envoy.seen?.instance);
  same('path received', embedded.seen?.path, envoy.seen?.path);
  if (!embedded.seen) same('body', withoutCause(embedded.body), withoutCause(envoy.body));
  same('response headers', responseHeaders(embedded), responseHeaders(envoy));
  if (isChosen) same('headers received', requestHeaders(embedded), requestHeaders(envoy));
  return found;
}

/** The reset reason is a text of the network library. */
function withoutCause(body: string): string {
  return body.replace(/^(upstream connect error or disconnect\/reset before headers\.).*/, '$1');
}

/** Made anew for each request, or about the connection. */
const incidental = new Set([
  'date',
  'x-request-id',
  'x-conformance-echo',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
]);

function responseHeaders({ headers }: Observation): readonly string[] {
  return Object.entries(headers)
    .filter(([name]) => !incidental.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
}

function requestHeaders({ seen }: Observation): readonly string[] | undefined {
  return seen?.headers
    .filter(([name]) => !incidental.has(name))
    .map(([name, value]) => `${name}: ${withoutAddress(name, value)}`)
    .sort();
}

/** Each mesh has addresses and certificates of its own. */
function withoutAddress(name: string, value: string): string {
  if (name === 'x-forwarded-client-cert') return value.replace(/Hash=[0-9a-f]+/g, 'Hash=…');
  return value.replace(/127\.\d+\.\d+\.\d+/g, '127.…');
}
