// What the proxies of gateways have that no request shows: certificates, and the identity by which services know them.
import {
  type GatewayListener,
  type GatewayPort,
  hostsOver,
  keyOf,
  type MeshIndex,
  nothingLeft,
  type Origin,
} from '../model/index.ts';
import { entriesOf, type Entry } from './entries.ts';
import { nameSome, plainRow } from './inventory.ts';
import { ownersOf } from './owners.ts';
import type { Meshes } from './proof.ts';
import type { ReviewRow } from './review.ts';

/** What one proxy has, by what it is about. */
interface Fact {
  readonly says: string;
  /** Whose it is. */
  readonly gateway: string;
  readonly origin: Origin;
}

interface Change {
  readonly about: string;
  readonly base: Fact;
  readonly head: Fact;
}

export function entrySettingRows(meshes: Meshes): ReviewRow[] {
  const { base, head } = meshes;
  const changes = entriesOf(base, head).flatMap((entry) => [
    ...certificateChanges(portsOf(base, entry.base), portsOf(head, entry.head)),
    ...identityChanges(meshes, entry),
  ]);
  const groups = Map.groupBy(changes, (one) => JSON.stringify([one.about, one.base.says, one.head.says]));
  return [...groups.values()].flatMap((group) => rowOf(meshes, group));
}

function rowOf({ base, head }: Meshes, all: readonly Change[]): ReviewRow[] {
  // Proxies that share a gateway have its certificates alike.
  const group = [...new Map(all.map((one) => [`${one.base.gateway} ${one.head.gateway}`, one])).values()];
  const [first] = group;
  if (!first) return [];
  const gateways = [...new Set(group.map((change) => change.head.gateway))].sort();
  const { about } = first;
  const title = `gateway ${nameSome(gateways)}: ${about}`;
  const difference = { about, from: first.base.says, to: first.head.says };
  const places = (side: 'base' | 'head') =>
    group.map((change) => ({ text: `gateway ${change[side].gateway} ${about}`, origin: change[side].origin }));
  const owners = ownersOf(
    [base, head],
    group.flatMap((change) => [change.base.gateway, change.head.gateway]),
  );
  const what = { kind: 'settings', effect: 'changed', severity: 'medium', title, ...difference } as const;
  return [plainRow(what, places('base'), places('head'), owners)];
}

function portsOf(index: MeshIndex, proxy: string): readonly GatewayPort[] {
  return index.gatewayPorts().filter(({ workload }) => keyOf(workload) === proxy);
}

/** What one side alone has no certificate for, requests show. */
function certificateChanges(base: readonly GatewayPort[], head: readonly GatewayPort[]): Change[] {
  const [before, after] = [certificatesOf(base), certificatesOf(head)];
  return [...namedIn([...base, ...head])].flatMap(([address, { host, port }]) => {
    const [was, is] = [before, after].map((known) =>
      hostsOver(host)
        .map((name) => known.get(`${name}:${port}`))
        .find((fact) => fact !== undefined),
    );
    if (!was || !is || was.says === is.says) return [];
    return [{ about: `certificate of ${address}`, base: was, head: is }];
  });
}

/** Each host and port that either names: a host without a listener of its own is served by the most exact one that covers it. */
function namedIn(ports: readonly GatewayPort[]) {
  const named = ports.flatMap(({ port, listeners }) =>
    listeners.flatMap(({ hosts }) => hosts.map((host) => ({ host, port }))),
  );
  return new Map(named.map((one) => [`${one.host}:${one.port}`, one]));
}

function certificatesOf(ports: readonly GatewayPort[]): ReadonlyMap<string, Fact> {
  const found = new Map<string, Fact>();
  for (const { gateways, listeners } of ports) {
    const owners = new Map(gateways.flatMap((one) => one.listeners.map((listener) => [listener, keyOf(one)] as const)));
    for (const listener of listeners) {
      const gateway = owners.get(listener) ?? '';
      for (const [address, fact] of secretsOf(listener)) {
        if (!found.has(address)) found.set(address, { ...fact, gateway });
      }
    }
  }
  return found;
}

function secretsOf({ kind: _kind, origin, port, hosts, tlsSecret, ...rest }: GatewayListener) {
  const { name: _name, protocol: _protocol, redirectToHttps: _redirects, ...unread } = rest;
  nothingLeft(unread);
  if (tlsSecret === undefined) return [];
  return hosts.map((host) => [`${host}:${port}`, { says: `secret ${tlsSecret}`, origin }] as const);
}

/** Of proxies under another name; of those under the same, the gateway says it. */
function identityChanges({ base, head }: Meshes, entry: Entry): Change[] {
  const [was, is] = [base.workloadByKey.get(entry.base), head.workloadByKey.get(entry.head)];
  if (entry.base === entry.head || !was || !is) return [];
  const isMoved = was.namespace !== is.namespace;
  const facts = [was, is].map((workload): Fact => {
    const { namespace, serviceAccount, origin } = workload;
    return { says: isMoved ? `${namespace}/${serviceAccount}` : serviceAccount, gateway: keyOf(workload), origin };
  });
  const [before, after] = facts as [Fact, Fact];
  return before.says === after.says ? [] : [{ about: 'service account', base: before, head: after }];
}
