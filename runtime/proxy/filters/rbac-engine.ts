// Envoy's RBAC rules, compiled: who (principals) may do what (permissions). Pure; used for HTTP and for TCP.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/rbac/v3/rbac.proto
import { BlockList, isIPv6 } from 'node:net';
import { pathname, type RequestHead } from '../http/request-head.ts';
import type { ConnectionInfo } from '../http/stream-info.ts';
import { compileHeaderMatcher, compileStringMatcher, type StringPredicate } from '../http/string-matcher.ts';
import { Rejection } from '../rejection.ts';
import type { CidrRangeJson, PathMatcherJson, PermissionJson, PolicyJson, PrincipalJson, RBACJson } from '../types.ts';

/** `head` is absent for a TCP connection: HTTP conditions then do not match. */
export interface RbacSubject {
  readonly connection: ConnectionInfo;
  readonly head?: RequestHead;
}

export interface RbacVerdict {
  readonly isAllowed: boolean;
  /** The policy that matched. */
  readonly policy: string | undefined;
}

export type RbacEngine = (subject: RbacSubject) => RbacVerdict;
type Condition = (subject: RbacSubject) => boolean;

/** Policies are tried in the order of their names, as Envoy keeps them; the first that matches is the one reported. */
export function compileRbac(json: RBACJson | undefined): RbacEngine | undefined {
  if (!json) return undefined;
  const policies = Object.entries(json.policies ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, policy]) => ({ name, matches: compilePolicy(policy) }));
  const isAllowedOnMatch = (json.action ?? 'ALLOW') === 'ALLOW';
  return (subject) => {
    for (const { name, matches } of policies) {
      if (matches(subject)) return { isAllowed: isAllowedOnMatch, policy: name };
    }
    return { isAllowed: !isAllowedOnMatch, policy: undefined };
  };
}

function compilePolicy(json: PolicyJson): Condition {
  const permission = anyOf((json.permissions ?? []).map(compilePermission));
  const principal = anyOf((json.principals ?? []).map(compilePrincipal));
  return (subject) => permission(subject) && principal(subject);
}

const anyOf =
  (list: readonly Condition[]): Condition =>
  (s) =>
    list.some((matches) => matches(s));
const everyOf =
  (list: readonly Condition[]): Condition =>
  (s) =>
    list.every((matches) => matches(s));
const not =
  (matches: Condition): Condition =>
  (s) =>
    !matches(s);

function compilePermission(json: PermissionJson): Condition {
  if (json.andRules) return everyOf((json.andRules.rules ?? []).map(compilePermission));
  if (json.orRules) return anyOf((json.orRules.rules ?? []).map(compilePermission));
  if (json.notRule) return not(compilePermission(json.notRule));
  if (json.any !== undefined) return always(json.any);
  if (json.header) return header(json.header);
  if (json.urlPath) return urlPath(json.urlPath);
  if (json.destinationIp) return inRange(json.destinationIp, (c) => c.localAddress);
  if (json.destinationPort !== undefined) {
    const port = json.destinationPort;
    return ({ connection }) => connection.localPort === port;
  }
  if (json.destinationPortRange) {
    const { start = 0, end = 0 } = json.destinationPortRange;
    return ({ connection }) => connection.localPort >= start && connection.localPort < end;
  }
  if (json.requestedServerName) {
    const matches = compileStringMatcher(json.requestedServerName);
    return ({ connection }) => matches(connection.sni ?? '');
  }
  throw unsupported('permission', json);
}

function compilePrincipal(json: PrincipalJson): Condition {
  if (json.andIds) return everyOf((json.andIds.ids ?? []).map(compilePrincipal));
  if (json.orIds) return anyOf((json.orIds.ids ?? []).map(compilePrincipal));
  if (json.notId) return not(compilePrincipal(json.notId));
  if (json.any !== undefined) return always(json.any);
  if (json.header) return header(json.header);
  if (json.urlPath) return urlPath(json.urlPath);
  if (json.authenticated) {
    const { principalName } = json.authenticated;
    return principalName ? authenticated(compileStringMatcher(principalName)) : ({ connection }) => connection.isTls;
  }
  const range = json.directRemoteIp ?? json.remoteIp ?? json.sourceIp;
  if (range) return inRange(range, (c) => c.remoteAddress);
  throw unsupported('principal', json);
}

/** URI SANs, then DNS SANs, then the subject; never true on a plain connection. */
function authenticated(matches: StringPredicate): Condition {
  return ({ connection: { isTls, peer } }) => {
    if (!isTls) return false;
    return (
      (peer?.uriSans.some(matches) ?? false) || (peer?.dnsSans.some(matches) ?? false) || matches(peer?.subject ?? '')
    );
  };
}

function always(value: boolean): Condition {
  return () => value;
}

function header(json: Parameters<typeof compileHeaderMatcher>[0]): Condition {
  const matches = compileHeaderMatcher(json);
  const isMatchedWithout = matches(noHead);
  return ({ head }) => (head ? matches(head) : isMatchedWithout);
}

/** A TCP connection is to a header rule what a request without headers would be. */
const noHead = {
  method: undefined,
  path: undefined,
  authority: undefined,
  scheme: undefined,
  headers: { joined: () => undefined, some: () => undefined },
} as unknown as RequestHead;

function urlPath(json: PathMatcherJson): Condition {
  const matches = compileStringMatcher(json.path ?? {});
  return ({ head }) => head !== undefined && matches(pathname(head.path));
}

function inRange(json: CidrRangeJson, of: (connection: ConnectionInfo) => string): Condition {
  const list = new BlockList();
  const prefix = json.addressPrefix ?? '';
  list.addSubnet(prefix, json.prefixLen ?? 0, isIPv6(prefix) ? 'ipv6' : 'ipv4');
  return ({ connection }) => {
    const address = of(connection);
    return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  };
}

function unsupported(what: string, json: object): Rejection {
  const [field = 'nothing'] = Object.keys(json);
  return new Rejection('FL0820', `the embedded proxy does not support the RBAC ${what} ${field}`);
}
