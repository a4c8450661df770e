// The requests to one host and port, split by everything that any of some decisions looks at. In it decisions become diagrams,
// and can be compared exactly.
import type { TestRequest } from '../../model/index.ts';
import { type Atoms, splitIntoAtoms } from '../automata/atoms.ts';
import { Diagrams, type Node, no, terminal, yes } from '../automata/diagram.ts';
import type { Language } from '../automata/language.ts';
import { compareDimensions, type Dimension } from '../fields/dimension.ts';
import { labelOf } from '../fields/match-language.ts';
import { methodDimension } from '../fields/method.ts';
import { pathDimension } from '../fields/path.ts';
import type { Decision } from './choice.ts';
import { type Fate, fateKey } from './fate.ts';
import type { Predicate } from './predicate.ts';

/** `inside` has one byte for each atom of the axis: 1 where the atom is in the set. */
export interface LabelledSet {
  readonly label: string;
  readonly inside: Uint8Array;
}

/** One dimension of a space, split into what its predicates tell apart. */
export interface Axis {
  readonly dimension: Dimension;
  readonly atoms: Atoms;
  /** The languages somebody wrote, for descriptions of sets. */
  readonly labels: readonly LabelledSet[];
  /** Atoms by the key of a language. */
  readonly inside: ReadonlyMap<string, Uint8Array>;
}

export class RequestSpace {
  readonly diagrams = new Diagrams();
  /** In the order of the diagrams. Every space has method and path. */
  readonly axes: readonly Axis[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #fates: Fate[] = [];
  readonly #fateNumbers = new Map<string, number>();

  /** All the decisions that will be asked about must be given: their predicates make the atoms. */
  constructor(decisions: readonly Decision[]) {
    const found: Found = new Map();
    for (const dimension of [methodDimension, pathDimension]) languagesOf(found, dimension);
    const seen = new Set<Decision>();
    for (const decision of decisions) collectFromDecision(decision, found, seen);
    this.axes = [...found.values()].sort((a, b) => compareDimensions(a.dimension, b.dimension)).map(axisOf);
    this.#numbers = new Map(this.axes.map(({ dimension }, i) => [dimension.key, i]));
  }

  /** The diagram of a decision; its terminals are numbers of fates. */
  compile(decision: Decision): Node {
    if (decision.kind === 'fate') return terminal(this.#fateNumber(decision.fate));
    return this.diagrams.choose(
      this.predicate(decision.when),
      this.compile(decision.so),
      this.compile(decision.otherwise),
    );
  }

  predicate(predicate: Predicate): Node {
    switch (predicate.kind) {
      case 'constant':
        return predicate.holds ? yes : no;
      case 'in': {
        const number = this.#numbers.get(predicate.dimension.key) ?? -1;
        const inside = this.axes[number]?.inside.get(predicate.language.key);
        if (!inside) throw new Error(`a predicate on ${predicate.dimension.key} was not announced`);
        return this.diagrams.literal(number, inside);
      }
      case 'not':
        return this.diagrams.not(this.predicate(predicate.of));
      case 'all':
        return predicate.of.reduce<Node>((node, c) => this.diagrams.and(node, this.predicate(c)), yes);
      case 'any':
        return predicate.of.reduce<Node>((node, c) => this.diagrams.or(node, this.predicate(c)), no);
    }
  }

  fate(number: number): Fate {
    const fate = this.#fates[number];
    if (!fate) throw new Error(`no fate has the number ${number}`);
    return fate;
  }

  /** What a diagram of this space says about one request. */
  evaluate(node: Node, request: TestRequest): Fate {
    const number = this.diagrams.evaluate(node, (axis) => this.#atomOf(axis, request));
    return this.fate(number);
  }

  #atomOf(number: number, request: TestRequest): number {
    const axis = this.axes[number];
    const atom = axis?.atoms.atomOf(axis.dimension.valueIn(request)) ?? -1;
    if (atom < 0) throw new Error(`the ${axis?.dimension.key} of the request is outside the space`);
    return atom;
  }

  #fateNumber(fate: Fate): number {
    const key = fateKey(fate);
    const known = this.#fateNumbers.get(key);
    if (known !== undefined) return known;
    this.#fateNumbers.set(key, this.#fates.length);
    return this.#fates.push(fate) - 1;
  }
}

interface Announced {
  readonly dimension: Dimension;
  /** By key. */
  readonly languages: Map<string, Language>;
}

/** By key of the dimension. */
type Found = Map<string, Announced>;

function axisOf({ dimension, languages }: Announced): Axis {
  const list = [...languages.values()];
  const atoms = splitIntoAtoms(dimension.universe, list);
  const insides = list.map((language, i) => ({ language, inside: atoms.inside[i] ?? new Uint8Array() }));
  return {
    dimension,
    atoms,
    labels: insides.flatMap(({ language, inside }) => {
      const label = labelOf(language);
      return label === undefined ? [] : [{ label, inside }];
    }),
    inside: new Map(insides.map(({ language, inside }) => [language.key, inside])),
  };
}

function languagesOf(found: Found, dimension: Dimension): Map<string, Language> {
  const known = found.get(dimension.key) ?? { dimension, languages: new Map<string, Language>() };
  found.set(dimension.key, known);
  return known.languages;
}

function collectFromDecision(decision: Decision, found: Found, seen: Set<Decision>): void {
  if (decision.kind === 'fate' || seen.has(decision)) return;
  seen.add(decision);
  collect(decision.when, found);
  collectFromDecision(decision.so, found, seen);
  collectFromDecision(decision.otherwise, found, seen);
}

function collect(predicate: Predicate, found: Found): void {
  if (predicate.kind === 'in') languagesOf(found, predicate.dimension).set(predicate.language.key, predicate.language);
  else if (predicate.kind === 'not') collect(predicate.of, found);
  else if (predicate.kind !== 'constant') for (const c of predicate.of) collect(c, found);
}
