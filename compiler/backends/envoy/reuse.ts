// What of one mesh is still so in the next, and so need not be built again. Compares; builds nothing.
// A workload's snapshot depends on the mesh's settings, on what `isWorkloadSame` compares, and on what `isHostSame` compares for
// every host it names. Which nodes those are is said by the lists (model/lists.ts): the property test would show what is forgotten there.
import {
  eachList,
  type Facet,
  isSameData,
  type ListName,
  listNames,
  type Mesh,
  type MeshIndex,
  type MeshLists,
  meshLists,
  nodesOf,
  nodesShownBy,
} from '../../model/index.ts';
import type { ProxySnapshot } from './proxy-snapshot.ts';

/** The same mesh, made of the nodes of the one before wherever nothing changed; so identity tells what did. */
export function reuseNodes(before: Mesh, after: Mesh): Mesh {
  return {
    ...after,
    settings: isSameData(before.settings, after.settings) ? before.settings : after.settings,
    ...(eachList((name, { key }) =>
      reuse(before[name] as readonly never[], after[name] as readonly never[], key),
    ) as unknown as MeshLists),
  };
}

/** What was there before, if all that counts of it is equal. */
export function reuseResources(before: ProxySnapshot, after: ProxySnapshot): ProxySnapshot {
  const named = ({ name }: { readonly name?: string }) => name ?? '';
  return {
    ...after,
    listeners: reuse(before.listeners, after.listeners, named),
    routes: reuse(before.routes, after.routes, named),
    clusters: reuse(before.clusters, after.clusters, named),
    endpoints: reuse(before.endpoints, after.endpoints, (selector) => selector.cluster),
    secrets: reuse(before.secrets, after.secrets, named),
  };
}

function reuse<T extends object>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): readonly T[] {
  // Most changes leave the order as it was; then nothing need be looked up by name.
  let known: ReadonlyMap<string, T> | undefined;
  // Two nodes that are equal in everything stay two.
  const taken = new Set<T>();
  const items = after.map((item, i) => {
    const there = before[i];
    if (item !== there)
      known ??= there && keyOf(there) === keyOf(item) ? undefined : new Map(before.map((old) => [keyOf(old), old]));
    const old = item === there ? item : known ? known.get(keyOf(item)) : there;
    const kept = old && !taken.has(old) && (old === item || isSameData(old, item)) ? old : item;
    taken.add(kept);
    return kept;
  });
  return isSameList(before, items) ? before : items;
}

/** Compares two meshes of which the second was made by `reuseNodes`. Answers are remembered. */
export class Unchanged {
  readonly #before: MeshIndex;
  readonly #after: MeshIndex;
  readonly #hosts = new Map<string, boolean>();
  readonly #workloads = new Map<string, boolean>();
  readonly #changed: readonly ListName[];
  readonly #reachChanged: boolean;
  readonly #routesChanged: boolean;

  constructor(before: MeshIndex, after: MeshIndex) {
    this.#before = before;
    this.#after = after;
    // Where whole lists are the same, so is all that is found in them.
    this.#changed = listNames.filter((name) => before.mesh[name] !== after.mesh[name]);
    const has = (facet: Facet) => this.#changed.some((name) => meshLists[name][facet] !== 'nothing');
    this.#reachChanged = has('ofDestination') || has('ofCallee');
    this.#routesChanged = has('ofHost');
  }

  /** Whoever names the host under one of several names depends on the canonical one as well. */
  isHostSame(host: string): boolean {
    return remembered(this.#hosts, host, () => {
      if (this.#reachChanged) return this.#isSame((index) => nodesShownBy(index, host));
      return !this.#routesChanged || this.#isSame((index) => nodesOf('ofHost', index, host));
    });
  }

  isWorkloadSame(key: string): boolean {
    return remembered(this.#workloads, key, () => {
      const workload = this.#after.workloadByKey.get(key);
      if (!workload || workload !== this.#before.workloadByKey.get(key)) return false;
      // What is found in a list hangs on it and on what is found in others, as tables of gateways do: those are compared as well.
      return this.#changed.every((name) => {
        const { ofWorkload } = meshLists[name];
        return ofWorkload === 'nothing' || this.#isSame((index) => ofWorkload.nodes(index, workload));
      });
    });
  }

  #isSame(find: (index: MeshIndex) => readonly unknown[]): boolean {
    return isSameList(find(this.#before), find(this.#after));
  }
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function remembered(answers: Map<string, boolean>, key: string, answer: () => boolean): boolean {
  const known = answers.get(key);
  if (known !== undefined) return known;
  const found = answer();
  answers.set(key, found);
  return found;
}
