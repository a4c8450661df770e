// Manifests are read as Kubernetes reads them. What each word means is what `kubectl label --local -o json` makes of it.
import t from 'tap';
import { DiagnosticSink, parseManifest } from '../index.ts';

function read(text: string) {
  const sink = new DiagnosticSink();
  const values = parseManifest({ path: 'm.yaml', text }, sink.report)?.map(({ value }) => value);
  return {
    values,
    found: sink.toSorted().map(({ code, span }) => `${code} ${span?.start.line}:${span?.start.column}`),
  };
}

t.test('words without quotes', async (t) => {
  const words: Record<string, unknown> = {
    '12:30:45': '12:30:45',
    '2024-01-01': '2024-01-01',
    '2001-12-14t21:59:43Z': '2001-12-14t21:59:43Z',
    '190:20:30.15': '190:20:30.15',
    '0o14': 12,
    '0o8': '0o8',
    '0400': 256,
    '0777': 511,
    '08': 8,
    '09': 9,
    '0b11': 3,
    '0B11': 3,
    '-0b1': -1,
    '0x1F': 31,
    '0X1f': 31,
    '0x_F': 15,
    '1_000': 1000,
    '1__0': 10,
    _1: '_1',
    '+1': 1,
    '-9223372036854775808': -(2n ** 63n),
    '12345678901234567890': 12345678901234567890n,
    '1.': 1,
    '.5': 0.5,
    '.': '.',
    '.a': '.a',
    '1e3': 1000,
    '12e03': 12000,
    '1.5e+3': 1500,
    '5e': '5e',
    '1e400': '1e400',
    '0.0.1': '0.0.1',
    '=': '=',
    Infinity: 'Infinity',
    y: true,
    On: true,
    N: false,
    off: false,
    oN: 'oN',
    '~': null,
    NULL: null,
    '!!str 5': '5',
    '!!int "7"': 7,
    '!!binary aGk=': 'hi',
    '!foo 5': '5',
    '"yes"': 'yes',
    "'0400'": '0400',
  };
  for (const [word, value] of Object.entries(words)) {
    t.strictSame(read(`v: ${word}\n`).values, [{ v: value }], word);
    t.strictSame(read(`{ v: ${word} }\n`).values, [{ v: value }], `${word} within brackets`);
  }
  t.strictSame(read('on: 1\n0400: 2\n"on": 3\n').values, [{ true: 1, 256: 2, on: 3 }], 'keys');
});

t.test('merge keys, aliases, and several documents', async (t) => {
  const merged = read('x: &x {a: "1", b: "2"}\nd: {a: "9", <<: *x}\ne: {<<: *x, a: "9"}\nf: {<<: [{a: 1}, *x]}\n')
    .values?.[0];
  t.match(merged, { d: { a: '1', b: '2' }, e: { a: '9', b: '2' }, f: { a: 1, b: '2' } }, 'the later wins');
  t.strictSame(read('%YAML 1.1\n---\na: yes\n---\n# nothing\n---\nnull\n').values, [{ a: true }, null, null]);
  t.strictSame(read('{"a": "yes"}\n{\n\t"b": 0.5\n}\n').values, [{ a: 'yes' }, { b: 0.5 }], 'a stream of JSON');
  t.strictSame(read('{a: 0400}\n').values, [{ a: 256 }], 'begins like JSON');
  t.same(read('["a"]').values, [['a']]);
});

t.test('what cannot be read is refused as in intent', async (t) => {
  const rows: Record<string, readonly string[]> = {
    'a: 1\nb: {{ .Values.x }}\n': ['FL0120 2:4'],
    '{{- if .x }}\na: 1\n{{- end }}\n': ['FL0120 1:1'],
    '<<<<<<< a\na: 1\n=======\na: 2\n>>>>>>> b\n': ['FL0119 1:1'],
    'a:\n\tb: 1\n': ['FL0118 2:1'],
    'a: 1\na: 2\n': ['FL0102 2:1'],
    'a: *x\n': ['FL0101 1:4'],
    'a: {<<: 1}\n': ['FL0101 1:9'],
    '%YAML 1.2\n---\na: 1\n': ['FL0101 1:1'],
    'a text\n': ['FL0101 1:1'],
    'a: [b': ['FL0101 1:6'],
    '{"a": 1, "a": 2}': ['FL0102 1:10'],
  };
  for (const [text, found] of Object.entries(rows)) t.strictSame(read(text), { values: undefined, found }, text);
  const bomb = [
    'a0: &a0 [1,1,1,1,1,1,1,1,1,1]',
    ...[1, 2, 3, 4, 5, 6, 7, 8].map(
      (i) =>
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
    ),
  ];
  t.match(read(bomb.join('\n')), { values: undefined, found: [/FL0103/] });
});
