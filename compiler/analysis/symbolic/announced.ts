// What some decisions ask about, in the order in which they ask: routes before what becomes of those that they take.
import type { Language } from '../automata/language.ts';
import type { Dimension } from '../fields/dimension.ts';
import { compareDimensions } from '../fields/dimension.ts';
import { extendedMethod, extensionMethods, type Extensions, knownMethods, methodDimension } from '../fields/method.ts';
import { pathDimension } from '../fields/path.ts';
import type { Decision } from './choice.ts';
import { AskedTogether, keyOf, type Membership, type Together } from './asked-together.ts';
import type { Predicate } from './predicate-terms.ts';

export interface Announced {
  readonly dimension: Dimension;
  /** By key, each with the number of the question that asks for it first. */
  readonly languages: Map<string, { readonly language: Language; readonly use: number }>;
}

/** What is announced, and by dimension and language what stands for languages that are only asked together. */
export interface Announcements {
  /** Every space has method and path. In the order of descriptions. */
  readonly dimensions: readonly Announced[];
  readonly together: ReadonlyMap<string, Together>;
}

/** Over HTTP/2 methods may be extensions. */
export function announcedBy(decisions: readonly Decision[], extensions?: Extensions): Announcements {
  const asked = new AskedTogether();
  const found = new Map<string, Announced>();
  const announced = (dimension: Dimension) => {
    const known = found.get(dimension.key) ?? { dimension, languages: new Map() };
    found.set(dimension.key, known);
    return known;
  };
  const method = extensions === undefined ? methodDimension : extendedMethod[extensions];
  for (const dimension of [method, pathDimension]) announced(dimension);
  let uses = 0;
  // So that there are words for both.
  if (extensions !== undefined)
    for (const language of [knownMethods, extensionMethods])
      announced(method).languages.set(language.key, { language, use: uses++ });
  visitMemberships(decisions, (members, isList) => {
    if (isList) asked.list(members);
    for (const one of members) {
      if (!isList) asked.alone(one);
      const { languages } = announced(one.dimension);
      if (!languages.has(one.language.key)) languages.set(one.language.key, { language: one.language, use: uses++ });
    }
  });
  const together = asked.groups();
  return {
    dimensions: [...found.values()]
      .map((one) => withGroups(one, together))
      .sort((a, b) => compareDimensions(a.dimension, b.dimension)),
    together,
  };
}

/** What stands for a group stands where the first of the group was. */
function withGroups({ dimension, languages }: Announced, together: Announcements['together']): Announced {
  const made: Announced['languages'] = new Map();
  for (const { language, use } of languages.values()) {
    for (const one of together.get(keyOf({ dimension, language }))?.joined ?? [language])
      if (!made.has(one.key)) made.set(one.key, { language: one, use });
  }
  return { dimension, languages: made };
}

/** Each once, in the order in which they are asked for: by themselves, or all that stand right in one list of alternatives. */
export function visitMemberships(
  decisions: readonly Decision[],
  visit: (members: readonly Membership[], isList: boolean) => void,
): void {
  const seen = new Set<Predicate>();
  const collect = (predicate: Predicate) => {
    if (seen.has(predicate)) return;
    seen.add(predicate);
    if (predicate.kind === 'in') visit([predicate], false);
    else if (predicate.kind === 'not') collect(predicate.of);
    else if (predicate.kind === 'all') predicate.of.forEach(collect);
    else if (predicate.kind === 'any') {
      visit(
        predicate.of.filter((one) => one.kind === 'in'),
        true,
      );
      predicate.of.filter(({ kind }) => kind !== 'in').forEach(collect);
    }
  };
  const queue = new Set(decisions);
  for (const first of queue) {
    let decision = first;
    for (; decision.kind === 'choice'; decision = decision.otherwise) {
      collect(decision.when);
      queue.add(decision.so);
    }
    if (decision.kind === 'forward') for (const when of decision.gates.values()) collect(when);
  }
}
