// What the intent at hand says of the request of a log line. Asked is what the proxy that wrote the line decides:
// behind a sidecar the access rules, which do not care by which name the caller asked; in front of others the whole way.
import {
  grpcContentType,
  grpcStatusOf,
  hasSidecar,
  isHttp,
  keyOf,
  type MeshIndex,
  rewrittenHost,
  runsGateway,
  speaksHttp,
  type TestRequest,
  type Workload,
} from '../../model/index.ts';
import { decide } from '../concrete/decide.ts';
import { decideAccess, residualAccess } from '../place/access.ts';
import { findUse, takerAt } from '../place/find-host.ts';
import { type Call, type DecideOptions, outside, type Verdict } from '../verdict.ts';
import { describeStatus, describeVerdict } from './describe-verdict.ts';
import { describeByCaller } from './log-callers.ts';
import type { LogLine } from './log-line.ts';
import { type Arrival, dialledIn, isByGrpc, routeOf } from './log-subject.ts';
import { formatRequest, parseRequest } from './request-text.ts';

export interface AskedAgain {
  readonly text: string;
  /** Absent where it depends on what the line does not tell. */
  readonly decided?: Pick<Verdict, 'outcome' | 'reason' | 'status' | 'grpcStatus' | 'shares'>;
}

export function askAgain(index: MeshIndex, line: LogLine, arrival: Arrival): AskedAgain | undefined {
  const { workload } = arrival;
  if (!workload) return undefined;
  return line.direction === 'inbound' ? atWorkload(index, line, arrival, workload) : onTheWay(index, line, workload);
}

function atWorkload(
  index: MeshIndex,
  line: LogLine,
  { peer, peerText, isPeerTold }: Arrival,
  workload: Workload,
): AskedAgain | undefined {
  const { method, path = '/', port } = line;
  if (method === undefined || port === undefined || !hasSidecar(workload)) return undefined;
  if (!servesHttp(index, workload, port)) return undefined;
  const request = { method, path, headers: {} };
  const answer = isByGrpc(line) ? { status: 200, grpcStatus: grpcStatusOf(403) } : { status: 403 };
  const what = `${method} ${path} from ${peerText} to port ${port} of ${keyOf(workload)}${unknownOf(line)}`;
  const refusal = describeStatus(answer).slice(2, -1);
  const byCaller = isPeerTold ? undefined : describeByCaller(index, { workload, targetPort: port, request, refusal });
  if (byCaller !== undefined) return { text: `${what}: ${byCaller}` };
  const access = residualAccess(index, workload, peer, { targetPort: port, isHttp: true });
  const { isAllowed, text } = decideAccess(access, request);
  return isAllowed
    ? { text: `${what}: allowed: ${text}`, decided: { outcome: 'allowed', shares: [] } }
    : {
        text: `${what}: denied${describeStatus(answer)}: ${text}`,
        decided: { outcome: 'denied', reason: 'access', shares: [], ...answer },
      };
}

function servesHttp(index: MeshIndex, workload: Workload, targetPort: number): boolean {
  return index
    .servicesOf(workload)
    .some(({ ports }) => ports.some((port) => port.targetPort === targetPort && isHttp(port.protocol)));
}

/** What is asked is less than what was asked. */
function unknownOf(line: LogLine): string {
  return isByGrpc(line) ? ', by gRPC, without its other headers' : ', without its headers';
}

function onTheWay(index: MeshIndex, line: LogLine, workload: Workload): AskedAgain | undefined {
  const request = askedRequest(index, line, workload);
  if (!request || !isTakenThere(index, line, workload, request)) return undefined;
  const key = keyOf(workload);
  const isGateway = runsGateway(workload);
  const version = line.isHttp2 ? { version: 'HTTP/2' as const } : {};
  const asked = { request, ...version };
  const call: Call = isGateway ? { from: outside, gateway: key, ...asked } : { from: key, ...asked };
  const from = isGateway ? `outside, at ${key}` : key;
  const unknown = request.scheme === 'tcp' ? '' : unknownOf(line);
  const verdict = decide(index, call, { hasNormalPath: true, placement: placementOf(line) });
  return { text: `${formatRequest(request)} from ${from}${unknown}: ${describeVerdict(verdict)}`, decided: verdict };
}

/** By the name of the listener that took it: one for all hosts is there in the explicit placement alone. */
function placementOf({ listener }: LogLine): NonNullable<DecideOptions['placement']> {
  return listener === explicitHttp ? 'explicit' : 'redirect';
}

const explicitHttp = 'outbound-http';
/** The route of a virtual host for all that is not in scope, here and under Istio. */
export const blockAll = 'block_all';

/** A port without HTTP has a listener of its own in the explicit placement; what reads requests knows nothing of it. */
function isTakenThere(index: MeshIndex, line: LogLine, workload: Workload, { host, port }: TestRequest): boolean {
  if (line.listener !== explicitHttp && line.routeName !== blockAll) return true;
  const use = takerAt(index, workload, host, port) ?? findUse(index, workload, host, port);
  return !use || speaksHttp(index, workload, use.service, use.port);
}

/** As it was before the route rewrote it: Istio's formats have the authority only as it was sent on. */
export function askedRequest(index: MeshIndex, line: LogLine, workload: Workload): TestRequest | undefined {
  const dialled = dialledIn(line);
  if (dialled) return { ...dialled, scheme: 'tcp', method: '', path: '/', headers: {} };
  const { method, path = '/', port } = line;
  const { route, table } = routeOf(index.mesh, line.routeName);
  const isRewritten = route?.action.kind === 'ForwardAction' && rewrittenHost(route, route.action) !== undefined;
  const authority = isRewritten && line.format === 'istio' ? table?.hosts[0] : line.authority;
  // A request for a tunnel has no path, and is none that could be asked again.
  if (method === undefined || method === 'CONNECT' || authority === undefined) return undefined;
  const headers = isByGrpc(line) ? [`content-type: ${grpcContentType}`] : [];
  const { request } = parseRequest(`${method} ${schemeOf(line, workload)}://${authority}${path}`, headers);
  return request && port !== undefined ? { ...request, port } : request;
}

/** Between sidecars applications speak plain HTTP, and the proxies add TLS. */
export function schemeOf({ isTls, direction }: LogLine, workload: Workload | undefined): 'http' | 'https' {
  const isGateway = direction === 'gateway' || (workload !== undefined && runsGateway(workload));
  return isGateway && isTls ? 'https' : 'http';
}
