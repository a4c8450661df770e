// A RouteConfiguration, compiled: domains in maps, routes in order.
import { compileOverrides } from '../filters/compile-overrides.ts';
import { invalid } from '../rejection.ts';
import type { RouteConfigurationJson, VirtualHostJson } from '../types.ts';
import { compileHeaderMutation } from './header-mutation.ts';
import { pathname, type RequestHead } from './request-head.ts';
import { compileMirrors, compileRoute, type Route } from './route.ts';
import type { Redirect } from './rewrite.ts';

export interface VirtualHost {
  readonly name: string;
  readonly routes: readonly Route[];
  readonly requireTls: 'NONE' | 'EXTERNAL_ONLY' | 'ALL';
  readonly isAttemptCounted: boolean;
  readonly isAttemptCountedInResponse: boolean;
}

export interface RouteTable {
  readonly name: string;
  virtualHost(authority: string): VirtualHost | undefined;
  /** Clusters that some route names, for the warming of what uses them. */
  readonly clusters: ReadonlySet<string>;
}

export function compileRouteTable(json: RouteConfigurationJson): RouteTable {
  const domains = new Domains();
  const clusters = new Set<string>();
  for (const hostJson of json.virtualHosts ?? []) {
    const host = compileVirtualHost(hostJson, json);
    for (const route of host.routes) {
      if (route.action.kind !== 'forward') continue;
      for (const { cluster } of route.action.destinations) clusters.add(cluster);
    }
    for (const domain of hostJson.domains ?? []) domains.add(domain.toLowerCase(), host);
  }
  const isPortIgnored = json.ignorePortInHostMatching ?? false;
  return {
    name: json.name ?? '',
    clusters,
    virtualHost(authority) {
      const host = authority.toLowerCase();
      return domains.find(isPortIgnored ? host.replace(/:\d+$/, '') : host);
    },
  };
}

function compileVirtualHost(json: VirtualHostJson, table: RouteConfigurationJson): VirtualHost {
  const parent = {
    host: json,
    requestMutations: [
      compileHeaderMutation(json.requestHeadersToAdd, json.requestHeadersToRemove),
      compileHeaderMutation(table.requestHeadersToAdd, table.requestHeadersToRemove),
    ],
    responseMutations: [
      compileHeaderMutation(json.responseHeadersToAdd, json.responseHeadersToRemove),
      compileHeaderMutation(table.responseHeadersToAdd, table.responseHeadersToRemove),
    ],
    overrides: { ...compileOverrides(table.typedPerFilterConfig), ...compileOverrides(json.typedPerFilterConfig) },
    isMostSpecificLast: table.mostSpecificHeaderMutationsWins ?? false,
    mirrors: compileMirrors(json.requestMirrorPolicies ?? table.requestMirrorPolicies ?? []),
  };
  return {
    name: json.name ?? '',
    routes: (json.routes ?? []).map((route) => compileRoute(route, parent)),
    requireTls: (json.requireTls as VirtualHost['requireTls'] | undefined) ?? 'NONE',
    isAttemptCounted: json.includeRequestAttemptCount ?? false,
    isAttemptCountedInResponse: json.includeAttemptCountInResponse ?? false,
  };
}

export function findRoute(host: VirtualHost, head: RequestHead, random: () => number): Route | undefined {
  const path = pathname(head.path);
  for (const route of host.routes) if (route.match.matches(path, head, random)) return route;
  return undefined;
}

/** Exact, then the longest suffix wildcard, then the longest prefix wildcard, then `*`: Envoy's order. */
class Domains {
  readonly #exact = new Map<string, VirtualHost>();
  readonly #suffixes: [string, VirtualHost][] = [];
  readonly #prefixes: [string, VirtualHost][] = [];
  #any: VirtualHost | undefined;

  add(domain: string, host: VirtualHost): void {
    if (domain === '*') {
      if (this.#any) throw invalid(`two virtual hosts have the domain "*": ${this.#any.name} and ${host.name}`);
      this.#any = host;
    } else if (domain.startsWith('*')) this.#addWildcard(this.#suffixes, domain.slice(1), domain, host);
    else if (domain.endsWith('*')) this.#addWildcard(this.#prefixes, domain.slice(0, -1), domain, host);
    else {
      const other = this.#exact.get(domain);
      if (other) throw invalid(`two virtual hosts have the domain "${domain}": ${other.name} and ${host.name}`);
      this.#exact.set(domain, host);
    }
  }

  #addWildcard(list: [string, VirtualHost][], part: string, domain: string, host: VirtualHost): void {
    const other = list.find(([existing]) => existing === part);
    if (other) throw invalid(`two virtual hosts have the domain "${domain}": ${other[1].name} and ${host.name}`);
    list.push([part, host]);
    list.sort(([a], [b]) => b.length - a.length);
  }

  find(host: string): VirtualHost | undefined {
    const exact = this.#exact.get(host);
    if (exact) return exact;
    // A wildcard stands for at least one character.
    for (const [suffix, found] of this.#suffixes)
      if (host.length > suffix.length && host.endsWith(suffix)) return found;
    for (const [prefix, found] of this.#prefixes)
      if (host.length > prefix.length && host.startsWith(prefix)) return found;
    return this.#any;
  }
}

/** Unlike a route's redirect to HTTPS, what a virtual host requires keeps the authority whole, port 80 too. */
const toHttps: Redirect = ({ authority, path }) => `https://${authority}${path}`;

/** Of a virtual host that wants TLS. */
export const tlsRedirect: Route = {
  name: '',
  match: { matches: () => true, matchedPart: () => 0 },
  action: { kind: 'redirect', status: 301, location: toHttps },
  requestMutations: [],
  responseMutations: [],
  overrides: {},
};
