// The requests to one host and port, split by everything that any of some decisions looks at. In it decisions become diagrams,
// and can be compared exactly, or it throws `TooWide`.
import { normalizeTarget, type TestRequest } from '../../model/index.ts';
import { blamed, blaming, Budget, limits } from '../automata/budget.ts';
import { type Cube, Diagrams, type IsPossible, type Node, no, terminal, yes } from '../automata/diagram.ts';
import { absent, type Dimension } from '../fields/dimension.ts';
import type { Extensions } from '../fields/method.ts';
import { type Decision, type End, isWide, type WideForward } from './choice.ts';
import { type Fate, fateKey } from './fate.ts';
import { type Axis, Field } from './field.ts';
import type { Predicate } from './predicate-terms.ts';
import { coarseDecision } from './wide.ts';
import { announcedBy } from './announced.ts';
import { keyOf, type Membership, type Together } from './asked-together.ts';

interface Literal {
  readonly axis: number;
  readonly inside: Uint8Array;
  node?: Node;
}

const axesInAnyOrder = 10;

export class RequestSpace {
  readonly diagrams: Diagrams;
  /** How many more may be told apart. */
  readonly differences: Budget;
  /** In the order of the diagrams. Every space has method and path. */
  readonly axes: readonly Axis[];
  /** By dimension, in the order of descriptions. */
  readonly fields: readonly Field[];
  readonly #fieldOf: readonly Field[];
  /** By dimension and language. */
  readonly #literals = new Map<string, Literal>();
  /** By dimension and language: what stands for it, where it is never asked for alone. */
  readonly #together: ReadonlyMap<string, Together>;
  readonly #nodes = new Map<Predicate, Node>();
  readonly #ends: End[] = [];
  readonly #endNumbers = new Map<string, number>();

  /** All the decisions that will be asked about must be given: their predicates make the atoms, and the order of their use that of the axes. */
  constructor(decisions: readonly Decision[], extensions?: Extensions) {
    const { dimensions, together } = announcedBy(decisions, extensions);
    this.#together = together;
    const split = dimensions.map((one) => blaming(one.dimension.key, () => new Field(one)));
    const budgets = { search: new Budget(limits.searchSteps), taste: new Budget(limits.tasteSteps) };
    const inWords = split.flatMap((field) => field.axes.map((axis, i) => ({ axis, field, use: field.uses[i] ?? 0 })));
    // Of few axes any order will do, and then that of descriptions gives the sets that are said best. Of many, those that are asked for
    // together must stand together: else a diagram has to remember every answer until it comes to the question that goes with it.
    const placed = inWords.length <= axesInAnyOrder ? inWords : inWords.toSorted((a, b) => a.use - b.use);
    this.axes = placed.map(({ axis }) => axis);
    this.#fieldOf = placed.map(({ field }) => field);
    this.fields = split;
    for (const field of split) field.place(new Map(this.axes.map((axis, i) => [axis, i])), budgets);
    this.axes.forEach(({ dimension, atoms }, axis) => {
      for (const [key, inside] of atoms.inside) this.#literals.set(`${dimension.key} ${key}`, { axis, inside });
    });
    const blame = () => this.axes[diagrams.widest]?.dimension.key ?? '';
    const diagrams = new Diagrams(new Budget(limits.diagramSteps, blame));
    this.diagrams = diagrams;
    this.differences = new Budget(limits.differences, blame);
  }

  /** Without wide forwards: of them only whether somebody is reached. */
  compileCoarse(decision: Decision): Node {
    return this.compileFor(decision, coarseDecision);
  }

  /** Without wide forwards: of them what a decision tells that takes their place. */
  compileFor(decision: Decision, decisionOf: (end: WideForward) => Decision): Node {
    return this.compile(decision, (end) => (isWide(end) ? this.compile(decisionOf(end)) : undefined));
  }

  /** The diagram of a decision; its terminals are numbers of ends, or whatever stands for an end. */
  compile(decision: Decision, standIn: (end: End) => Node | undefined = () => undefined): Node {
    // Lists of routes are long, and so is the way down to the last: no recursion there.
    const choices: Extract<Decision, { kind: 'choice' }>[] = [];
    let last = decision;
    for (; last.kind === 'choice'; last = last.otherwise) choices.push(last);
    const taken = choices.map(({ so }) => this.compile(so, standIn));
    const end = last.kind === 'fate' ? last.fate : last;
    return choices.reduceRight(
      (otherwise, { when }, i) => this.diagrams.choose(this.predicate(when), taken[i] ?? no, otherwise),
      standIn(end) ?? terminal(this.#endNumber(end)),
    );
  }

  predicate(predicate: Predicate): Node {
    const known = this.#nodes.get(predicate);
    if (known !== undefined) return known;
    const made = this.#build(predicate);
    this.#nodes.set(predicate, made);
    return made;
  }

  #build(predicate: Predicate): Node {
    const { diagrams } = this;
    switch (predicate.kind) {
      case 'constant':
        return predicate.holds ? yes : no;
      case 'in': {
        const literal = this.#literalOf(predicate);
        literal.node ??= diagrams.literal(literal.axis, literal.inside);
        return literal.node;
      }
      case 'not':
        return diagrams.not(this.predicate(predicate.of));
      // The last first: it is mostly about later axes, and the others are then put before it.
      case 'all':
        return predicate.of.reduceRight<Node>((node, c) => diagrams.and(this.predicate(c), node), yes);
      case 'any':
        return this.#anyOf(predicate.of);
    }
  }

  #literalOf(one: Pick<Membership, 'dimension' | 'language'>): Literal {
    const literal = this.#literals.get(keyOf(one));
    if (!literal) throw new Error(`a predicate on ${one.dimension.key} was not announced`);
    return literal;
  }

  /** Those about one axis are one question: of very many, that is much less work than one after the other. */
  #anyOf(alternatives: readonly Predicate[]): Node {
    const { diagrams } = this;
    const byAxis = new Map<number, Uint8Array>();
    for (const { axis, inside } of this.#literalsIn(alternatives)) {
      const known = byAxis.get(axis);
      if (!known) byAxis.set(axis, inside.slice());
      else
        for (let atom = 0; atom < inside.length; atom++)
          known[atom] = (known[atom] as number) | (inside[atom] as number);
    }
    const others = alternatives
      .filter(({ kind }) => kind !== 'in')
      .reduceRight<Node>((node, c) => diagrams.or(this.predicate(c), node), no);
    const axes = [...byAxis].sort(([a], [b]) => b - a);
    return axes.reduce((node, [axis, inside]) => diagrams.or(diagrams.literal(axis, inside), node), others);
  }

  #literalsIn(alternatives: readonly Predicate[]): ReadonlySet<Literal> {
    const groups = new Set<Together>();
    const found = new Set<Literal>();
    for (const one of alternatives) {
      if (one.kind !== 'in') continue;
      const together = this.#together.get(keyOf(one));
      if (!together) found.add(this.#literalOf(one));
      else if (!groups.has(together)) {
        groups.add(together);
        for (const language of together.joined) found.add(this.#literalOf({ dimension: one.dimension, language }));
      }
    }
    return found;
  }

  end(number: number): End {
    const end = this.#ends[number];
    if (!end) throw new Error(`no end has the number ${number}`);
    return end;
  }

  /** What a diagram ends in; of some no request may be certain to exist. */
  endsIn(node: Node): readonly End[] {
    return this.diagrams.terminalsOf(node).map((number) => this.end(number));
  }

  /** Of a diagram without wide forwards. */
  fate(number: number): Fate {
    const end = this.end(number);
    if (isWide(end)) throw new Error('what becomes of a wide forward depends on its gates');
    return end;
  }

  /** Disjoint sets of requests, none of them empty, that cover those whose terminal is wanted. */
  *cubes(node: Node, isWanted: (terminal: number) => boolean): Generator<Cube> {
    const isPossible: IsPossible = (atoms, axis) => this.#fieldOf[axis]?.isPossible(atoms) ?? true;
    try {
      yield* this.diagrams.cubes(node, isWanted, isPossible);
    } catch (error) {
      throw blamed(error, '', this);
    }
  }

  /** What a diagram of this space says about one request, as it is sent. */
  evaluate(node: Node, sent: TestRequest): Fate {
    const request = { ...sent, path: normalizeTarget(sent.path) };
    const atomOf = (axis: number) => this.#atomOf(axis, request);
    const end = this.end(this.diagrams.evaluate(node, atomOf));
    if (!isWide(end)) return end;
    const holds = (when: Predicate) => terminal(this.diagrams.evaluate(this.predicate(when), atomOf)) === yes;
    return end.settle(new Set([...end.gates].flatMap(([key, when]) => (holds(when) ? [key] : []))));
  }

  #atomOf(number: number, request: TestRequest): number {
    const axis = this.axes[number];
    const atom = axis?.atoms.atomOf(singleValue(axis.dimension, request)) ?? -1;
    if (atom < 0) throw new Error(`the ${axis?.dimension.key} of the request is outside the space`);
    return atom;
  }

  #endNumber(end: End): number {
    const key = isWide(end) ? wideKey(end) : fateKey(end);
    const known = this.#endNumbers.get(key);
    if (known !== undefined) return known;
    this.#endNumbers.set(key, this.#ends.length);
    return this.#ends.push(end) - 1;
  }
}

function wideKey({ gates, ofShares, ofMirrors, settle }: WideForward): string {
  return JSON.stringify([ofShares, ofMirrors, fateKey(settle(new Set(gates.keys()))), fateKey(settle(new Set()))]);
}

/** A space knows each value once. */
function singleValue(dimension: Dimension, request: TestRequest): string {
  const values = dimension.valuesIn(request);
  return values.length === 0 ? absent : values.join(',');
}
