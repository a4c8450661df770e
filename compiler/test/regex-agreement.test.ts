// A5: which regular expressions `check` takes, and which real Envoy takes: all named classes that our parser knows, and odd forms.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import t from 'tap';
import { regexProblem } from '../model/index.ts';
import { skipWithoutEnvoy } from './support/envoy.ts';
import { refusedByEnvoy } from './support/envoy-regexes.ts';

/** As the source of our parser lists them, so that a newer version of it cannot bring in a class unseen. */
function knownClasses(): readonly string[] {
  const source = readFileSync(createRequire(import.meta.url).resolve('re2js'), 'utf8');
  return [...source.matchAll(/^\s+(\w+): \(\) => new UnicodeRangeTable/gm)].map(([, name = '']) => name);
}

const others = [
  'Any',
  'Ascii',
  'ASCII',
  'Assigned',
  'Lc',
  'any',
  'latin',
  'Letter',
  'Script=Latin',
  'Zzzz',
  '',
  '^',
  'l',
];
const classes = [...knownClasses(), ...others].flatMap((name) => [`\\p{${name}}`, `\\p{^${name}}`, `[\\P{${name}}a]`]);

const repeated = (open: string, times: number) => `${open.repeat(times)}a${')'.repeat(times)}`;
const odd = [
  ...[
    '(?P<n>a)(?P<n>b)',
    '(?<n>a)(?P<n>b)(?<m>c)',
    '[(?<n>](?<n>a)',
    '(?P<n.a>x)',
    '(?P<>x)',
    '(?<=a)b',
    '(?=a)',
    '(?!a)',
  ],
  ...[
    '(?i)k',
    '(?x)a',
    '(?U)a',
    '(?-i)a',
    '(?ii)a',
    '(?i-)',
    '(?#c)a',
    '(?>a)',
    '(?P=n)',
    '(?|a)',
    '(?R)',
    '(?i',
    '(?',
  ],
  ...[
    'a**',
    'a+*',
    'a??',
    'a???',
    'a{2}{3}',
    '(a*)*',
    '(?:a{2}){3}',
    'a{,5}',
    'a{5,2}',
    'a{',
    '{',
    '}',
    '{1}',
    '*',
    '|*',
  ],
  ...['a{1000}', 'a{1001}', '(a{10}){100}', '(a{10}){101}', '((a{10}){10}){11}', '(){1000}', '(?:){5000}', 'a{0}'],
  ...[
    '\\1',
    '\\8',
    '\\01',
    '\\0',
    '\\08',
    '\\10',
    '\\123',
    '\\377',
    '\\400',
    '\\777',
    '[\\400]',
    '\\0777',
    '\\Q\\400\\E',
  ],
  ...['\\x', '\\x1', '\\xg', '\\x{', '\\x{}', '\\x{0ff}', '\\x{100}', '[\\x{100}]', '\\\\x{100}', '\\Q\\x{100}\\E'],
  ...[
    '\\z',
    '\\Z',
    '\\A',
    '\\G',
    '\\b',
    '\\B',
    '\\E',
    'a\\',
    '\\Qa\\E*',
    '\\Q\\E*',
    '\\h',
    '\\R',
    '\\K',
    '\\v',
    '\\a',
    '\\y',
  ],
  ...['\\_', '\\/', '\\é', 'é*', '\\pL', '\\pl', '\\p', '\\pé', '\\p{L', '\\Q\\p{Cn}\\E', '\\\\p{Cn}', '[\\p{Cn}]'],
  ...['[a', '[]', '[]a]', '[^]', '[a-b-c]', '[b-a]', '[a-\\d]', '[\\d-z]', '[[:word:]]', '[[:foo:]]', '[\\Q]', '[\\b]'],
  ...['^*', '\\b+', '(^)*', '()', '(|)', 'a||b', '(', ')', '\n', '\u{1F600}*', '[\u{1F600}]'],
  ...[repeated('(', 100), repeated('(', 500), repeated('(?:', 300)],
  ...[
    '(?:\\pL{10}){50}',
    '(?:\\pL{10}){100}',
    '\\pL{1000}',
    '\\PL{1000}',
    '[^a]{1000}',
    '(?i)é{1000}',
    '(\\w+\\s?){900}',
  ],
];

const drawn = fc.sample(
  fc
    .array(
      fc.constantFrom(
        ...[
          'a',
          '(',
          ')',
          '(?:',
          '(?<n>',
          '[',
          ']',
          '[^',
          '-',
          '{2}',
          '{2,}',
          '*',
          '+',
          '?',
          '|',
          '^',
          '$',
          '.',
          '\\',
          'é',
        ],
        ...[
          '\\Q',
          '\\E',
          '\\p{L}',
          '\\p{^Cn}',
          '\\pN',
          '\\x{7f}',
          '\\x{100}',
          '\\400',
          '\\d',
          '\\b',
          '[:alpha:]',
          '(?i)',
          ':',
          '7',
        ],
      ),
      { minLength: 2, maxLength: 9 },
    )
    .map((pieces) => pieces.join('')),
  { numRuns: 3000, seed: 31 },
);

/** Istio's validation refuses it, so that no target may have it. */
const refusedByIstio = new Set(['\\C', '\\C+']);

t.setTimeout(180_000);

t.test('what check takes, Envoy takes, and the other way round', { skip: skipWithoutEnvoy }, async (t) => {
  t.ok(classes.length > 500);
  const all = [...new Set([...classes, ...odd, ...drawn, ...refusedByIstio])];
  const refused = new Set(await refusedByEnvoy(all));
  const unlike = all.filter((one) => refused.has(one) !== (regexProblem(one) !== undefined));
  t.strictSame(unlike, [...refusedByIstio]);
});
