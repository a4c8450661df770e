// What the intent at hand says of the request of a log line. Asked is what the proxy that wrote the line decides:
// behind a sidecar the access rules, which do not care by which name the caller asked; in front of others the whole way.
import {
  hasSidecar,
  isHttp,
  keyOf,
  type MeshIndex,
  rewrittenHost,
  runsGateway,
  type TestRequest,
  type Workload,
} from '../../model/index.ts';
import { decide } from '../concrete/decide.ts';
import { decideAccess, residualAccess } from '../place/access.ts';
import { type Call, outside } from '../verdict.ts';
import { describeVerdict } from './describe-verdict.ts';
import { describeByCaller } from './log-callers.ts';
import { type Arrival, dialledIn, routeOf } from './log-subject.ts';
import type { LogLine } from './log-line.ts';
import { formatRequest, parseRequest } from './request-text.ts';

export function askAgain(index: MeshIndex, line: LogLine, arrival: Arrival): string | undefined {
  const { workload } = arrival;
  if (!workload) return undefined;
  return line.direction === 'inbound' ? atWorkload(index, line, arrival, workload) : onTheWay(index, line, workload);
}

function atWorkload(
  index: MeshIndex,
  { method, path = '/', port }: LogLine,
  { peer, peerText, isPeerTold }: Arrival,
  workload: Workload,
): string | undefined {
  if (method === undefined || port === undefined || !hasSidecar(workload)) return undefined;
  if (!servesHttp(index, workload, port)) return undefined;
  const request = { method, path, headers: {} };
  const what = `${method} ${path} from ${peerText} to port ${port} of ${keyOf(workload)}, without its headers`;
  const byCaller = isPeerTold ? undefined : describeByCaller(index, { workload, targetPort: port, request });
  if (byCaller !== undefined) return `${what}: ${byCaller}`;
  const access = residualAccess(index, workload, peer, { targetPort: port, isHttp: true });
  const decided = decideAccess(access, request);
  return `${what}: ${decided.isAllowed ? 'allowed' : 'denied (403)'}: ${decided.text}`;
}

function servesHttp(index: MeshIndex, workload: Workload, targetPort: number): boolean {
  return index
    .servicesOf(workload)
    .some(({ ports }) => ports.some((port) => port.targetPort === targetPort && isHttp(port.protocol)));
}

function onTheWay(index: MeshIndex, line: LogLine, workload: Workload): string | undefined {
  const request = askedRequest(index, line, workload);
  if (!request) return undefined;
  const key = keyOf(workload);
  const isGateway = runsGateway(workload);
  const call: Call = isGateway ? { from: outside, gateway: key, request } : { from: key, request };
  const from = isGateway ? `outside, at ${key}` : key;
  const unknown = request.scheme === 'tcp' ? '' : ', without its headers';
  return `${formatRequest(request)} from ${from}${unknown}: ${describeVerdict(decide(index, call, { hasNormalPath: true }))}`;
}

/** As it was before the route rewrote it: Istio's formats have the authority only as it was sent on. */
function askedRequest(index: MeshIndex, line: LogLine, workload: Workload): TestRequest | undefined {
  const dialled = dialledIn(line);
  if (dialled) return { ...dialled, scheme: 'tcp', method: '', path: '/', headers: {} };
  const { method, path = '/', port } = line;
  const { route, table } = routeOf(index.mesh, line.routeName);
  const isRewritten = route?.action.kind === 'ForwardAction' && rewrittenHost(route, route.action) !== undefined;
  const authority = isRewritten && line.format === 'istio' ? table?.hosts[0] : line.authority;
  if (method === undefined || authority === undefined) return undefined;
  const { request } = parseRequest(`${method} ${schemeOf(line, workload)}://${authority}${path}`);
  return request && port !== undefined ? { ...request, port } : request;
}

/** Between sidecars applications speak plain HTTP, and the proxies add TLS. */
export function schemeOf({ isTls, direction }: LogLine, workload: Workload | undefined): 'http' | 'https' {
  const isGateway = direction === 'gateway' || (workload !== undefined && runsGateway(workload));
  return isGateway && isTls ? 'https' : 'http';
}
