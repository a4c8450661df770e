// What exact answers may cost, counted in steps and never in time: the same question has the same answer on every machine.

/**
 * Per question: a host and port with all who call it, in both meshes of a review. Several of these steps are some nanoseconds, and every
 * automaton and diagram is a few bytes a step: two seconds and 300 MB hold all of it.
 */
export const limits = {
  /** States of a regular language that is written out as a table. One that needs more stays a nondeterministic automaton. */
  languageStates: 1000,
  /** Transitions that are followed to write one out; of one that costs more the same. */
  languageSteps: 500_000,
  /** States of a nondeterministic automaton, and its transitions. */
  automatonStates: 20_000,
  automatonTransitions: 400_000,
  /** All patterns of a question together: steps to their automata, and to write them out. */
  questionPatternSteps: 4_000_000,
  /** Cells of the automata of what rewrites make of conditions on the path, all of a question together. */
  questionPreimageCells: 800_000,
  /** States of an automaton that tells the atoms of an axis apart. */
  axisStates: 16_384,
  /** Transitions that are followed to split an axis by many languages at once; where they are used up, it is split several times. */
  joinSteps: 2_000_000,
  /** Times that one axis may be split: a search for a value has to heed each. */
  splits: 1000,
  /** Cells of decision diagrams, and steps of operations on them. */
  diagramSteps: 4_000_000,
  /** Pairs of fates, of the same requests in two meshes, that are told apart: each is a row, or part of one. */
  differences: 1000,
  /** Transitions that are followed in search of values. */
  searchSteps: 12_000_000,
  /** Of those, what may go into finding the shortest; where they are used up, a value that was found more quickly has to do. */
  tasteSteps: 2_000_000,
  /** For one pattern by itself, when a check asks what it matches: steps to its automaton, and as many through it. */
  patternSteps: 30_000,
  /** Instructions of such a pattern. */
  patternInstructions: 400,
} as const;

/** Gates of a forwarded request that are tried together, in all their combinations. Where there are more, they are compared one by one. */
export const gatesTogether = 4;

/** An exact answer would cost more than the limits allow. Never an answer by itself: whoever asked must say what is not analysed. */
export class TooWide extends Error {
  /** The dimension that costs most, such as `header user-agent`. */
  readonly dimension: string;
  /** The space of requests in which it came up. */
  readonly space?: object;

  constructor(dimension = '', space?: object) {
    super(`the conditions on ${dimension || 'one value'} are too many to compare exactly`);
    this.name = 'TooWide';
    this.dimension = dimension;
    if (space) this.space = space;
  }
}

/** Counts down. `blame` names the dimension when there is nothing left. */
export class Budget {
  #left: number;
  readonly #blame: () => string;

  constructor(limit: number, blame: () => string = () => '') {
    this.#left = limit;
    this.#blame = blame;
  }

  /** What is left; below 0 when it is spent. */
  get left(): number {
    return this.#left;
  }

  get isSpent(): boolean {
    return this.#left < 0;
  }

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooWide(this.#blame());
  }
}

/** Names the dimension, and the space, where the work itself does not know for which it is done. */
export function blaming<T>(dimension: string, work: () => T, space?: object): T {
  try {
    return work();
  } catch (error) {
    throw blamed(error, dimension, space);
  }
}

export function blamed(error: unknown, dimension: string, space?: object): unknown {
  return error instanceof TooWide ? new TooWide(error.dimension || dimension, error.space ?? space) : error;
}
