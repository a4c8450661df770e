// Whether a pattern matches anything of a language, without writing its own language out: cheap enough to ask of every pattern there is.
import { compileRegex, textOf } from '../../model/index.ts';
import { partsWithin } from './atoms.ts';
import { Budget, limits, TooWide } from './budget.ts';
import type { Language } from './language.ts';
import { regexAutomaton } from './regex-language.ts';
import { findWord } from './search.ts';

type Match = { readonly text: string } | 'unknown' | undefined;

/** By language, then by pattern: base and head of a change ask the same of most. */
const known = new WeakMap<Language, Map<string, Match>>();
const knownLimit = 2000;

/** Some shortest text of the language that the pattern matches, undefined where there is none; `unknown` where it costs too much to say. */
export function someMatch(pattern: string, within: Language): Match {
  const found = known.get(within) ?? new Map<string, Match>();
  known.set(within, found);
  if (found.has(pattern)) return found.get(pattern);
  if (found.size >= knownLimit) found.clear();
  const made = searchMatch(pattern, within);
  found.set(pattern, made);
  return made;
}

/** Some shortest text of the language that the pattern does not match, undefined where there is none, or where it costs too much to say. */
export function someOther(pattern: string, within: Language): string | undefined {
  try {
    const nfa = regexAutomaton(pattern, new Budget(limits.patternSteps));
    const parts = [...(nfa ? [{ kind: 'none', nfa } as const] : []), partsWithin(within)];
    const word = findWord(parts, 'shortest', new Budget(limits.patternSteps));
    return word === undefined ? undefined : textOf(word);
  } catch (error) {
    if (error instanceof TooWide) return undefined;
    throw error;
  }
}

function searchMatch(pattern: string, within: Language): Match {
  if ((compileRegex(pattern)?.program.numInst() ?? 0) > limits.patternInstructions) return 'unknown';
  try {
    const nfa = regexAutomaton(pattern, new Budget(limits.patternSteps));
    if (!nfa) return undefined;
    const word = findWord([{ kind: 'some', nfa }, partsWithin(within)], 'shortest', new Budget(limits.patternSteps));
    return word === undefined ? undefined : { text: textOf(word) };
  } catch (error) {
    if (error instanceof TooWide) return 'unknown';
    throw error;
  }
}
