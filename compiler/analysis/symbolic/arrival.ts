// Whether a route forwards any request that, as its proxy sends it on, a clause is for. For checks: exact, or "it may be".
import { type Clause, isAboutRequest, type RequestCondition, type Rewrite } from '../../model/index.ts';
import { TooWide } from '../automata/budget.ts';
import { words } from '../automata/language.ts';
import { sharingPatterns } from '../automata/regex-language.ts';
import { pathChanges, type PathChanges } from '../concrete/rewrite.ts';
import { asSent } from '../fields/header-source.ts';
import { matchLanguage } from '../fields/match-language.ts';
import { pathDimension } from '../fields/path.ts';
import { choose, toFate } from './choice.ts';
import { preimageOf } from './path-preimage.ts';
import { type PathPreimage, requestPredicate } from './predicate.ts';
import { all, any, isIn, not, type Predicate } from './predicate-terms.ts';
import { RequestSpace } from './request-space.ts';

export interface Passage {
  /** What the route takes. */
  readonly match: Clause;
  /** What routes before it have taken. */
  readonly taken: readonly Clause[];
  readonly rewrite?: Rewrite;
}

/**
 * Compares methods, paths and queries. Of headers, that routes edit and proxies drop, and of who calls, nothing is asked of what arrives,
 * and a route that looks at who calls has taken nothing for certain.
 */
export function mayPass({ match, taken, rewrite }: Passage, wanted: Clause): boolean {
  const asked = arrivingConditions(wanted);
  try {
    return sharingPatterns(() => {
      const received = pathChanges(rewrite, match).map((changes) => all(asked.map(askedAfter(changes))));
      const before = takenForCertain(taken).map(holds);
      return isPossible(all([holds(match.all.filter(isAboutRequest)), any(received), not(any(before))]));
    });
  } catch (error) {
    if (error instanceof TooWide) return true;
    throw error;
  }
}

/** What is asked of requests that arrive: of headers nothing. */
export function arrivingConditions(wanted: Clause): readonly RequestCondition[] {
  return wanted.all.filter(isAboutRequest).filter(({ kind }) => kind !== 'header');
}

/** The conditions of each clause that has nothing to do with who calls. */
export function takenForCertain(taken: readonly Clause[]): readonly (readonly RequestCondition[])[] {
  return taken.map(({ all }) => all).filter((conditions) => conditions.every(isAboutRequest));
}

function holds(conditions: readonly RequestCondition[]): Predicate {
  return all(conditions.map((condition) => requestPredicate(condition, asItIs)));
}

const asItIs = { path: preimageOf({ kind: 'keep' }), headers: asSent };

/** What is asked of a request after one of the changes that a route makes to its path. */
function askedAfter({ match, change, bare }: PathChanges): (condition: RequestCondition) => Predicate {
  const inMatch = isIn(pathDimension, matchLanguage(match));
  const isBare = bare && isIn(pathDimension, words(bare.path));
  const path: PathPreimage = (received) => {
    const below = preimageOf(change)(received);
    if (!bare || !isBare) return all([inMatch, below]);
    return all([inMatch, any([all([isBare, preimageOf(bare.change)(received)]), all([not(isBare), below])])]);
  };
  return (condition) => requestPredicate(condition, { path, headers: asSent });
}

function isPossible(when: Predicate): boolean {
  const passed = choose(when, toFate({ outcome: 'allowed', shares: [] }), toFate({ outcome: 'denied', shares: [] }));
  const space = new RequestSpace([passed]);
  const node = space.compile(passed);
  return space.cubes(node, (end) => space.fate(end).outcome === 'allowed').next().done !== true;
}
