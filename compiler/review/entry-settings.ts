// What the proxies of gateways have that no request shows: certificates, and the identity by which services know them.
import { compareText } from '../diagnostics/index.ts';
import {
  type GatewayListener,
  type GatewayPort,
  hostsOver,
  keyOf,
  nothingLeft,
  type Origin,
  type Workload,
} from '../model/index.ts';
import { changeRows } from './change-rows.ts';
import { entriesOf, type Entry, gatewayPortsOf } from './entries.ts';
import type { Meshes } from './proof.ts';
import type { ReviewRow } from './review.ts';
import type { Change } from './setting.ts';

/** What one proxy has. */
interface Held {
  readonly says: string;
  /** Whose it is. */
  readonly gateway: string;
  readonly origin: Origin;
}

export function entrySettingRows(meshes: Meshes): ReviewRow[] {
  const { base, head } = meshes;
  const changes = entriesOf(base, head).flatMap((entry) => [
    ...certificateChanges(gatewayPortsOf(base, entry.base), gatewayPortsOf(head, entry.head)),
    ...identityChanges(meshes, entry),
  ]);
  // Proxies that share a gateway have its certificates alike.
  const told = new Map(changes.map((one) => [keyOfChange(one), one]));
  return changeRows(
    [base, head],
    [...told.values()].sort((a, b) => compareText(a.name, b.name)),
  );
}

function keyOfChange({ name, earlier, about, from, to }: Change): string {
  return JSON.stringify([name, earlier, about, from, to]);
}

function heldChanges(about: string, was: Held, is: Held): Change[] {
  if (was.says === is.says) return [];
  const at = ({ gateway, origin }: Held) => ({ text: `gateway ${gateway} ${about}`, origin });
  return [
    {
      what: 'gateway',
      name: is.gateway,
      earlier: was.gateway,
      about,
      from: was.says,
      to: is.says,
      severity: 'medium',
      means: undefined,
      isOf: undefined,
      shown: [],
      places: { base: at(was), head: at(is) },
    },
  ];
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
    return was && is ? heldChanges(`certificate of ${address}`, was, is) : [];
  });
}

/** Each host and port that either names: a host without a listener of its own is served by the most exact one that covers it. */
function namedIn(ports: readonly GatewayPort[]) {
  const named = ports.flatMap(({ port, listeners }) =>
    listeners.flatMap(({ hosts }) => hosts.map((host) => ({ host, port }))),
  );
  return new Map(named.map((one) => [`${one.host}:${one.port}`, one]));
}

function certificatesOf(ports: readonly GatewayPort[]): ReadonlyMap<string, Held> {
  const found = new Map<string, Held>();
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
  const held = (workload: Workload): Held => {
    const { namespace, serviceAccount, origin } = workload;
    return { says: isMoved ? `${namespace}/${serviceAccount}` : serviceAccount, gateway: keyOf(workload), origin };
  };
  return heldChanges('service account', held(was), held(is));
}
