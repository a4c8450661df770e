// String matches as patterns: what they are put together with must not change them.
import t from 'tap';
import { closedRegex, compileRegex, matchesString, regexOf, type StringMatch } from '../model/index.ts';

t.test('a quotation that is left open is closed, and no other', async (t) => {
  const table = {
    a: 'a',
    '\\Qa': '\\Qa\\E',
    '\\Qa\\E': '\\Qa\\E',
    '\\Qa\\Eb\\Qc': '\\Qa\\Eb\\Qc\\E',
    '\\\\Qa': '\\\\Qa',
    '\\Qa\\\\E': '\\Qa\\\\E',
    '\\Qa\\': '\\Qa\\\\E',
  };
  for (const [pattern, closed] of Object.entries(table)) t.equal(closedRegex(pattern), closed, pattern);
});

t.test('a pattern matches what its match does, alone and beside another', async (t) => {
  const matches: readonly StringMatch[] = [
    ...['a', 'a.b', '|', '\\Q', ''].flatMap((value) => [
      { type: 'exact', value } as const,
      { type: 'prefix', value } as const,
      { type: 'suffix', value } as const,
    ]),
    ...['\\Qa|', '\\Qa\\', '\\Qa\\E|b', 'a|b', '(?i)A'].map((value) => ({ type: 'regex', value }) as const),
    { type: 'present' },
  ];
  const values = ['', 'a', 'A', 'b', 'a|', '|', 'a\\', '\\Q', 'a.b', 'axb', 'xa', 'ax', '#'];
  for (const match of matches) {
    const [alone, beside] = [regexOf(match), `(?:${regexOf(match)})|#`].map(compileRegex);
    for (const value of values) {
      const text = `${match.type} ${'value' in match ? match.value : ''} on ${value}`;
      t.equal(alone?.matches(value), matchesString(match, value), text);
      t.equal(beside?.matches(value), value === '#' || matchesString(match, value), `${text}, beside`);
    }
  }
});
