// Languages that are never asked for one without the others are one: a rule of many paths that is alike in both meshes splits nothing.
import type { Language } from '../automata/language.ts';
import type { Dimension } from '../fields/dimension.ts';
import { labelOf, withLabel } from '../fields/match-language.ts';
import { joined } from './joined-languages.ts';
import type { Predicate } from './predicate-terms.ts';

/** Fewer are told apart, whether anybody asks or not: descriptions of sets may name any of them. */
const togetherFrom = 50;
/** As many as descriptions list of exceptions before they count them. */
const named = 4;

export interface Together {
  readonly dimension: Dimension;
  readonly members: readonly Language[];
  /** What they are together; one where that can be written out as a table. */
  readonly joined: readonly Language[];
}

export type Membership = Extract<Predicate, { kind: 'in' }>;

/** Finds them while predicates are gone through. */
export class AskedTogether {
  /** By dimension and language, the lists of alternatives that it stands in; undefined where it stands elsewhere as well. */
  readonly #lists = new Map<string, { readonly one: Membership; readonly in: number[] | undefined }>();
  #count = 0;

  /** Those that stand right in a list of alternatives; each list once. */
  list(members: readonly Membership[]): void {
    if (members.length < togetherFrom) {
      for (const one of members) this.alone(one);
      return;
    }
    const number = this.#count++;
    for (const one of members) {
      const key = keyOf(one);
      const known = this.#lists.get(key);
      if (!known) this.#lists.set(key, { one, in: [number] });
      else if (known.in && known.in.at(-1) !== number) known.in.push(number);
    }
  }

  alone(one: Membership): void {
    this.#lists.set(keyOf(one), { one, in: undefined });
  }

  /** By dimension and language. */
  groups(): ReadonlyMap<string, Together> {
    const found = new Map<string, Together>();
    if (this.#count === 0) return found;
    const listed = [...this.#lists].filter(([, { in: lists }]) => lists !== undefined);
    const groups = Map.groupBy(listed, ([, { one, in: lists = [] }]) => `${one.dimension.key} ${lists.join()}`);
    for (const group of groups.values()) {
      const [first] = group;
      if (!first || group.length < togetherFrom) continue;
      const members = group.map(([, { one }]) => one.language);
      const together = { dimension: first[1].one.dimension, members, joined: labelled(members) };
      for (const [key] of group) found.set(key, together);
    }
    return found;
  }
}

export function keyOf({ dimension, language }: Pick<Membership, 'dimension' | 'language'>): string {
  return `${dimension.key} ${language.key}`;
}

/** `/a, /b, /c, /d and 46 more`, where people wrote them all. */
function labelled(members: readonly Language[]): readonly Language[] {
  const made = joined(members);
  const labels = members.flatMap((language) => labelOf(language) ?? []).sort();
  const [one] = made;
  if (one && made.length === 1 && labels.length === members.length && labelOf(one) === undefined)
    withLabel(one, `${labels.slice(0, named).join(', ')} and ${labels.length - named} more`);
  return made;
}
