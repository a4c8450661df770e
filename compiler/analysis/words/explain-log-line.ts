// From a line of an access log back to the intent that decided: which route, which access rule, written where.
import {
  type AuthorizationPolicy,
  type HttpRoute,
  indexMesh,
  keyOf,
  type Mesh,
  type MeshIndex,
  type Origin,
  type Workload,
  hasSidecar,
} from '../../model/index.ts';
import { decide } from '../concrete/decide.ts';
import { describeVerdict } from './describe-verdict.ts';
import type { LogLine } from './log-line.ts';
import { formatRequest, parseRequest } from './request-text.ts';
import type { Step } from '../verdict.ts';

export interface LogExplanation {
  readonly line: LogLine;
  /** Who asked whom for what, in a sentence. */
  readonly title: string;
  /** Route and deciding rule, with their places. */
  readonly steps: readonly Step[];
  /** What the intent at hand says of the request, where it can be asked again. */
  readonly today?: string;
  /** Where to look next, if this line does not hold the reason. */
  readonly next?: string;
}

/** The mesh need not be the one that the proxy had: what it no longer has is said in the steps. */
export function explainLogLine(mesh: Mesh, line: LogLine): LogExplanation {
  const index = indexMesh(mesh);
  const workload = index.workloadByKey.get(line.workload);
  const today = askAgain(index, line);
  const steps = [...whereItWas(line, workload), ...routeSteps(mesh, line), ...reasonSteps(index, line, workload)];
  const next = nextPlace(line);
  return {
    line,
    title: titleOf(line),
    steps,
    ...(today !== undefined && { today }),
    ...(next !== undefined && { next }),
  };
}

function isInbound({ listener }: LogLine): boolean {
  return /^(virtual)?inbound/i.test(listener);
}

function titleOf(line: LogLine): string {
  const what =
    line.method === undefined ? 'a TCP connection' : `${line.method} http://${line.authority ?? ''}${line.path ?? '/'}`;
  return line.status === undefined ? what : `${what} was answered ${line.status}`;
}

function whereItWas(line: LogLine, workload: Workload | undefined): Step[] {
  const caller = line.peer === undefined ? 'a caller without identity' : line.peer;
  const text = isInbound(line)
    ? `the proxy of ${line.workload} received it from ${caller}`
    : `the proxy of ${line.workload} took it`;
  return [
    {
      text: workload ? text : `${text}; the intent has no such workload`,
      ...(workload && { origin: workload.origin }),
    },
  ];
}

function routeSteps(mesh: Mesh, { routeName }: LogLine): Step[] {
  if (routeName === undefined || routeName === 'application') return [];
  const route: HttpRoute | undefined = mesh.routeTables.flatMap((t) => t.http).find((r) => r.name === routeName);
  if (route) return [{ text: `route ${routeName}`, origin: route.origin }];
  const service = mesh.services.find((s) => `${keyOf(s)}/default` === routeName);
  return service ? [{ text: `route ${routeName}, the one of a service that writes none`, origin: service.origin }] : [];
}

function reasonSteps(index: MeshIndex, line: LogLine, workload: Workload | undefined): Step[] {
  const { details = '', routeName } = line;
  const [, rule] = /rbac_access_denied_matched_policy\[(.*)\]/.exec(details) ?? [];
  if (rule !== undefined) return workload ? accessSteps(index, workload, rule) : [{ text: `denied by rule ${rule}` }];
  if (routeName === 'block_all') {
    const scope = index.scopeByWorkload.get(line.workload);
    const text = `${line.workload} does not declare that it uses ${line.authority ?? 'this host'}`;
    return [{ text, ...(scope && { origin: scope.origin }) }];
  }
  const text = reasons.find(([start]) => details.startsWith(start))?.[1];
  return text === undefined ? (details === '' ? [] : [{ text: `the proxy's words: ${details}` }]) : [{ text }];
}

/** By how Envoy begins. https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/response_code_details */
const reasons: readonly (readonly [start: string, text: string])[] = [
  ['via_upstream', 'the answer came from the next hop'],
  ['route_not_found', 'no route matches'],
  ['direct_response', 'the route itself answers'],
  ['fault_filter_abort', 'a fault of the route aborted it'],
  ['no_healthy_upstream', 'no instance was there to take it'],
  ['upstream_reset_before_response_started', 'the next hop closed the connection before it answered'],
  ['upstream_response_timeout', "the route's timeout passed"],
  ['response_timeout', "the route's timeout passed"],
];

const rulesShown = 5;

function accessSteps(index: MeshIndex, workload: Workload, rule: string): Step[] {
  const policies = index.authorizationOf(workload);
  if (rule === 'none') {
    const allow = policies.filter((policy) => policy.action === 'ALLOW');
    const [first] = allow;
    if (!first) return [{ text: 'no rule allows it, and the mesh denies by default', origin: index.mesh.origin }];
    return [
      { text: `no rule allows it (policy ${keyOf(first)})`, origin: first.origin },
      ...rulesOf(allow)
        .slice(0, rulesShown)
        .map(({ name, origin }) => ({ text: `rule ${name} does not match it`, origin })),
    ];
  }
  const found: { readonly origin: Origin } | undefined = rulesOf(policies).find(({ name }) => name === rule);
  return found
    ? [{ text: `denied by rule ${rule}`, origin: found.origin }]
    : [{ text: `denied by rule ${rule}, which the intent does not have: the line is from another commit` }];
}

function rulesOf(policies: readonly AuthorizationPolicy[]) {
  return policies.flatMap((policy) => policy.rules);
}

/** Where the callee wrote the line and only one workload has the caller's identity, the whole way can be decided again. */
function askAgain(index: MeshIndex, line: LogLine): string | undefined {
  const { method, authority, path, peer } = line;
  if (method === undefined || authority === undefined) return undefined;
  const { request } = parseRequest(`${method} http://${authority}${path ?? '/'}`);
  const from = isInbound(line) ? callerOf(index, peer) : line.workload;
  const caller = from === undefined ? undefined : index.workloadByKey.get(from);
  if (!request || !caller || !hasSidecar(caller) || from === undefined) return undefined;
  return `${formatRequest(request)} from ${from}, without its headers: ${describeVerdict(decide(index, { from, request }))}`;
}

function callerOf(index: MeshIndex, peer: string | undefined): string | undefined {
  const [, namespace, account] = /^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(peer ?? '') ?? [];
  const callers = index.mesh.workloads.filter((w) => w.namespace === namespace && w.serviceAccount === account);
  return callers.length === 1 && callers[0] ? keyOf(callers[0]) : undefined;
}

function nextPlace(line: LogLine): string | undefined {
  if (isInbound(line) || line.details !== 'via_upstream' || (line.status ?? 0) < 400) return undefined;
  const id = line.requestId === undefined ? '' : ` with request_id ${line.requestId}`;
  return `the reason is in the log of the proxy that received it: look there for the line${id}`;
}
