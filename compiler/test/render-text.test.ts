// C9: what a person reads: underlines below what they mean, durations as intent writes them, nothing received where nothing is.
import t from 'tap';
import { explainRequest, renderExplanationText } from '../analysis/index.ts';
import { renderText } from '../diagnostics/index.ts';
import { formatDuration } from '../model/index.ts';
import { compile } from '../pipeline.ts';

/** The columns of a terminal that each mark covers, counted with a table of its own. */
const columns: Readonly<Record<string, number>> = { 鞋: 2, '👟': 2, ｆ: 2, é: 1, '\u0301': 0, '\u200d': 0 };
const columnsOf = (text: string) => [...text].reduce((sum, c) => sum + (columns[c] ?? 1), 0);

t.test('underlines stand below what they mean', async (t) => {
  const befores = ['', '\t', '鞋', '"👟": ', '鞋子：'.slice(0, 1), 'e\u0301 ', 'ｆ\t鞋 '];
  for (const before of befores) {
    for (const marked of ['x', '鞋鞋', '👟', 'a👟é', 'e\u0301e']) {
      const text = `${before}${marked} after`;
      const start = { line: 1, column: before.length + 1 };
      const span = { file: 'a.yaml', start, end: { line: 1, column: start.column + marked.length } };
      const found = { code: 'FL0204', severity: 'error', message: 'm', span, related: [] } as const;
      const line =
        renderText([found], { lookup: () => text })
          .split('\n')
          .at(-2) ?? '';
      const [, blanks = '', signs = ''] = /^ *\| ( *)(\^+)$/.exec(line) ?? [];
      t.equal(blanks.length, columnsOf(before), `blanks before ${JSON.stringify(text)}`);
      t.equal(signs.length, columnsOf(marked), `signs below ${JSON.stringify(marked)}`);
    }
  }
});

t.test('a long line is not cut in the midst of a character', async (t) => {
  const text = `${'👟'.repeat(100)}x`;
  const span = { file: 'a.yaml', start: { line: 1, column: 201 }, end: { line: 1, column: 202 } };
  for (const end of ['', ' ', '  ']) {
    const out = renderText([{ code: 'FL0204', severity: 'error', message: 'm', span, related: [] }], {
      lookup: () => `${text}${end}`,
    });
    t.ok(out.isWellFormed());
  }
});

t.test('durations', async (t) => {
  const said = [0, 1, 250, 1000, 1500, 15_000, 60_000, 90_000, 3_600_000].map(formatDuration);
  t.same(said, ['0s', '1ms', '250ms', '1s', '1500ms', '15s', '1m', '90s', '1h']);
});

t.test('an explanation', async (t) => {
  const service = (name: string, spec: string) =>
    `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop }\nspec: { ports: [{ port: 80 }], ${spec} }\n`;
  const text = [
    service('user', 'uses: [open, shut]'),
    service('open', 'routes: [{ timeout: 15s }]'),
    service('shut', 'routes: [{ timeout: 15s }], access: { allow: [{ methods: [PUT] }] }'),
  ].join('---\n');
  const { mesh } = compile({ label: 't', files: [{ path: 'a.yaml', text }], diagnostics: [] });
  if (!mesh) throw new Error('no mesh');
  const explained = (host: string) =>
    renderExplanationText(
      explainRequest(mesh, {
        from: 'shop/user',
        request: { method: 'GET', scheme: 'http', host, port: 80, path: '/', headers: {} },
      }),
    );
  t.match(explained('open'), /the service receives \/[\s\S]*timeout 15s\n/);
  const denied = explained('shut');
  t.match(denied, /denied \(403\)/);
  t.notMatch(denied, /receives|timeout|retries on/);
});
