// What some decisions ask about, in the order in which they ask: routes before what becomes of those that they take.
import type { Language } from '../automata/language.ts';
import type { Dimension } from '../fields/dimension.ts';
import { compareDimensions } from '../fields/dimension.ts';
import { extendedMethod, type Extensions, knownMethods, methodDimension } from '../fields/method.ts';
import { pathDimension } from '../fields/path.ts';
import type { Decision } from './choice.ts';
import type { Predicate } from './predicate-terms.ts';

export interface Announced {
  readonly dimension: Dimension;
  /** By key, each with the number of the question that asks for it first. */
  readonly languages: Map<string, { readonly language: Language; readonly use: number }>;
}

/** Every space has method and path. In the order of descriptions. Over HTTP/2 methods may be extensions. */
export function announcedBy(decisions: readonly Decision[], extensions?: Extensions): readonly Announced[] {
  const found = new Map<string, Announced>();
  const announced = (dimension: Dimension) => {
    const known = found.get(dimension.key) ?? { dimension, languages: new Map() };
    found.set(dimension.key, known);
    return known;
  };
  const method = extensions === undefined ? methodDimension : extendedMethod[extensions];
  for (const dimension of [method, pathDimension]) announced(dimension);
  let uses = 0;
  // So that there is a word for all the others.
  if (extensions !== undefined)
    announced(method).languages.set(knownMethods.key, { language: knownMethods, use: uses++ });
  const seen = new Set<Predicate>();
  const collect = (predicate: Predicate) => {
    if (seen.has(predicate)) return;
    seen.add(predicate);
    if (predicate.kind === 'in') {
      const { languages } = announced(predicate.dimension);
      const { language } = predicate;
      if (!languages.has(language.key)) languages.set(language.key, { language, use: uses++ });
    } else if (predicate.kind === 'not') collect(predicate.of);
    else if (predicate.kind !== 'constant') for (const one of predicate.of) collect(one);
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
  return [...found.values()].sort((a, b) => compareDimensions(a.dimension, b.dimension));
}
