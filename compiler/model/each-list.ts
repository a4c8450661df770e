// What follows from the declarations in lists.ts, for all lists alike: the empty mesh, joining and sorting, and whose nodes are whose.
import { compareText } from '../diagnostics/index.ts';
import { type Concern, type MeshList, meshLists } from './lists.ts';
import { type MeshIndex, workloadsBehind } from './lookup.ts';
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

/** All nodes of several parts of a mesh, each list in its order: by namespace and name, or whatever else the key is made of. */
export function joinLists(parts: readonly Partial<MeshLists>[]): MeshLists {
  return eachList((name) => parts.flatMap((part) => part[name] ?? [])) as unknown as MeshLists;
}

/** Sorted so that the order of documents does not show. */
export function sortLists(lists: MeshLists): MeshLists {
  return eachList((name, list) => {
    const nodes = lists[name] as readonly never[];
    return name === 'passthrough' ? nodes : nodes.toSorted((a, b) => compareNodes(list.key, a, b));
  }) as unknown as MeshLists;
}

function compareNodes<N>(key: (node: N) => string, a: N, b: N): number {
  const [left, right] = [key(a).split('/'), key(b).split('/')];
  return compareText(left[0] ?? '', right[0] ?? '') || compareText(left[1] ?? '', right[1] ?? '');
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
