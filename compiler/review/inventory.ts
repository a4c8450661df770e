// Services, workloads and gateways that only one of the meshes has: rows without requests.
import { isOnMachines, keyOf, type ListName, listNames, type Mesh, type ModelNode } from '../model/index.ts';
import { ownersOf } from './owners.ts';
import type { PlacedText, ReviewRow } from './review.ts';

type Named = ModelNode<string> & { readonly namespace: string; readonly name: string };

/** What a reviewer calls the nodes of a list; undefined for those that say something about others. */
const words: { readonly [L in ListName]: Mesh[L][number] extends Named ? string | undefined : undefined } = {
  services: 'service',
  workloads: 'workload',
  gateways: 'gateway',
  routeTables: undefined,
  destinationPolicies: undefined,
  authorizationPolicies: undefined,
  peerAuthentications: undefined,
  egressScopes: undefined,
  tests: undefined,
  passthrough: undefined,
};

const namedLimit = 8;

/** The first of them, and how many more there are. */
export function nameSome(names: readonly string[], limit = namedLimit): string {
  const more = names.length > limit ? ` and ${names.length - limit} more` : '';
  return `${names.slice(0, limit).join(', ')}${more}`;
}

/** A row that no request bears out. */
export function plainRow(
  row: Pick<ReviewRow, 'kind' | 'effect' | 'severity' | 'title' | 'from' | 'to' | 'about'>,
  base: readonly PlacedText[],
  head: readonly PlacedText[],
  owners: readonly string[] = [],
): ReviewRow {
  return {
    ...row,
    callers: [],
    destinations: [],
    requests: [],
    base,
    head,
    owners,
    touched: [],
  };
}

/** At most one row a kind of object and direction. */
export function inventoryRows(base: Mesh, head: Mesh): ReviewRow[] {
  return listNames.flatMap((list) => {
    const what = words[list];
    if (what === undefined) return [];
    const [before, after] = [base, head].map((mesh) => namedIn(mesh, list)) as [readonly Named[], readonly Named[]];
    return [
      ...row(what, 'added', onlyIn(after, before), [head]),
      ...row(what, 'removed', onlyIn(before, after), [base]),
    ];
  });
}

/** A workload comes and goes with the service or gateway of its name, the host of a machine with the machine. */
function namedIn(mesh: Mesh, list: ListName): readonly Named[] {
  const services = mesh.services.filter((service) => !isOnMachines(service));
  if (list === 'services') return services;
  const others = new Set(list === 'workloads' ? [...services, ...mesh.gateways].map(keyOf) : []);
  return (mesh[list] as readonly Named[]).filter((one) => !others.has(keyOf(one)));
}

function onlyIn(list: readonly Named[], other: readonly Named[]): Named[] {
  const known = new Set(other.map(keyOf));
  return list.filter((object) => !known.has(keyOf(object)));
}

function row(
  what: string,
  effect: 'added' | 'removed',
  objects: readonly Named[],
  meshes: readonly Mesh[],
): ReviewRow[] {
  const side = effect === 'added' ? 'head' : 'base';
  if (objects.length === 0) return [];
  const names = objects.map(keyOf);
  const places = objects.map((object) => ({ text: `${what} ${keyOf(object)}`, origin: object.origin }));
  const title = `${what}${objects.length === 1 ? '' : 's'} ${effect}: ${nameSome(names)}`;
  return [
    plainRow(
      { kind: 'inventory', effect, severity: 'low', title },
      side === 'base' ? places : [],
      side === 'head' ? places : [],
      ownersOf(meshes, names),
    ),
  ];
}
