// Whether a pattern matches anything of a language, without writing its own language out: cheap enough to ask of every pattern there is.
import { compileRegex } from '../../model/index.ts';
import { partsWithin } from './atoms.ts';
import { Budget, limits, TooWide } from './budget.ts';
import type { Language } from './language.ts';
import { regexAutomaton } from './regex-language.ts';
import { findWord } from './search.ts';

interface SearchOptions {
  /** Whether the texts of the language have bytes above 0x7f, which Delete stands for. */
  readonly hasHighBytes?: boolean;
}

type Match = { readonly text: string } | 'unknown' | undefined;

/** By language, then by pattern: base and head of a change ask the same of most. */
const known = new WeakMap<Language, Map<string, Match>>();
const knownLimit = 2000;

/** Some shortest text of the language that the pattern matches, undefined where there is none; `unknown` where it costs too much to say. */
export function someMatch(pattern: string, within: Language, { hasHighBytes = false }: SearchOptions = {}): Match {
  const found = known.get(within) ?? new Map<string, Match>();
  known.set(within, found);
  const key = `${hasHighBytes} ${pattern}`;
  if (found.has(key)) return found.get(key);
  if (found.size >= knownLimit) found.clear();
  const made = searchMatch(pattern, within, hasHighBytes);
  found.set(key, made);
  return made;
}

/** Some shortest text of the language that the pattern does not match, undefined where there is none, or where it costs too much to say. */
export function someOther(pattern: string, within: Language): string | undefined {
  try {
    const nfa = regexAutomaton(pattern, { budget: new Budget(limits.patternSteps) });
    const parts = [...(nfa ? [{ kind: 'none', nfa } as const] : []), partsWithin(within)];
    return findWord(parts, 'shortest', new Budget(limits.patternSteps));
  } catch (error) {
    if (error instanceof TooWide) return undefined;
    throw error;
  }
}

function searchMatch(pattern: string, within: Language, hasHighBytes: boolean): Match {
  if ((compileRegex(pattern)?.program.numInst() ?? 0) > limits.patternInstructions) return 'unknown';
  try {
    const nfa = regexAutomaton(pattern, { budget: new Budget(limits.patternSteps), hasHighBytes });
    if (!nfa) return undefined;
    const text = findWord([{ kind: 'some', nfa }, partsWithin(within)], 'shortest', new Budget(limits.patternSteps));
    return text === undefined ? undefined : { text };
  } catch (error) {
    if (error instanceof TooWide) return 'unknown';
    throw error;
  }
}
