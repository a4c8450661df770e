// Several languages as few: one for all where that can be written out as a table.
import { limits } from '../automata/budget.ts';
import { shortKey } from '../automata/canonical.ts';
import { empty, type Language, TableLanguage } from '../automata/language.ts';
import { onlyWord } from '../automata/table-parts.ts';
import { tablesOfWords } from '../automata/word-tables.ts';

/** Of one list the same each time, and of two lists of the same languages. */
const ofList = new WeakMap<readonly Language[], readonly Language[]>();
const ofKeys = new Map<string, readonly Language[]>();
const keysLimit = 100;

/** Together they hold what the languages of the list do. */
export function joined(list: readonly Language[]): readonly Language[] {
  const known = ofList.get(list);
  if (known) return known;
  const distinct = new Map(list.map((language) => [language.key, language]));
  const key = shortKey('', [...distinct.keys()].sort().join(' '));
  const found = ofKeys.get(key) ?? join([...distinct.values()]);
  if (ofKeys.size >= keysLimit) ofKeys.clear();
  ofKeys.set(key, found);
  ofList.set(list, found);
  return found;
}

/** Words all at once, the others in pairs. */
function join(distinct: readonly Language[]): readonly Language[] {
  const tables = distinct.filter((language) => language instanceof TableLanguage && language.key !== empty.key);
  const words = new Map(tables.map((language) => [language, onlyWord(language as TableLanguage)]));
  const written = tablesOfWords(
    [...words.values()].filter((word) => word !== undefined),
    limits.languageStates,
  );
  const others = tables.filter((language) => words.get(language) === undefined);
  return [
    ...distinct.filter((language) => !(language instanceof TableLanguage)),
    ...joinPairs([...others, ...written.map((table) => new TableLanguage(table))]),
  ];
}

/** The pairs in pairs, and so on; a pair that would be too large stays two. */
function joinPairs(tables: readonly Language[]): readonly Language[] {
  const done: Language[] = [];
  let left = tables;
  while (left.length > 1) {
    const next: Language[] = [];
    for (let i = 0; i < left.length; i += 2) {
      const [a, b] = left.slice(i, i + 2);
      const both = a && b ? a.or(b) : a;
      if (both instanceof TableLanguage) next.push(both);
      else if (a && b) done.push(a, b);
    }
    left = next;
  }
  return [...done, ...left];
}
