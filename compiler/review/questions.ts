// Which callers, hosts and ports are worth comparing: only those whose inputs differ, so that the cost follows the change.
import {
  clientOf,
  egressMode,
  involvedIn,
  outside,
  type Question,
  unmeshed,
  isHeldByNoScope,
  usersIn,
} from '../analysis/index.ts';
import {
  type GatewayPort,
  isOwnTls,
  keyOf,
  type MeshIndex,
  type Service,
  type Workload,
  schemeOf,
  schemeTowards,
} from '../model/index.ts';
import { entriesOf, type Entry, gatewayPortsOf } from './entries.ts';
import { hostKey, meanings, proxyContent, servedContent } from './involved.ts';
import { anyOtherHost, everyOther, otherHosts, portsPassedRead, portsReadOtherwise } from './other-hosts.ts';
import { namesIn, standIn, writtenHosts } from './stand-ins.ts';

/** A host and port, and the callers whose requests to it may fare differently. */
export interface Comparison {
  readonly request: Question['request'];
  readonly callers: readonly string[];
  /** Where callers from outside come in. */
  readonly gateway?: Entry;
  /** The service's host as the meshes know it: differs from the request's for a wildcard. */
  readonly host: string;
  /** The host as written, where `request` has one that stands for a wildcard; `host:port`. */
  readonly shown: string;
  /** Requests in plain text where one of the meshes has TLS of the application. */
  readonly isBesideTls?: true;
}

/** Once each, of callers inside. */
export function hostsWithin(comparisons: readonly Comparison[]): readonly string[] {
  return [...new Set(comparisons.flatMap((one) => (one.gateway === undefined ? [one.host] : [])))];
}

export function meshComparisons(base: MeshIndex, head: MeshIndex): Comparison[] {
  const hosts = new Set([...base.serviceByHost.keys(), ...head.serviceByHost.keys()]);
  const callers = new Map<string, Set<string>>();
  const add = (host: string, caller: string) => {
    callers.set(host, (callers.get(host) ?? new Set<string>()).add(caller));
  };
  const users = [base, head].map(usersIn);
  for (const host of hosts) {
    if (hostKey(base, host) === hostKey(head, host)) continue;
    for (const [i, { byHost, everywhere }] of users.entries()) {
      const using = meanings([base, head][i] as MeshIndex, host).flatMap((one) => [...(byHost.get(one) ?? [])]);
      for (const caller of [...using, ...everywhere, unmeshed]) add(host, caller);
    }
  }
  const keys = new Set([...base.workloadByKey.keys(), ...head.workloadByKey.keys()]);
  for (const key of keys) for (const host of changedHosts(base, head, key, hosts)) add(host, key);
  const named = namesIn([base, head]);
  const ofHosts = [...callers].flatMap(([host, list]) =>
    requestsTo([base, head], host, list).map(({ scheme, port, ...kind }) => ({
      ...kind,
      request: { scheme, port, host: host.startsWith('*') ? standIn(host, named) : host },
      host,
      callers: [...list].sort(),
      shown: host === everyOther ? anyOtherHost : `${host}:${port}`,
    })),
  );
  return [...ofHosts, ...otherHosts([base, head], keys, named)];
}

/** Hosts to which a caller's way differs for reasons of its own: its identity, its proxy, its scope. */
function changedHosts(base: MeshIndex, head: MeshIndex, key: string, hosts: ReadonlySet<string>): Iterable<string> {
  const [before, after] = [base, head].map((index) => callerFacts(index, index.workloadByKey.get(key)));
  if (!before || !after) return [];
  const named = (entries: ReadonlyMap<string, string>) => [...entries.keys()];
  if (before.self !== after.self) {
    const isFree = before.isFree || after.isFree;
    return isFree ? [...hosts, everyOther] : new Set([...named(before.uses), ...named(after.uses)]);
  }
  const used = [...named(before.uses), ...named(after.uses)];
  const changed = used.filter((host) => before.uses.get(host) !== after.uses.get(host));
  // What is passed on there is read in one of the meshes alone, or all but TLS, whoever it is for.
  const ports = portsReadOtherwise(portsPassedRead(base, key), portsPassedRead(head, key));
  const isThere = (host: string) =>
    [base, head].some((index) =>
      meanings(index, host).some((name) => index.serviceByHost.get(name)?.ports.some((p) => ports.includes(p.number))),
    );
  return new Set([...changed, ...(ports.length === 0 ? [] : [...hosts].filter(isThere))]);
}

interface CallerFacts {
  readonly self: string;
  readonly isFree: boolean;
  /** Ports by host. */
  readonly uses: ReadonlyMap<string, string>;
}

function callerFacts(index: MeshIndex, workload: Workload | undefined): CallerFacts {
  if (!workload) return { self: 'missing', isFree: false, uses: new Map() };
  const { serviceAccount, proxy } = workload;
  const mode = egressMode(index, workload);
  const uses = new Map<string, string>();
  const scope = index.scopeByWorkload.get(keyOf(workload));
  for (const { service, port } of index.usesOf(workload)) {
    for (const name of service.hosts) uses.set(name, `${uses.get(name) ?? ''};${port.number}`);
  }
  const hasScope = scope !== undefined || mode === 'declared';
  const { trustDomain } = index.mesh.settings;
  return {
    self: JSON.stringify([trustDomain, serviceAccount, proxy, mode, hasScope]),
    isFree: isHeldByNoScope(index, workload),
    uses,
  };
}

interface RequestsTo extends Pick<Question['request'], 'scheme' | 'port'> {
  /** Requests in plain text where one of the meshes has TLS of the application. */
  readonly isBesideTls?: true;
}

/** Each port of a host, by each scheme that some caller's proxy understands there in either mesh. */
export function requestsTo(indexes: readonly MeshIndex[], host: string, callers: ReadonlySet<string>): RequestsTo[] {
  if (host === everyOther) return [{ scheme: 'http', port: 80 }];
  const found = new Map<string, RequestsTo>();
  for (const index of indexes) {
    const services = meanings(index, host).map((name) => index.serviceByHost.get(name) as Service);
    const served = services.flatMap((service) => service.ports.map((port) => ({ service, port })));
    for (const { service, port } of served) {
      const { number, protocol } = port;
      for (const caller of callers) {
        const scheme = schemeTowards(index, clientOf(index, caller), service, port);
        const isTls = isOwnTls(protocol) && scheme !== 'http';
        // Plain text is another matter there than TLS.
        if (isTls) found.set(`http ${number}`, { scheme: 'http', port: number, isBesideTls: true });
        const kind = `${isTls ? 'TLS' : scheme} ${number}`;
        found.set(kind, found.get(kind) ?? { scheme, port: number });
      }
    }
  }
  // Where one mesh sees requests, the other sees them go by as bytes.
  return [...found].flatMap(([kind, one]) => (kind.startsWith('tcp') && found.has(`http ${one.port}`) ? [] : [one]));
}

export function gatewayComparisons(base: MeshIndex, head: MeshIndex): Comparison[] {
  const written = writtenHosts([base, head]);
  return entriesOf(base, head)
    .filter((entry) => entryContent(base, entry.base) !== entryContent(head, entry.head))
    .flatMap((entry) => {
      const ports = [...gatewayPortsOf(base, entry.base), ...gatewayPortsOf(head, entry.head)];
      const hosts = new Map(
        [...Map.groupBy(ports, ({ port }) => port)].map(([port, all]) => [port, representatives(all, written)]),
      );
      return addresses(ports).flatMap(({ scheme, port }) =>
        (hosts.get(port) ?? []).map(({ host, pattern }) => ({
          gateway: entry,
          request: { scheme, host, port },
          host,
          callers: [outside],
          shown: `${scheme}://${pattern}:${port}`,
        })),
      );
    });
}

function entryContent(index: MeshIndex, key: string): string {
  const [port] = gatewayPortsOf(index, key);
  if (!port) return '';
  const proxy = port.workload;
  const tables = index.gatewaysOf(proxy).flatMap((one) => index.tablesOfGateway(keyOf(one)));
  const { targets } = involvedIn(index, tables, undefined);
  return [proxyContent(index, proxy), ...targets.map((t) => servedContent(index, t))].join('\n');
}

function addresses(ports: readonly GatewayPort[]): { scheme: 'http' | 'https'; port: number }[] {
  const found = new Map<string, { scheme: 'http' | 'https'; port: number }>();
  for (const { port, listeners } of ports) {
    for (const scheme of listeners.map(schemeOf)) found.set(`${scheme} ${port}`, { scheme, port });
  }
  return [...found.values()];
}

/** A host for each name and wildcard that occurs at a port, and one that nobody names: there, hosts are only ever compared with those. */
function representatives(
  ports: readonly GatewayPort[],
  written: readonly string[],
): { readonly host: string; readonly pattern: string }[] {
  const patterns = new Set(
    ports.flatMap(({ listeners, hosts }) => [
      ...listeners.flatMap((listener) => listener.hosts),
      ...[...hosts.values()].flatMap(({ host, tables }) => [host, ...tables.flatMap((table) => table.hosts)]),
    ]),
  );
  const named = new Set([...patterns, ...written]);
  return [...new Set([...patterns, '*'])]
    .sort()
    .map((pattern) => ({ pattern, host: pattern.startsWith('*') ? standIn(pattern, named) : pattern }));
}
