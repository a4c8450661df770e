// As many findings as a file can give: counted, not listed, and never more than the stack can hold.
import t from 'tap';
import { type Diagnostic, DiagnosticSink, limitPerFile, renderText } from '../diagnostics/index.ts';
import { compile } from '../pipeline.ts';
import { loadStream } from '../source/index.ts';

/** Enough for thousands of findings; files of 1 MiB are a matter of time, not of kind. */
const size = 60_000;
const head = 'apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: a, namespace: b }\nspec:\n';
const filled = (start: string, line: (i: number) => string) => {
  let text = start;
  for (let i = 0; text.length < size; i++) text += line(i);
  return text;
};

/** Each with a finding a line, and where the first stands. */
const files: Readonly<Record<string, readonly [text: string, code: string, line: number]>> = {
  'one key': [filled('', () => 'a: b\n'), 'FL0102', 2],
  'one key, in flow': [`{${filled('', () => 'a,')}}`, 'FL0102', 1],
  'documents that are nothing': [filled('', () => '---\na\n'), 'FL0201', 2],
  'keys that are lists': [filled('', () => '? []\n---\n'), 'FL0101', 1],
  'entries of a wrong type': [filled(`${head}  ports:\n`, () => '  - x\n'), 'FL0205', 6],
  'unknown fields': [filled(`${head}  ports: [{ port: 80 }]\n`, (i) => `  f${i}: 1\n`), 'FL0204', 6],
  'services of one name': [filled('', () => `---\n${head}  ports: [{ port: 80 }]\n`), 'FL0301', 10],
};

t.test('a file full of findings', (t) => {
  for (const [name, [text, code, line]] of Object.entries(files)) {
    const path = 'a.yaml';
    const { mesh, diagnostics } = compile({ label: 't', files: [{ path, text }], diagnostics: [] });
    const [first] = diagnostics;
    t.match(first, { code, span: { start: { line } } }, name);
    t.equal(mesh, undefined, `${name}: no mesh`);
    const notes = diagnostics.filter(({ code }) => code === 'FL0124');
    t.match(notes, [{ severity: 'info', message: /^\d+ more errors in "a\.yaml" are not listed$/ }], name);
    t.equal(diagnostics.length, 201, name);
    t.match(renderText(diagnostics, { lookup: () => text }), `a.yaml:${line}:`);
  }
  t.end();
});

t.test('what is left out is the last, and warnings before errors', (t) => {
  const at = (severity: Diagnostic['severity'], line: number): Diagnostic => ({
    code: 'FL0101',
    severity,
    message: 'x',
    related: [],
    span: { file: 'a', start: { line, column: 1 }, end: { line, column: 2 } },
  });
  const many = Array.from({ length: 201 }, (_, i) => at(i < 5 ? 'warning' : 'error', i + 1));
  const found = limitPerFile(many);
  t.same(
    found.filter(({ severity }) => severity === 'error'),
    many.slice(5),
  );
  t.match(
    found.find(({ code }) => code === 'FL0124'),
    { message: '1 more warning in "a" is not listed', span: { start: { line: 5 } } },
  );
  t.equal(limitPerFile(many.slice(1)).length, 200, 'none is left out of 200');
  const again = limitPerFile(
    [...found, ...many.slice(0, 5)].toSorted((a, b) => (a.span?.start.line ?? 0) - (b.span?.start.line ?? 0)),
  );
  t.equal(again.length, 202, 'what is found later counts too, and the first note stays');
  t.end();
});

t.test('a sink takes any number', (t) => {
  const one: Diagnostic = { code: 'FL0101', severity: 'error', message: 'x', related: [] };
  const sink = new DiagnosticSink();
  sink.add(new Array(500_000).fill(one));
  t.equal(sink.toSorted().length, 1);
  t.end();
});

t.test('a stream has limits as files have', (t) => {
  const limits = { fileBytes: 100, streamBytes: 250, totalBytes: 1000, files: 10, depth: 3, looksBeside: true };
  const load = (text: string) => loadStream('-', 'stdin.yaml', Buffer.from(text), limits);
  const document = `---\na: ${'é'.repeat(40)}\n`;
  t.match(load(document.repeat(2)), { files: [{ path: 'stdin.yaml' }], diagnostics: [] });
  t.match(load(document.repeat(3)), {
    files: [],
    diagnostics: [{ code: 'FL0110', message: 'standard input is more than 250 bytes, the most that is read of it' }],
  });
  t.match(load(`${document}---\na: ${'é'.repeat(60)}\n`), {
    files: [],
    diagnostics: [
      { code: 'FL0110', message: /is 128 bytes; a document may have 100 bytes/, span: { start: { line: 3 } } },
    ],
  });
  t.end();
});
