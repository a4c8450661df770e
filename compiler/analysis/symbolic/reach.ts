// Who can call whom: for every service the requests that get through to it, by whatever host or gateway they were addressed to.
import {
  hostOf,
  indexMesh,
  isHttpMethod,
  keyOf,
  type Mesh,
  type MeshIndex,
  type Origin,
  type Service,
  type TestRequest,
} from '../../model/index.ts';
import { TooWide } from '../automata/budget.ts';
import { sharingPatterns } from '../automata/regex-language.ts';
import type { Node } from '../automata/diagram.ts';
import { decide } from '../concrete/decide.ts';
import type { Call, Share, Verdict } from '../verdict.ts';
import { describeRegion } from '../words/describe-region.ts';
import { formatRequest } from '../words/request-text.ts';
import { choose, type Decision, toFate, type WideForward } from './choice.ts';
import { decisionFor } from './decision.ts';
import { spaceOver } from './extended-space.ts';
import { type Fate, isReached } from './fate.ts';
import type { ServedPort } from '../place/find-host.ts';
import { any, never } from './predicate-terms.ts';
import { askedInside, type ReachQuestion, reachQuestions } from './reach-questions.ts';
import { RequestSpace } from './request-space.ts';
import { bestOf } from './wide.ts';
import { findWitness } from './witness.ts';

export interface ReachFilter {
  /** A workload key, that of a gateway, `outside` or `unmeshed`; all callers without it. */
  readonly from?: string;
  /** A service, as `namespace/name` or by one of its hosts; all services without it. */
  readonly to?: string;
}

/** Where a request is addressed to: a host of the mesh, or one that a gateway serves. */
export interface Address extends Pick<TestRequest, 'scheme' | 'host' | 'port'> {
  /** `namespace/name` of the gateway's proxy, for callers from outside. */
  readonly gateway?: string;
}

export interface Because {
  readonly text: string;
  readonly origin?: Origin;
}

/** One caller class, one port of a service that is reached, and one address by which it is. */
export interface ReachRow {
  /** Callers that fare alike; sorted. */
  readonly from: readonly string[];
  /** `namespace/name` of the service. */
  readonly service: string;
  /** Of the service that is reached. */
  readonly host: string;
  readonly port: number;
  readonly by: Address;
  /** What gets there are copies, which a route mirrors. */
  readonly isCopy: boolean;
  /**
   * `all`: every request to the address gets there. `none` is listed only where the filter names the caller.
   * `unknown`: the conditions are too many for an exact answer; `requests` says on what, the example is any request.
   */
  readonly reach: 'all' | 'some' | 'none' | 'unknown';
  /** The requests that get through. */
  readonly requests: readonly string[];
  /** What lets the example in; for `none`, what keeps it out. */
  readonly because?: Because;
  /** A request that gets through; for `none` one that does not. */
  readonly example: { readonly call: Call; readonly text: string; readonly verdict: Verdict };
}

/** What is found out about a question: one for each port of a service that some of its requests get to. */
export interface Reached extends ReachQuestion {
  readonly host: string;
  readonly port: number;
  readonly isCopy: boolean;
  readonly space: RequestSpace;
  readonly node: Node;
}

/** Whether a fate sends a request, or a copy of it, to the port of a service and it gets in. */
export function gets(
  { shares, mirrors = [] }: Pick<Fate, 'shares' | 'mirrors'>,
  { host, port, isCopy }: Goal,
): boolean {
  return (isCopy ? mirrors : shares).some((share) => share.host === host && share.port === port && isReached(share));
}

export type Goal = Pick<Reached, 'host' | 'port' | 'isCopy'>;

export function reach(mesh: Mesh | MeshIndex, filter: ReachFilter = {}): ReachRow[] {
  const index = 'mesh' in mesh ? mesh : indexMesh(mesh);
  const wanted = index.mesh.services.filter((service) => isNamed(service, filter.to));
  const [target] = filter.to === undefined ? [] : wanted;
  const rows = reachQuestions(index, filter.from, target).flatMap((asked) => rowsFor(index, asked, target));
  const { from } = filter;
  const unreached = from === undefined ? [] : wanted.flatMap((service) => unreachedRows(index, from, service, rows));
  const order = new Map(index.mesh.services.map((service, i) => [hostOf(service), i]));
  return [...rows, ...unreached].sort((a, b) => (order.get(a.host) ?? 0) - (order.get(b.host) ?? 0) || a.port - b.port);
}

function isNamed(service: Service, to: string | undefined): boolean {
  return to === undefined || keyOf(service) === to || service.hosts.includes(to);
}

/** A question too wide for an exact answer has one row that says so. */
function rowsFor(index: MeshIndex, asked: ReachQuestion, target: Service | undefined): ReachRow[] {
  try {
    return sharingPatterns(() => reachedIn(index, asked, target).flatMap((reached) => rowOf(index, reached) ?? []));
  } catch (error) {
    if (error instanceof TooWide) return [unknownRow(index, asked, target, error.dimension || 'path')];
    throw error;
  }
}

function unknownRow(
  index: MeshIndex,
  { from, question, exampleHost }: ReachQuestion,
  target: Service | undefined,
  dimension: string,
): ReachRow {
  const { request, gateway } = question;
  const service = target ?? index.serviceByHost.get(request.host);
  const call: Call = { ...question, request: { ...request, host: exampleHost, method: 'GET', path: '/', headers: {} } };
  return {
    from,
    service: service ? keyOf(service) : '',
    host: service ? hostOf(service) : request.host,
    port: request.port,
    by: { ...request, ...(gateway !== undefined && { gateway }) },
    isCopy: false,
    reach: 'unknown',
    requests: [`not analysed: ${dimension}, for its conditions are too many to compare exactly`],
    example: { call, text: formatRequest(call.request), verdict: decide(index, call) },
  };
}

/** The ways to services, with the sets of requests that take them. */
export function reachedBy(index: MeshIndex, { from, to }: ReachFilter): Reached[] {
  const target = to === undefined ? undefined : index.mesh.services.find((service) => isNamed(service, to));
  return reachQuestions(index, from, target).flatMap((asked) => reachedIn(index, asked, target));
}

function reachedIn(index: MeshIndex, asked: ReachQuestion, target: Service | undefined): Reached[] {
  const { decisions, space } = spaceOver((extensions) => [
    decisionFor(index, { ...asked.question, ...(extensions !== undefined && { extensions }) }),
  ]);
  const [decision] = decisions;
  if (!decision) return [];
  const goals = new Map<string, Goal>();
  for (const end of space.endsIn(space.compile(decision))) {
    const { shares, mirrors = [] } = bestOf(end);
    for (const [list, isCopy] of [
      [shares, false],
      [mirrors, true],
    ] as const) {
      for (const { host, port } of list.filter(isReached))
        goals.set(`${host}:${port} ${isCopy}`, { host, port, isCopy });
    }
  }
  return [...goals.values()]
    .filter(({ host }) => !target || host === hostOf(target))
    .map((goal) => ({ ...asked, ...goal, space, node: space.compileFor(decision, (end) => decisionTo(end, goal)) }));
}

/** Of a wide forward only whether a request gets to the goal. */
function decisionTo(end: WideForward, { host, port, isCopy }: Goal): Decision {
  const [passed, refused] = [bestOf(end), end.settle(new Set())];
  const keys = (isCopy ? end.ofMirrors : end.ofShares).filter((_, i) => {
    const share = (isCopy ? passed.mirrors : passed.shares)?.[i];
    return share?.host === host && share.port === port;
  });
  return choose(any(keys.flat().map((key) => end.gates.get(key) ?? never)), toFate(passed), toFate(refused));
}

function rowOf(index: MeshIndex, reached: Reached): ReachRow | undefined {
  const { from, question, exampleHost, host, port, isCopy, space, node } = reached;
  const service = index.serviceByHost.get(host);
  const cubes = (isWanted: boolean) => space.cubes(node, (n) => gets(space.fate(n), reached) === isWanted);
  const parts = findWitness(space, cubes(true));
  if (!service || !parts) return undefined;
  const { request, gateway } = question;
  const isTcp = request.scheme === 'tcp';
  const isExtension = !isTcp && !isHttpMethod(parts.method);
  const call: Call = {
    ...question,
    request: { ...request, host: exampleHost, ...parts, ...(isTcp && { method: '' }) },
    ...(isExtension && { version: 'HTTP/2' }),
  };
  const verdict = decide(index, call);
  const shares = isCopy ? (verdict.mirrors ?? []) : verdict.shares;
  const share = shares.find((one) => one.host === host && one.port === port && isReached(one));
  const because = share && reasonFor(share);
  return {
    from,
    service: keyOf(service),
    host,
    port,
    by: { ...request, ...(gateway !== undefined && { gateway }) },
    isCopy,
    reach: cubes(false).next().done === true ? 'all' : 'some',
    requests: isTcp ? ['every connection'] : describeRegion(space, cubes(true)),
    ...(because && { because }),
    example: { call, text: `${formatRequest(call.request)}${isExtension ? ' over HTTP/2' : ''}`, verdict },
  };
}

/** What lets the request in at a workload of this very share: other shares of a split have rules of their own. */
function reasonFor(share: Share): Because | undefined {
  const target = share.targets.find(({ fate }) => fate.outcome === 'allowed');
  if (!target?.because) return undefined;
  const { text, origin } = target.because;
  return { text, ...(origin && { origin }) };
}

/** A row for each port that the caller does not get to by any address. */
function unreachedRows(index: MeshIndex, from: string, service: Service, rows: readonly ReachRow[]): ReachRow[] {
  const host = hostOf(service);
  if (!index.workloadByKey.has(from) && from !== 'unmeshed') return [];
  return service.ports.flatMap((port) => {
    if (rows.some((row) => row.host === host && row.port === port.number)) return [];
    const call = unreachedAt(index, from, { service, host, port });
    const { scheme, host: asked, port: dialled } = call.request;
    const { gateway } = call;
    const by = { scheme, host: asked, port: dialled, ...(gateway !== undefined && { gateway }) };
    const verdict = decide(index, call);
    const because = verdict.steps.findLast((step) => step.origin !== undefined && step.about !== 'skipped');
    const example = { call, text: formatRequest(call.request), verdict };
    const row = { from: [from], service: keyOf(service), host, port: port.number, by, isCopy: false };
    return [{ ...row, reach: 'none' as const, requests: [], ...(because && { because }), example }];
  });
}

/** A gateway makes no requests of its own: it passes on what comes in from outside, if it can what its routes send to the service. */
function unreachedAt(index: MeshIndex, from: string, at: ServedPort & { readonly host: string }): Call {
  const parts = { method: 'GET', path: '/', headers: {} };
  const questions = (to?: Service) =>
    reachQuestions(index, from, to).filter(({ question }) => question.gateway === from);
  for (const asked of questions(at.service)) {
    const found = sentTo(index, asked, at);
    if (found) return found;
  }
  const [other] = questions();
  if (other) return { ...other.question, request: { ...other.question.request, host: at.host, ...parts } };
  const { request } = askedInside(index, from, at);
  return { from, request: { ...request, ...parts, ...(request.scheme === 'tcp' && { method: '' }) } };
}

/** A request that is sent to the port, whether it gets in or not. */
function sentTo(
  index: MeshIndex,
  { question, exampleHost }: ReachQuestion,
  at: ServedPort & { readonly host: string },
): Call | undefined {
  const isSent = ({ shares }: Fate) => shares.some(({ host, port }) => host === at.host && port === at.port.number);
  try {
    return sharingPatterns(() => {
      const decision = decisionFor(index, question);
      const space = new RequestSpace([decision]);
      const cubes = space.cubes(space.compile(decision), (n) => isSent(space.fate(n)));
      const found = findWitness(space, cubes);
      return found && { ...question, request: { ...question.request, host: exampleHost, ...found } };
    });
  } catch (error) {
    if (error instanceof TooWide) return undefined;
    throw error;
  }
}
