// From a line of an access log back to the intent that decided: which route, which access rule, written where.
import {
  type AuthorizationPolicy,
  type AuthorizationRule,
  type ConditionKind,
  indexMesh,
  keyOf,
  type Mesh,
  type MeshIndex,
  placeOfSetting,
  rulesByPort,
} from '../../model/index.ts';
import { whyNot } from '../place/access.ts';
import type { Step } from '../verdict.ts';
import { meaningOf, nameGrpcStatus } from './grpc-status.ts';
import { askAgain, schemeOf } from './log-again.ts';
import { differenceOf } from './log-difference.ts';
import type { LogLine } from './log-line.ts';
import { nextOf, nextPlace, unknownAddress } from './log-next.ts';
import { ownDoing } from './log-own-answer.ts';
import { reasonOf } from './log-reasons.ts';
import {
  type Arrival,
  arrivalOf,
  detourSteps,
  dialledIn,
  isRefusedByGrpc,
  type LogHints,
  routeOf,
} from './log-subject.ts';

export interface LogExplanation {
  readonly line: LogLine;
  /** Who asked whom for what, in a sentence. */
  readonly title: string;
  /** Route and deciding rule, with their places. */
  readonly steps: readonly Step[];
  /** What the intent at hand says of the request, where it can be asked again. */
  readonly today?: string;
  /** Why the line says otherwise, where it does. */
  readonly difference?: string;
  /** Where to look next, if this line does not hold the reason. */
  readonly next?: string;
}

/** The mesh need not be the one that the proxy had: what it no longer has is said in the steps. */
export function explainLogLine(mesh: Mesh | MeshIndex, line: LogLine, hints: LogHints = {}): LogExplanation {
  const index = 'mesh' in mesh ? mesh : indexMesh(mesh);
  const arrival = arrivalOf(index, line, hints);
  const today = askAgain(index, line, arrival);
  const steps = [
    whereItWas(line, arrival),
    ...claimedSteps(line),
    ...detourSteps(index, line, arrival),
    ...routeSteps(index.mesh, line),
    ...serviceSteps(index, line),
    ...reasonSteps(index, line, arrival),
  ];
  const next = nextPlace(index, line, arrival);
  const difference = today && differenceOf(line, today.decided);
  return {
    line,
    title: titleOf(line, arrival),
    steps,
    ...(today && { today: today.text }),
    ...(difference !== undefined && { difference }),
    ...(next !== undefined && { next }),
  };
}

function titleOf(line: LogLine, { workload }: Arrival): string {
  const { method, authority, path, status, grpcStatus } = line;
  const asked = authority === undefined ? (path ?? '') : `${schemeOf(line, workload)}://${authority}${path ?? '/'}`;
  const what = method === undefined ? connectionText(line) : `${method} ${asked}`.trim();
  const how = isRefusedByGrpc(line) ? ', as proxies answer gRPC whatever they say' : '';
  const said = grpcStatus === undefined ? how : `, ${nameGrpcStatus(grpcStatus)}`;
  return status === undefined ? what : `${what} was answered ${status}${said}`;
}

/** Only a request has an answer; a malformed one has no method, nor has one whose format leaves it out. */
function connectionText(line: LogLine): string {
  if (line.status !== undefined) return 'a request';
  const dialled = dialledIn(line);
  return dialled ? `a TCP connection to ${dialled.host}:${dialled.port}` : 'a TCP connection';
}

function whereItWas(line: LogLine, arrival: Arrival): Step {
  const { key, workload, peerText } = arrival;
  const proxy = key === undefined ? 'a proxy that the line does not name' : `the proxy of ${key}`;
  const what = line.direction === 'inbound' ? `${proxy} received it from ${line.peer ?? peerText}` : `${proxy} took it`;
  const text = `${what}${notOf(arrival)}`;
  const isGone = key !== undefined && !workload;
  return {
    text: isGone ? `${text}; the intent has no such workload` : text,
    ...(workload && { origin: workload.origin }),
  };
}

/** What was said of the line, where it says otherwise itself. */
function notOf({ told, contradicted }: Arrival): string {
  return contradicted === undefined
    ? ''
    : `; the line says that it is of ${told?.join(' or ') ?? 'another'}, not of ${contradicted}`;
}

/** Istio's formats write the header x-envoy-original-path where there is one, whoever set it. */
function claimedSteps({ format, direction, path }: LogLine): Step[] {
  if (format !== 'istio' || path === undefined) return [];
  const whose = direction === 'inbound' ? 'the caller, or its proxy,' : 'the caller';
  return [
    { text: `its path is as ${whose} may have written it in x-envoy-original-path: Istio's format prefers that` },
  ];
}

function routeSteps(mesh: Mesh, line: LogLine): Step[] {
  const { routeName, path, authority, upstreamPath, upstreamAuthority } = line;
  if (routeName === undefined || routeName === 'application') return [];
  const isRewritten = upstreamPath !== undefined && (upstreamPath !== path || upstreamAuthority !== authority);
  const sentOn = isRewritten ? [{ text: `sent on as ${upstreamPath} for ${upstreamAuthority ?? ''}` }] : [];
  const { route } = routeOf(mesh, routeName);
  if (route) return [{ text: `route ${routeName}`, origin: route.origin }, ...sentOn];
  const service = mesh.services.find((s) => `${keyOf(s)}/default` === routeName);
  const { origin } = service ?? {};
  return origin ? [{ text: `route ${routeName}, the one of a service that writes none`, origin }, ...sentOn] : sentOn;
}

/** Whose port a connection was made to. */
function serviceSteps(index: MeshIndex, line: LogLine): Step[] {
  const dialled = dialledIn(line);
  if (!dialled) return [];
  const service = index.serviceByHost.get(dialled.host);
  const port = service?.ports.find(({ number }) => number === dialled.port);
  const text = `port ${dialled.port} of ${dialled.host}`;
  return [port ? { text, origin: port.origin } : { text: `${text}, which the intent does not have` }];
}

function reasonSteps(index: MeshIndex, line: LogLine, arrival: Arrival): Step[] {
  const { details = '' } = line;
  const [, rule] = /rbac_access_denied_matched_policy\[(.*)\]/.exec(details) ?? [];
  if (rule !== undefined) return accessSteps(index, line, arrival, rule);
  const own = ownDoing(index, line, arrival.workload);
  if (own?.isAll) return [own.step];
  const reason = reasonOf(line, nextOf(index, line));
  const told = reason ? [{ text: reason.text }] : [];
  const unknown = unknownAddress(index, line);
  return [...(own ? [own.step] : []), ...told, ...(unknown ? [unknown] : []), ...grpcSteps(line)];
}

/** What went through without a proxy's own refusal may be refused all the same. */
function grpcSteps({ grpcStatus = 0, details, direction }: LogLine): Step[] {
  const meaning = meaningOf(grpcStatus);
  if (meaning === undefined || details !== 'via_upstream' || direction === 'inbound') return [];
  return [{ text: `where a proxy says ${nameGrpcStatus(grpcStatus)}, it is: ${meaning}` }];
}

function accessSteps(index: MeshIndex, line: LogLine, arrival: Arrival, name: string): Step[] {
  const { workload } = arrival;
  const policies = workload ? index.authorizationOf(workload) : index.mesh.authorizationPolicies;
  if (name === 'none') return workload ? noRuleSteps(index, line, arrival, policies) : [{ text: 'no rule allows it' }];
  const found = ruleOf(index, policies, name);
  if (found) return [{ text: `denied by rule ${found.name}`, origin: found.origin }];
  return [{ text: `denied by rule ${name}, which the intent does not have: the line is from another commit` }];
}

/**
 * By our own name, or by Istio's: `ns[shop]-policy[shoes-deny]-rule[0]`, where the number counts the rules that can hold, and behind
 * them what those about requests come to on other ports.
 */
function ruleOf(
  index: MeshIndex,
  policies: readonly AuthorizationPolicy[],
  name: string,
): AuthorizationRule | undefined {
  const [, namespace, policy, number] = /^ns\[(.*)\]-policy\[(.*)\]-rule\[(\d+)\]$/.exec(name) ?? [];
  if (number === undefined) return policies.flatMap(({ rules }) => rules).find((rule) => rule.name === name);
  const named = policies.find((one) => one.namespace === namespace && one.name === policy);
  const written = named && rulesByPort(named, index);
  return written?.filter(({ from, to }) => from.length > 0 && to.length > 0)[Number(number)];
}

function noRuleSteps(
  index: MeshIndex,
  line: LogLine,
  { peer, isPeerTold }: Arrival,
  policies: readonly AuthorizationPolicy[],
): Step[] {
  const allow = policies.filter((policy) => policy.action === 'ALLOW');
  const [first] = allow;
  if (!first)
    return [
      {
        text: 'no rule allows it, and the mesh denies by default',
        origin: placeOfSetting(index.mesh, 'accessDefault'),
      },
    ];
  const { method = '', path = '/', port = 0 } = line;
  const rules = allow.flatMap((policy) => policy.rules);
  return [
    { text: `no rule allows it (policy ${keyOf(first)})`, origin: first.origin },
    ...whyNot(rules, {
      known: { ...peer, port },
      request: { method, path, headers: {} },
      isHttp: line.method !== undefined,
      isTold: (condition) => told[condition.kind](line, isPeerTold),
    }),
  ];
}

/** A line holds neither headers nor queries. */
const told: { readonly [K in ConditionKind]: (line: LogLine, isPeerTold: boolean) => boolean } = {
  method: ({ method }) => method !== undefined,
  path: ({ path }) => path !== undefined,
  header: () => false,
  query: () => false,
  port: ({ port }) => port !== undefined,
  principal: (_line, isPeerTold) => isPeerTold,
  namespace: (_line, isPeerTold) => isPeerTold,
};
