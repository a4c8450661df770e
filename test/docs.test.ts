// What the documentation shows is true: its intent compiles and passes its own tests, its commands exist, its links lead somewhere.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { buildProgram } from '../cli/program.ts';
import { compile, emitIstio, renderDefaults, renderText, runTests } from '../compiler/index.ts';
import { compareGolden } from '../compiler/test/support/golden.ts';
import { checkPolicies } from '../policies/index.ts';
import { quietIo } from './support/cli.ts';

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...globSync('docs/*.md', { cwd: root }),
  ...globSync('{examples,policies}/*/README.md', { cwd: root }),
  'policies/README.md',
];
const read = (page: string) => readFileSync(join(root, page), 'utf8');

t.test('the language page is one repository that compiles and passes its tests', async (t) => {
  const { mesh, diagnostics, documents } = compile(treeOf('docs/language.md'));
  t.equal(renderText(diagnostics), '', 'no findings');
  t.equal(renderText(await checkPolicies(documents)), '', 'no org rule is broken');
  t.ok(mesh && runTests(mesh).passed > 3, 'the MeshTests pass');
  t.equal(mesh && runTests(mesh).failed, 0, 'none fails');
});

t.test('the ten lines of the README are a mesh, and become what it says', async (t) => {
  const tree = treeOf('README.md');
  t.equal(
    tree.files
      .map(({ text }) => text)
      .join('')
      .trimEnd()
      .split('\n').length,
    10,
  );
  const { mesh, diagnostics, documents } = compile(tree);
  t.equal(renderText(diagnostics), '', 'no findings');
  t.equal(renderText(await checkPolicies(documents)), '', 'no org rule is broken');
  const [, words = ''] = /`fairlead compile` makes (.*) of it;/.exec(read('README.md')) ?? [];
  const made = mesh ? emitIstio(mesh).objects.map(({ kind }) => kind) : [];
  const said = words
    .replace(' and ', ', ')
    .split(', ')
    .map((word) => word.replace(/^an? /, ''));
  t.same(made.toSorted(), said.toSorted());
});

t.test('the page of defaults holds what the compiler uses', async (t) => {
  const page = read('docs/defaults.md');
  const start = page.indexOf('```yaml\n') + '```yaml\n'.length;
  const end = page.indexOf('```', start);
  compareGolden(t, join(root, 'docs/defaults.md'), page.slice(0, start) + renderDefaults() + page.slice(end));
});

t.test('every fairlead command in a code block exists, with its options', async (t) => {
  const program = buildProgram(quietIo(root), '0', () => {});
  for (const page of pages) {
    for (const [, line = ''] of read(page).matchAll(/^\s*(?:\$ )?((?:npx )?fairlead [a-z].*)$/gm)) {
      const [, name = '', ...words] = line
        .replace(/^npx /, '')
        .replace(/\s+(#|\||&&|>).*$/, '')
        .split(/\s+/);
      const command = program.commands.find((c) => c.name() === name);
      t.ok(command, `${page}: fairlead ${name}`);
      const sub = command?.commands.find((c) => c.name() === words[0]) ?? command;
      for (const option of words.filter((word) => /^--?[a-z]/i.test(word)).map((word) => word.replace(/=.*/, ''))) {
        if (option === '--help' || /^FL/.test(option)) continue;
        t.ok(
          sub?.options.some((o) => o.long === option || o.short === option),
          `${page}: ${name} takes ${option}`,
        );
      }
    }
  }
});

t.test('make targets named in the documentation exist', async (t) => {
  const targets = new Set([...read('Makefile').matchAll(/^([a-z-]+):/gm)].map(([, name]) => name));
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/(?:^|`)make ([a-z-]+)/gm))
      t.ok(targets.has(target ?? ''), `${page}: make ${target}`);
  }
});

t.test('links lead to files that exist', async (t) => {
  for (const page of pages) {
    for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      t.ok(existsSync(join(root, dirname(page), target)), `${page} links to ${target}`);
    }
  }
});

/** The YAML blocks of a page, each as a file, so that a finding names its place on the page roughly. */
function treeOf(page: string): Parameters<typeof compile>[0] {
  const blocks = [...read(page).matchAll(/```yaml\n(.*?)```/gs)]
    .map(([, text = '']) => text)
    .filter((text) => text.includes('apiVersion:'));
  return { label: page, files: blocks.map((text, i) => ({ path: `block-${i + 1}.yaml`, text })), diagnostics: [] };
}
