// Where a redirect leads, and what takes the request there, as far as that is certain. Used by one rule; is none itself.
import {
  type Clause,
  type Condition,
  featureOf,
  fieldName,
  gatewayHostFor,
  hostAliases,
  type HttpRoute,
  isEveryPath,
  isHttp,
  isSameData,
  listenerFor,
  matchesString,
  type MeshIndex,
  type Origin,
  type RedirectAction,
  type RouteTable,
  schemeOf,
  splitQuery,
  usualPorts,
} from '../model/index.ts';

/** Where requests meet a table. */
export interface Address {
  readonly table: RouteTable;
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** Whether callers may write the host so. */
  readonly isHost: (host: string) => boolean;
  /** The listener that redirects every request to HTTPS before any route is tried. */
  readonly redirected?: Origin;
}

/** What is known of a request that callers send because of a redirect. */
export interface Asking {
  readonly at: Address;
  /** Absent where it is that of the first request. */
  readonly path?: string;
  /** Absent where it is that of the first request. A browser may make a GET of a POST, and asks again with a GET for a GET. */
  readonly method?: 'GET';
  /** What held for the first request, as far as it still does. */
  readonly known: readonly Condition[];
  /** A redirect on the way sets cookies. */
  readonly isCookieSet?: boolean;
}

/** What answers a request: a redirect of a route, or that of a listener. */
export interface Taker {
  readonly redirect: Pick<RedirectAction, 'path' | 'host' | 'scheme' | 'port' | 'status' | 'origin'>;
  /** Its place in the table; absent for a listener. */
  readonly route?: number;
}

/** Only of tables that redirect: whoever is led to another is served there. */
export function addressesOf(index: MeshIndex, tables: readonly RouteTable[]): readonly Address[] {
  return tables.flatMap((table) => (table.attach.mesh ? inMesh(index, table) : atGateways(index, table)));
}

function atGateways(index: MeshIndex, table: RouteTable): readonly Address[] {
  return index.gatewayPorts().flatMap((port) => {
    const [first] = port.listeners;
    const isHost = (host: string) => gatewayHostFor(host, port)?.tables.includes(table) ?? false;
    const host = table.hosts.find(isHost);
    if (!first || host === undefined) return [];
    const redirected = gatewayHostFor(host, port)?.redirects ? listenerFor(host, port.listeners)?.origin : undefined;
    return [{ table, scheme: schemeOf(first), port: port.port, isHost, ...(redirected && { redirected }) }];
  });
}

function inMesh(index: MeshIndex, table: RouteTable): readonly Address[] {
  return table.hosts.flatMap((name) => {
    const service = index.serviceByHost.get(name);
    const names = hostAliases(name, service?.namespace ?? '');
    const ports = service?.ports.filter(({ protocol }) => isHttp(protocol)) ?? [];
    return ports.map(
      ({ number }): Address => ({ table, scheme: 'http', port: number, isHost: (host) => names.includes(host) }),
    );
  });
}

/** The request that a redirect causes; undefined where it is not certain whom it meets. */
export function follow(
  { at, path, method, known, isCookieSet }: Asking,
  { redirect, route }: Taker,
  all: readonly Address[],
): Asking | undefined {
  const next = addressAfter(at, redirect, all);
  if (!next) return undefined;
  const written = redirect.path === undefined ? undefined : splitQuery(redirect.path).path;
  const isMethodKept = redirect.status === 307 || redirect.status === 308;
  const stays = ({ kind }: Condition) =>
    (kind !== 'path' || written === undefined) &&
    (kind !== 'query' || !redirect.path?.includes('?')) &&
    (kind !== 'method' || isMethodKept);
  const [asked, by] = [written ?? path, isMethodKept ? method : 'GET'];
  return {
    at: next,
    known: known.filter(stays),
    ...(asked !== undefined && { path: asked }),
    ...(by && { method: by }),
    ...((isCookieSet || setsCookie(at, route)) && { isCookieSet: true }),
  };
}

function setsCookie({ table }: Address, route: number | undefined): boolean {
  const taking = route === undefined ? undefined : table.http[route];
  const { set, add } = (taking && featureOf(taking, 'HeaderOperations')?.response) ?? {};
  return [...Object.keys(set ?? {}), ...Object.keys(add ?? {})].includes('set-cookie');
}

/** A host that is written stands without the port. Where the same address is meant it is that one, whatever else may be. */
function addressAfter(
  at: Address,
  { host, scheme, port }: Taker['redirect'],
  all: readonly Address[],
): Address | undefined {
  const to = scheme ?? at.scheme;
  const isBare = host !== undefined || at.port === usualPorts[at.scheme];
  const target = port ?? (isBare ? usualPorts[to] : at.port);
  const isThere = (one: Address) =>
    one.scheme === to &&
    one.port === target &&
    (host === undefined ? one.table === at.table : one.isHost(host.toLowerCase()));
  if (isThere(at)) return at;
  const found = all.filter((one) => one.table.attach.mesh === at.table.attach.mesh && isThere(one));
  return new Set(found.map(({ table }) => table)).size === 1 ? found[0] : undefined;
}

/** The redirect that certainly takes the request; undefined where a route serves it, or may. `before`: where the request comes from. */
export function takerOf(asking: Asking, before: { readonly at: Address } & Taker): Taker | undefined {
  const { at } = asking;
  if (at.redirected) return { redirect: { scheme: 'https', status: 301, origin: at.redirected } };
  const isAsBefore = before.redirect.path === undefined && before.at.table === at.table && before.route !== undefined;
  for (const [i, route] of at.table.http.entries()) {
    // What did not take the same path there does not take it here.
    if (isAsBefore && i < (before.route ?? 0) && (before.at === at || !route.matches.some(dependsOnAddress))) continue;
    const takes = route.matches.map((clause) => holdsFor(clause, asking));
    if (takes.includes(true) && !takes.slice(0, takes.indexOf(true)).includes(undefined)) return redirectOf(route, i);
    if (takes.includes(undefined)) return undefined;
  }
  return undefined;
}

function redirectOf({ action }: HttpRoute, route: number): Taker | undefined {
  return action.kind === 'RedirectAction' ? { redirect: action, route } : undefined;
}

function dependsOnAddress({ all }: Clause): boolean {
  return all.some((one) => one.kind === 'port' || one.kind === 'method' || isScheme(one));
}

function isScheme(condition: Condition): boolean {
  return condition.kind === 'header' && condition.name === 'x-forwarded-proto';
}

/** Undefined where it is not known. */
function holdsFor({ all }: Clause, asking: Asking): boolean | undefined {
  const held = all.map((condition) => holds(condition, asking));
  if (held.includes(false)) return false;
  return held.includes(undefined) ? undefined : true;
}

function holds(condition: Condition, asking: Asking): boolean | undefined {
  const { at, path, method, known } = asking;
  const { kind, not } = condition;
  if (kind === 'port') return condition.anyOf.includes(at.port) !== not;
  const value =
    kind === 'path' ? path : kind === 'method' ? method : isScheme(condition) ? (at.scheme as string) : undefined;
  if (value !== undefined) return condition.anyOf.some((match) => matchesString(match, value)) !== not;
  if (kind === 'path' && condition.anyOf.some(isEveryPath)) return !not;
  if (known.some((one) => isSameData(one, condition))) return true;
  if (known.some((one) => isSameData({ ...one, not: !one.not }, condition))) return false;
  if (known.some((one) => !one.not && isSameField(one, condition) && implies(one, condition))) return !not;
  return isLeftOut(condition, asking) ? not : undefined;
}

function isSameField(one: Condition, other: Condition): boolean {
  return fieldName(one) === fieldName(other);
}

/** Whether each value that the one wants is one of those that the other lists. */
function implies(one: Condition, other: Condition): boolean {
  if (one.kind === 'port' || other.kind === 'port') return false;
  return one.anyOf.every((match) =>
    other.anyOf.some(
      (wanted) => wanted.type === 'present' || (match.type === 'exact' && matchesString(wanted, match.value)),
    ),
  );
}

/** Looked at are callers who send no headers and parameters but those that the first redirect asks for. */
function isLeftOut(condition: Condition, { known, isCookieSet }: Asking): boolean {
  if (condition.kind !== 'header' && condition.kind !== 'query') return false;
  const { kind, name } = condition;
  if (kind === 'header' && (isAlwaysSent(name) || (name === 'cookie' && isCookieSet))) return false;
  return !known.some((one) => isSameField(one, condition));
}

/** By clients, or by the proxies themselves. */
function isAlwaysSent(name: string): boolean {
  return /^(:.*|host|user-agent|accept|accept-.*|x-forwarded-.*|x-request-id|x-envoy-.*)$/.test(name);
}
