// The requests to one host and port, split by everything that any of some decisions looks at. In it decisions become diagrams,
// and can be compared exactly.
import type { TestRequest } from '../../model/index.ts';
import { type Atoms, splitIntoAtoms } from '../automata/atoms.ts';
import type { Condition } from './condition.ts';
import type { Decision } from './decision.ts';
import { Diagrams, type Node, no, terminal, yes } from '../automata/diagram.ts';
import { absent, type Dimension, labelOf, universe } from '../fields/dimensions.ts';
import { type Fate, fateKey } from './fate.ts';
import type { Language } from '../automata/language.ts';
import { normalizePath, splitQuery } from '../fields/normalize-path.ts';

export interface LabelledSet {
  readonly label: string;
  readonly inside: Uint8Array;
}

export class RequestSpace {
  readonly diagrams = new Diagrams();
  /** In the order of the diagrams: method and path first. */
  readonly dimensions: readonly Dimension[];
  readonly atoms: readonly Atoms[];
  /** By dimension: the languages somebody wrote, for descriptions of sets. */
  readonly labels: readonly (readonly LabelledSet[])[];
  readonly #numbers: ReadonlyMap<Dimension, number>;
  readonly #languages: ReadonlyMap<Dimension, ReadonlyMap<string, number>>;
  readonly #fates: Fate[] = [];
  readonly #fateNumbers = new Map<string, number>();

  /** All the decisions that will be asked about must be given: their conditions make the atoms. */
  constructor(decisions: readonly Decision[]) {
    const found = new Map<Dimension, Map<string, Language>>([
      ['method', new Map()],
      ['path', new Map()],
    ]);
    const seen = new Set<Decision>();
    for (const decision of decisions) collectFromDecision(decision, found, seen);
    const headers = [...found.keys()].filter((d) => d !== 'method' && d !== 'path').sort();
    this.dimensions = ['method', 'path', ...headers];
    this.#numbers = new Map(this.dimensions.map((dimension, i) => [dimension, i]));
    this.atoms = this.dimensions.map((d) => splitIntoAtoms(universe(d), [...(found.get(d)?.values() ?? [])]));
    this.labels = this.dimensions.map((d, i) =>
      [...(found.get(d)?.values() ?? [])].flatMap((language, j) => {
        const [label, inside] = [labelOf(language), this.atoms[i]?.inside[j]];
        return label !== undefined && inside ? [{ label, inside }] : [];
      }),
    );
    this.#languages = new Map([...found].map(([d, list]) => [d, new Map([...list.keys()].map((key, i) => [key, i]))]));
  }

  /** The diagram of a decision; its terminals are numbers of fates. */
  compile(decision: Decision): Node {
    if (decision.kind === 'fate') return terminal(this.#fateNumber(decision.fate));
    return this.diagrams.choose(
      this.condition(decision.when),
      this.compile(decision.so),
      this.compile(decision.otherwise),
    );
  }

  condition(condition: Condition): Node {
    switch (condition.kind) {
      case 'constant':
        return condition.holds ? yes : no;
      case 'in': {
        const dimension = this.#numbers.get(condition.dimension) ?? 0;
        const language = this.#languages.get(condition.dimension)?.get(condition.language.key);
        const inside = language === undefined ? undefined : this.atoms[dimension]?.inside[language];
        if (!inside) throw new Error(`a condition on ${condition.dimension} was not announced`);
        return this.diagrams.literal(dimension, inside);
      }
      case 'not':
        return this.diagrams.not(this.condition(condition.of));
      case 'all':
        return condition.of.reduce<Node>((node, c) => this.diagrams.and(node, this.condition(c)), yes);
      case 'any':
        return condition.of.reduce<Node>((node, c) => this.diagrams.or(node, this.condition(c)), no);
    }
  }

  fate(number: number): Fate {
    const fate = this.#fates[number];
    if (!fate) throw new Error(`no fate has the number ${number}`);
    return fate;
  }

  /** What a diagram of this space says about one request. */
  evaluate(node: Node, request: TestRequest): Fate {
    const number = this.diagrams.evaluate(node, (dimension) => this.#atomOf(dimension, request));
    return this.fate(number);
  }

  #atomOf(number: number, request: TestRequest): number {
    const dimension = this.dimensions[number] ?? 'method';
    const atom = this.atoms[number]?.atomOf(coordinate(dimension, request)) ?? -1;
    if (atom < 0) throw new Error(`the ${dimension} of the request is outside the space`);
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

function coordinate(dimension: Dimension, request: TestRequest): string {
  if (dimension === 'method') return request.method;
  if (dimension === 'path') return normalizePath(splitQuery(request.path).path);
  return request.headers[dimension.slice('header '.length)] ?? absent;
}

function collectFromDecision(
  decision: Decision,
  found: Map<Dimension, Map<string, Language>>,
  seen: Set<Decision>,
): void {
  if (decision.kind === 'fate' || seen.has(decision)) return;
  seen.add(decision);
  collect(decision.when, found);
  collectFromDecision(decision.so, found, seen);
  collectFromDecision(decision.otherwise, found, seen);
}

function collect(condition: Condition, found: Map<Dimension, Map<string, Language>>): void {
  if (condition.kind === 'in') {
    const languages = found.get(condition.dimension) ?? new Map<string, Language>();
    found.set(condition.dimension, languages.set(condition.language.key, condition.language));
  } else if (condition.kind === 'not') collect(condition.of, found);
  else if (condition.kind !== 'constant') for (const c of condition.of) collect(c, found);
}
