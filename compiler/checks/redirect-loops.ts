// A redirect that leads to where the same route redirects again: callers go in a circle until they give up.
import {
  type Clause,
  type Condition,
  gatewayHostFor,
  hostAliases,
  type HttpRoute,
  isHttp,
  matchedPaths,
  matchesString,
  type MeshIndex,
  type RedirectAction,
  type RouteTable,
  schemeOf,
  splitQuery,
} from '../model/index.ts';
import type { Check } from './check.ts';

export const redirectLoops: Check = {
  name: 'redirect-loop',
  codes: ['FL0416'],
  reads: 'all',
  check({ mesh, index }, report) {
    // A gateway's table repeats routes in narrower form: what is told of one is not told again.
    const told = new Set<string>();
    for (const table of mesh.routeTables.toSorted((a, b) => Number(b.attach.mesh) - Number(a.attach.mesh))) {
      for (const [i, { action, matches }] of table.http.entries()) {
        if (action.kind !== 'RedirectAction') continue;
        const key = JSON.stringify(action.origin);
        if (told.has(key) || !leadsBack(index, { table, redirect: action, matches, earlier: table.http.slice(0, i) }))
          continue;
        told.add(key);
        report('FL0416', {
          message: `this redirect leads to ${action.path === undefined ? 'the same address' : `"${action.path}"`}, which the route redirects again`,
          span: action.origin,
          hint: 'redirect to another path, host, port or scheme, or put a route for the new path before it',
        });
      }
    }
  },
};

/** Where requests meet a table. */
interface Address {
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** Whether callers may write the host so. */
  readonly isHost: (host: string) => boolean;
}

interface Redirecting {
  readonly table: RouteTable;
  readonly redirect: RedirectAction;
  readonly matches: readonly Clause[];
  readonly earlier: readonly HttpRoute[];
}

/** Says no where it is not certain: an earlier route may take the request under the new path. */
function leadsBack(index: MeshIndex, { table, redirect, matches, earlier }: Redirecting): boolean {
  const path = redirect.path === undefined ? undefined : splitQuery(redirect.path).path;
  const mayTake = (clause: Clause) =>
    path !== undefined && matchedPaths(clause).some((match) => matchesString(match, path));
  if (earlier.some((route) => route.matches.some(mayTake))) return false;
  const addresses = addressesOf(index, table).filter((address) => isFixed(redirect, address));
  return addresses.some((address) =>
    matches.some(({ all }) => all.every((condition) => holdsAgain(condition, redirect, address))),
  );
}

function addressesOf(index: MeshIndex, table: RouteTable): readonly Address[] {
  if (!table.attach.mesh)
    return index.gatewayPorts().flatMap((port) => {
      const [first] = port.listeners;
      const isHost = (host: string) => gatewayHostFor(host, port)?.tables.includes(table) ?? false;
      return first && table.hosts.some(isHost) ? [{ scheme: schemeOf(first), port: port.port, isHost }] : [];
    });
  return table.hosts.flatMap((name) => {
    const service = index.serviceByHost.get(name);
    const names = hostAliases(name, service?.namespace ?? '');
    const ports = service?.ports.filter(({ protocol }) => isHttp(protocol)) ?? [];
    return ports.map(
      ({ number }): Address => ({
        scheme: 'http',
        port: number,
        isHost: (host) => names.includes(host),
      }),
    );
  });
}

const usualPort = { http: 80, https: 443 } as const;

/** Whether what is asked there is sent to where it was asked. A host that is written stands without the port. */
function isFixed({ host, scheme, port }: RedirectAction, at: Address): boolean {
  const to = scheme ?? at.scheme;
  const isBare = host !== undefined || at.port === usualPort[at.scheme];
  const target = port ?? (isBare ? usualPort[to] : at.port);
  return to === at.scheme && target === at.port && (host === undefined || at.isHost(host.toLowerCase()));
}

/** Whether what held for the request can hold for the one that the redirect causes. */
function holdsAgain(condition: Condition, { path, status }: RedirectAction, { scheme, port }: Address): boolean {
  const holds = (value: string) =>
    'anyOf' in condition &&
    condition.kind !== 'port' &&
    condition.anyOf.some((match) => matchesString(match, value)) !== condition.not;
  switch (condition.kind) {
    case 'path':
      return path === undefined || holds(splitQuery(path).path);
    case 'query':
      return path === undefined || !path.includes('?');
    case 'method':
      // A browser may make a GET of a POST, and asks again with a GET for a GET.
      return status === 307 || status === 308 || holds('GET');
    case 'header':
      return condition.name !== 'x-forwarded-proto' || holds(scheme);
    case 'port':
      return condition.anyOf.includes(port) !== condition.not;
    case 'principal':
    case 'namespace':
      return true;
  }
}
