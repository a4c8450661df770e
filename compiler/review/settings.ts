// What the model says and no request of today shows: which rows without requests there are.
import { contentKey } from '../analysis/index.ts';
import {
  keyOf,
  type ListName,
  listNames,
  type Mesh,
  type MeshList,
  type MeshNodes,
  meshLists,
  type ModelNode,
  type Origin,
  type SettingPlace,
} from '../model/index.ts';
import * as accounts from './accounts.ts';
import { changeRows } from './change-rows.ts';
import { describeIdentity } from './identities.ts';
import { plainRow } from './inventory.ts';
import { mtlsChanges } from './mtls-modes.ts';
import type { Meshes } from './proof.ts';
import type { PlacedText, ReviewRow } from './review.ts';
import type { Account, Change, Fact, Setting } from './setting.ts';
import { toldIn } from './told.ts';

/** `requests`: all of it is compared by requests. `elsewhere`: tests and raw objects have rows of their own. */
const lists: { readonly [L in ListName]: Account<MeshNodes[L]> | 'requests' | 'elsewhere' } = {
  services: accounts.services,
  workloads: accounts.workloads,
  gateways: accounts.gateways,
  destinationPolicies: accounts.destinationPolicies,
  peerAuthentications: accounts.peerAuthentications,
  routeTables: 'requests',
  authorizationPolicies: 'requests',
  egressScopes: 'requests',
  tests: 'elsewhere',
  passthrough: 'elsewhere',
};

/** Of the Mesh itself: what many rows of requests may come of. */
export function meshSettingRows({ base, head }: Meshes): ReviewRow[] {
  return changeRows([base, head], meshChanges(base.mesh, head.mesh));
}

/** Of all else. `told`: the rows of requests. */
export function settingRows(meshes: Meshes, told: readonly ReviewRow[]): ReviewRow[] {
  const [base, head] = [meshes.base.mesh, meshes.head.mesh];
  const known = toldIn(told);
  const services = Map.groupBy([...base.services, ...head.services], keyOf);
  const isTold = ({ name, shown }: Change, as?: readonly string[]) =>
    (services.get(name) ?? []).some(({ hosts }) =>
      shown.some((one) => (one.hosts ?? hosts).some((host) => known.has(host, as ? { ...one, as } : one))),
    );
  const changes = [
    ...onceEach(listNames.flatMap((list) => listChanges(list, base, head))).map((change) =>
      change.isOf === 'identity' ? { ...change, means: describeIdentity(meshes, change.name, change.to) } : change,
    ),
    ...mtlsChanges(meshes.base, meshes.head),
  ]
    .filter((change) => !isTold(change))
    .map((change) =>
      change.means === accounts.unreached && isTold(change, ['']) ? { ...change, means: undefined } : change,
    );
  return [...changeRows([meshes.base, meshes.head], changes), ...rawRows(base, head)];
}

/** What a service or a gateway says of its workload is told of it, and not of the workload again. */
function onceEach(changes: readonly Change[]): Change[] {
  const keyOfChange = ({ name, isOf, from, to }: Change) => JSON.stringify([name, isOf, from, to]);
  const others = new Set(changes.filter(({ isOf, what }) => isOf && what !== 'workload').map(keyOfChange));
  return changes.filter((change) => change.what !== 'workload' || !others.has(keyOfChange(change)));
}

type Fields = Readonly<Record<string, Setting<unknown> | string>>;

function meshChanges(base: Mesh, head: Mesh): Change[] {
  return nodeChanges('mesh', '', accounts.meshSettings as unknown as Fields, {
    base: { fields: base.settings, origin: base.origin, places: placesIn(base) },
    head: { fields: head.settings, origin: head.origin, places: placesIn(head) },
  });
}

function placesIn(node: object): ReadonlyMap<string, Origin> {
  const { settingPlaces = [] } = node as { readonly settingPlaces?: readonly SettingPlace[] };
  return new Map(settingPlaces.map(({ field, origin }) => [field, origin]));
}

const words: Partial<Readonly<Record<ListName, string>>> = { destinationPolicies: 'service' };

/** Of nodes that both meshes have: what one of them has alone, requests or the inventory show. */
function listChanges(list: ListName, base: Mesh, head: Mesh): Change[] {
  const account = lists[list];
  if (account === 'requests' || account === 'elsewhere') return [];
  const { key } = meshLists[list] as unknown as MeshList<ModelNode<string>>;
  const before = new Map(base[list].map((node) => [key(node), node as ModelNode<string>]));
  return head[list].flatMap((node) => {
    const earlier = before.get(key(node));
    if (!earlier) return [];
    const what = words[list] ?? list.slice(0, -1);
    return nodeChanges(what, key(node), account as unknown as Fields, {
      base: { fields: earlier, origin: earlier.origin, places: placesIn(earlier) },
      head: { fields: node, origin: node.origin, places: placesIn(node) },
    });
  });
}

interface Side {
  readonly fields: object;
  readonly origin: Origin;
  /** By field, where those have places of their own. */
  readonly places: ReadonlyMap<string, Origin>;
}

function nodeChanges(
  what: string,
  name: string,
  account: Fields,
  { base, head }: { readonly base: Side; readonly head: Side },
): Change[] {
  return Object.entries(account).flatMap(([field, treatment]) => {
    if (typeof treatment === 'string') return [];
    const [was, is] = [base, head].map(({ fields }) => (fields as Readonly<Record<string, unknown>>)[field]);
    const before = treatment.facts(was, is);
    const after = new Map(treatment.facts(is, was).map((fact) => [fact.about, fact]));
    return before.flatMap((from): Change[] => {
      const to = after.get(from.about);
      // What one side alone has a say about is there on that side alone: requests show it.
      if (to === undefined || from.says === to.says) return [];
      const { about } = from;
      const text = [what, name, about].filter((word) => word !== '').join(' ');
      // The narrowest that is known.
      const at = ({ places, origin }: Side, fact: Fact): PlacedText => ({
        text,
        origin: fact.origin ?? places.get(field) ?? origin,
      });
      const said = { about, from: from.says, to: to.says };
      const places = { base: at(base, from), head: at(head, to) };
      const shown = [from, to].flatMap((fact) => fact.shown ?? []);
      const [severity, means] = [treatment.severity(to.says), to.means ?? treatment.means?.(to.says)];
      return [{ what, name, ...said, severity, means, isOf: treatment.isOf, shown, places }];
    });
  });
}

/** Of objects that are passed through untouched, nobody knows what they do. */
function rawRows(base: Mesh, head: Mesh): ReviewRow[] {
  const [before, after] = [base, head].map(
    ({ passthrough }) => new Map(passthrough.map((raw) => [nameOfRaw(raw), raw])),
  ) as [Map<string, Mesh['passthrough'][number]>, Map<string, Mesh['passthrough'][number]>];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was && is && contentKey(was.object) === contentKey(is.object)) return [];
    const effect = was ? (is ? 'changed' : 'removed') : 'added';
    const title = `${name} ${effect}: it is passed through, and what it does is not known`;
    const place = (raw: Mesh['passthrough'][number] | undefined) => (raw ? [{ text: name, origin: raw.origin }] : []);
    return [plainRow({ kind: 'settings', effect, severity: 'medium', title }, place(was), place(is))];
  });
}

function nameOfRaw({ object }: Mesh['passthrough'][number]): string {
  const { kind, metadata } = object as { kind?: string; metadata?: { namespace?: string; name?: string } };
  return [kind ?? 'object', [metadata?.namespace, metadata?.name].filter(Boolean).join('/')].join(' ');
}
