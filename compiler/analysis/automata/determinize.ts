// A deterministic automaton out of a nondeterministic one, or word that it would be too large or too much work.
import { type Budget, limits } from './budget.ts';
import type { Nfa } from './nfa.ts';

/** State 0 is the start. */
export interface Deterministic {
  /** By `state * classes + class`; -1 where no accepted word goes on. */
  readonly next: ArrayLike<number>;
  readonly accepting: ArrayLike<number>;
}

/**
 * Undefined where there are too many states, or too many transitions of the nondeterministic automaton have to be followed: where its
 * states are many at once, few steps cost much. `budget` is charged with them.
 */
export function determinize(nfa: Nfa, budget?: Budget): Deterministic | undefined {
  const { classes } = nfa;
  const subsets: (readonly number[])[] = [];
  const known = new Map<string, number>();
  const next: number[] = [];
  const numberOf = (subset: readonly number[]) => {
    const key = subset.join();
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, subsets.length);
    return subsets.push(subset) - 1;
  };
  numberOf(sorted(new Set(nfa.starts)));
  let left = limits.languageSteps as number;
  const reachedBy = (subset: readonly number[], id: number) => {
    const reached = new Set<number>();
    for (const member of subset) {
      const targets = nfa.next[member * classes + id] ?? [];
      left -= 1 + targets.length;
      for (const target of targets) reached.add(target);
    }
    return sorted(reached);
  };
  for (let state = 0; state < subsets.length && left >= 0 && subsets.length <= limits.languageStates; state++) {
    for (let id = 0; id < classes && left >= 0; id++) {
      const reached = reachedBy(subsets[state] ?? [], id);
      next.push(reached.length === 0 ? -1 : numberOf(reached));
    }
  }
  budget?.spend(limits.languageSteps - left);
  if (left < 0 || subsets.length > limits.languageStates) return undefined;
  return { next, accepting: subsets.map((subset) => (subset.some((member) => nfa.accepting[member] === 1) ? 1 : 0)) };
}

function sorted(states: ReadonlySet<number>): number[] {
  return [...states].sort((a, b) => a - b);
}
