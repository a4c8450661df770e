// Compares one host and port in two meshes, exactly: every set of requests whose fate differs, and how.
import {
  agreement,
  always,
  asking,
  type Aspect,
  callerSignature,
  changesExtensions,
  contentKey,
  involvedFor,
  isListenedFor,
  type Cube,
  type Decision,
  decisionFor,
  differences,
  everything,
  type Extensions,
  type Fate,
  findWitness,
  type Language,
  partsOf,
  type Predicate,
  type Question,
  repeatableHeaders,
  RequestSpace,
  spaceOver,
  splitChange,
  type TakeApart,
  unmeshed,
} from '../analysis/index.ts';
import type { MeshIndex } from '../model/index.ts';
import type { FateChange } from './fate-change.ts';
import { fateChanges } from './fate-changes.ts';
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
  readonly aspect: Aspect;
}

/** What comes of one comparison. */
interface ComparedOne {
  readonly findings: readonly Finding[];
  /** Headers of which only requests are compared that send them at most once, where that may make a difference. */
  readonly repeated: readonly string[];
}

export function compare(base: MeshIndex, head: MeshIndex, comparison: Comparison): ComparedOne {
  const callers = groupCallers(base, head, comparison);
  const decisionsOver = (extensions?: Extensions) =>
    callers.flatMap((some) => [
      decisionFor(base, questionOf(comparison, 'base', some, extensions)),
      decisionFor(head, questionOf(comparison, 'head', some, extensions)),
    ]);
  const { space, decisions, extensions } = spaceOver(decisionsOver, (all) =>
    callers.some((_, i) => {
      const [before, after] = all.slice(2 * i);
      return before !== undefined && after !== undefined && changesExtensions(before, after);
    }),
  );
  const findingsIn = (within: RequestSpace, takeApart: TakeApart) =>
    callers.flatMap((some, i) => {
      const [before, after] = decisions.slice(2 * i);
      if (!before || !after) return [];
      const group = { callers: some, base: before, head: after, takeApart };
      return compareGroup(within, comparison, group, { base, head });
    });
  const { takeApart, asked } = noticing(comparison);
  const findings = findingsIn(space, (was, is) => {
    const parts = takeApart(was, is);
    return parts.some(({ when }) => when !== always) ? [{ when: always, base: was, head: is }] : parts;
  });
  const repeated = repeatableHeaders(space);
  if (asked.length === 0) return { findings, repeated };
  // Only then is it known what else there is to tell apart.
  const wider = new RequestSpace([...decisions, asking(asked)], extensions);
  return { findings: findingsIn(wider, takeApart), repeated };
}

/** Takes fates apart, and keeps what that asks of requests. */
function noticing({ request, gateway }: Comparison) {
  const asked: Predicate[] = [];
  const receiver = { isEdge: gateway !== undefined, scheme: request.scheme };
  const takeApart: TakeApart = (was, is) => {
    const parts = partsOf(was, is, receiver);
    asked.push(...parts.flatMap(({ when }) => (when === always ? [] : [when])));
    return parts;
  };
  return { takeApart, asked };
}

/** The same work for the head alone: throws `TooWide` if even that is too much. */
export function analyse(head: MeshIndex, comparison: Comparison): void {
  const callers = groupCallers(head, head, comparison);
  const { space, decisions } = spaceOver((extensions) =>
    callers.map((some) => decisionFor(head, questionOf(comparison, 'head', some, extensions))),
  );
  for (const decision of decisions)
    findWitness(
      space,
      space.cubes(space.compileCoarse(decision), () => true),
    );
}

function questionOf(
  { request, gateway }: Comparison,
  side: 'base' | 'head',
  [from = '']: readonly string[],
  extensions?: Extensions,
): Question {
  return { from, request, ...(gateway && { gateway: gateway[side] }), ...(extensions !== undefined && { extensions }) };
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
  readonly takeApart: TakeApart;
}

function compareGroup(
  space: RequestSpace,
  comparison: Comparison,
  group: Group,
  meshes: { readonly base: MeshIndex; readonly head: MeshIndex },
): Finding[] {
  const [from = ''] = group.callers;
  const { port, scheme } = comparison.request;
  const isBytes = scheme !== 'http' || comparison.isBesideTls === true;
  const opacity = { port, isOpaque: comparison.gateway === undefined && isBytes };
  const isKnown = (['base', 'head'] as const).every((side) => isCallable(meshes[side], side, from, comparison));
  const isOfMany = comparison.gateway === undefined && comparison.host.startsWith('*');
  const context = { from, ...opacity, isOfMany, ...meshes, isKnown };
  const common = { comparison, callers: group.callers, space };
  return differences(space, group.base, group.head, group.takeApart).flatMap(({ base, head, cubes, aspect }) => {
    const within = differingPaths(base, head);
    return fateChanges(base, head, { ...context, pathsMayDiffer: within !== undefined, aspect }).map((change) => ({
      change,
      ...common,
      cubes,
      base,
      head,
      aspect,
      ...(change.isAboutPath && within && { within }),
    }));
  });
}

/** Whether there is the caller, and the port of the service, or a listener that takes the host. */
function isCallable(
  index: MeshIndex,
  side: 'base' | 'head',
  from: string,
  { gateway, host, request }: Comparison,
): boolean {
  if (gateway !== undefined) return isListenedFor(index, gateway[side], request);
  const { ports } = index.serviceByHost.get(host) ?? { ports: [] };
  return ports.some(({ number }) => number === request.port) && (from === unmeshed || index.workloadByKey.has(from));
}

/** Two fates may change the path in ways that come to the same for some paths: those are no difference. */
function differingPaths(a: Fate, b: Fate): Language | undefined {
  const [before, after] = [splitChange(a).change, splitChange(b).change];
  if (contentKey(before) === contentKey(after)) return undefined;
  const agreed = agreement(before, after);
  return agreed.equals(everything) ? undefined : agreed.not();
}
