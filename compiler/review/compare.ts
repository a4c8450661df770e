// Compares one host and port in two meshes, exactly: every set of requests whose fate differs, and how.
import {
  agreement,
  callerSignature,
  involvedFor,
  type Cube,
  type Decision,
  decisionFor,
  everything,
  type Fate,
  type Language,
  type Question,
  RequestSpace,
  splitChange,
} from '../analysis/index.ts';
import type { MeshIndex } from '../model/index.ts';
import { type FateChange, fateChanges } from './fate-changes.ts';
import type { Comparison } from './questions.ts';

/** One change of fate for some callers and a set of requests. */
export interface Finding {
  readonly change: FateChange;
  readonly comparison: Comparison;
  readonly callers: readonly string[];
  readonly space: RequestSpace;
  /** Disjoint; each time anew. */
  readonly cubes: () => Iterable<Cube>;
  /** Further restricts the paths. */
  readonly within?: Language;
  readonly base: Fate;
  readonly head: Fate;
}

export function compare(base: MeshIndex, head: MeshIndex, comparison: Comparison): Finding[] {
  const groups = groupCallers(base, head, comparison).map((callers) => {
    const [from = ''] = callers;
    const question: Question = {
      from,
      request: comparison.request,
      ...(comparison.gateway !== undefined && { gateway: comparison.gateway }),
    };
    return { callers, base: decisionFor(base, question), head: decisionFor(head, question) };
  });
  const space = new RequestSpace(groups.flatMap((group) => [group.base, group.head]));
  return groups.flatMap((group) => compareGroup(space, comparison, group, { base, head }));
}

function groupCallers(base: MeshIndex, head: MeshIndex, { request, host, callers, gateway }: Comparison): string[][] {
  if (gateway !== undefined) return [[...callers]];
  const destinations = [base, head].map((index) => {
    const service = index.serviceByHost.get(host);
    return { index, destination: { service, host, port: request.port, involved: involvedFor(index, host) } };
  });
  const groups = new Map<string, string[]>();
  for (const caller of callers) {
    const key = destinations.map(({ index, destination }) => callerSignature(index, caller, destination)).join('|');
    const group = groups.get(key);
    if (group) group.push(caller);
    else groups.set(key, [caller]);
  }
  return [...groups.values()];
}

interface Group {
  readonly callers: readonly string[];
  readonly base: Decision;
  readonly head: Decision;
}

function compareGroup(
  space: RequestSpace,
  comparison: Comparison,
  group: Group,
  meshes: { readonly base: MeshIndex; readonly head: MeshIndex },
): Finding[] {
  const [before, after] = [space.compile(group.base), space.compile(group.head)];
  if (before === after) return [];
  const { diagrams } = space;
  const pairs: (readonly [number, number])[] = [];
  const numbers = new Map<string, number>();
  const node = diagrams.product(before, after, (a, b) => {
    const key = `${a} ${b}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, pairs.length);
    return pairs.push([a, b]) - 1;
  });
  const [from = ''] = group.callers;
  const host = comparison.gateway === undefined ? { host: comparison.host } : {};
  return pairs.flatMap(([a, b], pair) => {
    if (a === b) return [];
    const [x, y] = [space.fate(a), space.fate(b)];
    const cubes = () => diagrams.cubes(node, (n) => n === pair);
    const common = { comparison, callers: group.callers, space, cubes, base: x, head: y };
    const within = differingPaths(x, y);
    return fateChanges(x, y, {
      from,
      ...host,
      port: comparison.request.port,
      ...meshes,
      pathsMayDiffer: within !== undefined,
    }).map((change) => ({
      change,
      ...common,
      ...(change.isAboutPath && within && { within }),
    }));
  });
}

/** Two fates may change the path in ways that come to the same for some paths: those are no difference. */
function differingPaths(a: Fate, b: Fate): Language | undefined {
  const agreed = agreement(splitChange(a).change, splitChange(b).change);
  return agreed.equals(everything) ? undefined : agreed.not();
}
