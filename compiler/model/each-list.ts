// What follows from the declarations in lists.ts, for all lists alike: the empty mesh, joining and sorting, and whose nodes are whose.
import { type Concern, type MeshList, meshLists } from './lists.ts';
import type { MeshIndex } from './lookup.ts';
import { workloadsBehind } from './workloads-behind.ts';
import type { ListName, MeshLists, MeshNodes } from './mesh.ts';
import type { ModelNode } from './origin.ts';
import { hostOf } from './service.ts';
import type { Workload } from './workload.ts';

export const listNames = Object.keys(meshLists) as readonly ListName[];

/** A record with something for each list. */
export function eachList<T>(
  make: <L extends ListName>(name: L, list: MeshList<MeshNodes[L]>) => T,
): Record<ListName, T> {
  return Object.fromEntries(listNames.map((name) => [name, make(name, meshLists[name] as never)])) as Record<
    ListName,
    T
  >;
}

/** No nodes at all. */
export const noNodes: MeshLists = eachList(() => Object.freeze([]));

/** All nodes of several parts of a mesh, in the order of the parts. */
export function joinLists(parts: readonly Partial<MeshLists>[]): MeshLists {
  return eachList((name) => {
    // Most parts of a large mesh say nothing in most lists.
    const lists: (readonly unknown[])[] = [];
    for (const part of parts) {
      const list = part[name];
      if (list && list.length > 0) lists.push(list);
    }
    return lists.length === 1 ? lists[0] : lists.flat();
  }) as unknown as MeshLists;
}

/** Each list in its order, so that the order of documents does not show. */
export function sortLists(lists: MeshLists): MeshLists {
  return eachList((name) => sortNodes(name, lists[name])) as unknown as MeshLists;
}

/** Mostly they are in order already, since documents are read by name. */
export function sortNodes<L extends ListName>(name: L, nodes: readonly MeshNodes[L][]): readonly MeshNodes[L][] {
  const { compare } = meshLists[name] as MeshList<MeshNodes[L]>;
  for (let i = 1; i < nodes.length; i++) {
    if (compare(nodes[i - 1] as MeshNodes[L], nodes[i] as MeshNodes[L]) > 0) return nodes.toSorted(compare);
  }
  return nodes;
}

export type Facet = 'ofHost' | 'ofDestination' | 'ofCallee' | 'ofWorkload';
type SubjectOf<F extends Facet> = F extends 'ofHost' | 'ofDestination' ? string : Workload;

/** Every node of any list that a facet of the subject is made of, and the lists they come from. */
export function nodesOf<F extends Facet>(
  facet: F,
  index: MeshIndex,
  subject: SubjectOf<F>,
): readonly ModelNode<string>[] {
  return listNames.flatMap((name) => {
    const concern = concernOf(facet, name);
    return concern === 'nothing' ? [] : concern.nodes(index, subject);
  });
}

/** What of them can be noticed. */
export function contentOf<F extends Facet>(facet: F, index: MeshIndex, subject: SubjectOf<F>): readonly unknown[] {
  return listNames.flatMap((name) => {
    const concern = concernOf(facet, name);
    return concern === 'nothing' ? [] : [concern.content(index, subject)];
  });
}

/** What a workload's proxy is given for what comes in. */
export function servingContent(index: MeshIndex, workload: Workload): readonly unknown[] {
  return listNames.flatMap((name) => {
    const { ofWorkload } = meshLists[name];
    return ofWorkload === 'nothing' || ofWorkload.side === 'calling' ? [] : [ofWorkload.content(index, workload)];
  });
}

function concernOf<F extends Facet>(facet: F, name: ListName): Concern<ModelNode<string>, SubjectOf<F>> | 'nothing' {
  return meshLists[name][facet] as Concern<ModelNode<string>, SubjectOf<F>> | 'nothing';
}

/** All nodes that the callers of a host are given something of, the workloads behind it included. */
export function nodesShownBy(index: MeshIndex, host: string): readonly ModelNode<string>[] {
  const service = index.serviceByHost.get(host);
  const behind = service && hostOf(service) === host ? workloadsBehind(index, service, {}) : [];
  return [
    ...nodesOf('ofHost', index, host),
    ...nodesOf('ofDestination', index, host),
    ...behind.flatMap((workload) => nodesOf('ofCallee', index, workload)),
  ];
}
