// A line of JSON is read by a reader of its own; a line break after it makes it YAML again. Both must give the same.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { type DocumentPath, parseFile } from '../syntax/index.ts';

function read(text: string): unknown {
  const said: unknown[] = [];
  const documents = parseFile({ path: 'a.yaml', text }, (code, { message, span }) =>
    said.push({ code, message, span }),
  );
  const described = documents.map(({ value, header, span, isBroken, locate }) => {
    const places = pathsOf(value).map((path) => [path, locate(path), locate(path, { key: true })]);
    return { value, header, span, isBroken, places };
  });
  return { described, said };
}

function pathsOf(value: unknown, at: DocumentPath = []): DocumentPath[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [
    at,
    ...Object.entries(value).flatMap(([key, inner]) =>
      pathsOf(inner, [...at, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

t.test('the same values at the same places as the YAML parser', async () => {
  const objects = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'binary' }));
  fc.assert(
    fc.property(objects, (object) => {
      const text = JSON.stringify(object);
      deepStrictEqual(read(text), read(`${text}\n`));
    }),
    { numRuns: 200 },
  );
});

t.test('what is not JSON, or not an object in one line, is read as before', async (t) => {
  const texts = [
    '{}',
    '{ }',
    '{"a": 1 , "b" :[ ] }',
    '{"a":1,}',
    '{"a":1} x',
    '{"a":1}}',
    '{"a" 1}',
    '{"a":01}',
    '{"a":+1}',
    '{"a":1e400}',
    '{"a":-0}',
    '{"a":.5}',
    '{"a":yes}',
    '{a: 1}',
    "{'a': 1}",
    '{"a":"\\q"}',
    '{"a":"\t"}',
    '{"a":"\\\\"}',
    '{"a":"\\ud800"}',
    '{"a":1,"a":2}',
    '{"<<":{"b":1}}',
    '{"__proto__":{"b":1}}',
    '{"a":*b}',
    '{"a":[1,,2]}',
    '{"a"}',
    '{"a":12345678901234567890}',
    '[{"a":1}]',
    '{"a":"\u2028\u0085\ufeff"}',
    '\ufeff{"a":1}',
    '{"a": "b"}  ',
    `{"a":${'['.repeat(70)}${']'.repeat(70)}}`,
  ];
  for (const text of texts) t.strictSame(read(text), read(`${text}\n`), encodeURIComponent(text));
});
