// String matches as patterns: what they are put together with must not change them.
import t from 'tap';
import {
  alternativesOf,
  closedRegex,
  compileRegex,
  matchesString,
  regexOf,
  regexProblem,
  type StringMatch,
} from '../model/index.ts';

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

t.test('the alternatives of a pattern', async (t) => {
  const table: Readonly<Record<string, readonly (readonly [text: string, alone: string])[]>> = {
    a: [],
    'a|b': [
      ['a', 'a'],
      ['b', 'b'],
    ],
    '(?i)a|b': [
      ['a', '(?i)a'],
      ['b', '(?i)b'],
    ],
    'a|(?i)b': [],
    'a|(?i:b)': [
      ['a', 'a'],
      ['(?i:b)', '(?i:b)'],
    ],
    '/(x||y)z': [
      ['x', '/(x)z'],
      ['', '/()z'],
      ['y', '/(y)z'],
    ],
    '/(?P<n>x|[|)]|\\||\\Q|(\\E)z': [
      ['x', '/(?P<n>x)z'],
      ['[|)]', '/(?P<n>[|)])z'],
      ['\\|', '/(?P<n>\\|)z'],
      ['\\Q|(\\E', '/(?P<n>\\Q|(\\E)z'],
    ],
    '(a|(?:b|c))': [
      ['b', '((?:b))'],
      ['c', '((?:c))'],
      ['a', '(a)'],
      ['(?:b|c)', '((?:b|c))'],
    ],
  };
  for (const [pattern, expected] of Object.entries(table)) {
    t.strictSame(
      alternativesOf(pattern).map((one) => [one.text, one.with(one.text)]),
      expected,
      pattern,
    );
  }
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

t.test('A5, A6: patterns are over bytes, and no larger than proxies take', async (t) => {
  const refused: Record<string, RegExp> = {
    '\\x{10FFFF}': /\\x\{10FFFF\} is not a byte/,
    '\\x{100}': /is not a byte/,
    '(?<=a)b': /look-behind|invalid/,
    '(?=a)': /invalid/,
    'a**': /invalid/,
    // Found among bytes, and said in characters.
    '\\é': /invalid escape sequence: `\\é`$/,
    '[é-a]': /range: `é-a`$/,
    'x(日': /missing closing \): `x\(日`$/,
    '(a{100}){11}': /invalid repeat count/,
    [`${'\\pL{1000}'.repeat(5)}`]: /comes to \d+ instructions, and proxies take up to 32768/,
  };
  for (const [pattern, problem] of Object.entries(refused)) t.match(regexProblem(pattern), problem, pattern);
  for (const pattern of ['\\Q\\x{100}\\E', '\\\\x{100}', '\\x{ff}', '\\pL{1000}', 'x{1000}', '.{1000}']) {
    t.equal(regexProblem(pattern), undefined, pattern);
  }
  const on = (pattern: string, value: string) => matchesString({ type: 'regex', value: pattern }, value);
  // As Envoy 1.40 decides.
  t.strictSame(
    [on('.', 'é'), on('..', 'é'), on('é', 'é'), on('[é]', 'é'), on('[é]+', 'éé')],
    [false, true, true, false, true],
  );
  t.strictSame(
    [on('\\xc3\\xa9', 'é'), on('\\pL', 'é'), on('\\W+', 'é'), on('[^a]{2}', 'é')],
    [true, false, true, true],
  );
});
