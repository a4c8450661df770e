// The catalogue of codes: complete, in order, used, and true: every example does what it says.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { type CatalogueEntry, catalogue, renderText } from '../diagnostics/index.ts';
import { compile } from '../pipeline.ts';
import type { SourceTree } from '../source/index.ts';
import { compareGolden } from './support/golden.ts';

const root = join(fileURLToPath(import.meta.url), '../../..');

t.test('codes are unique, in order, and of the families', (t) => {
  const codes = catalogue.map((entry) => entry.code);
  t.same(codes, [...new Set(codes)].toSorted());
  t.same(
    codes.filter((code) => !/^FL0[0-8]\d\d$/.test(code)),
    [],
  );
  const names = catalogue.map((entry) => entry.name);
  t.equal(new Set(names).size, names.length, 'names are unique');
  t.end();
});

t.test('every code is used by the source, and every code the source uses is listed', (t) => {
  const isCatalogue = (path: string) => path.startsWith('compiler/diagnostics/catalogue/');
  const files = globSync('{compiler,webhook,policies,runtime,cli}/**/*.ts', { cwd: root }).filter(
    (path) => !isCatalogue(path) && !path.includes('/test/') && !path.includes('/proto/types/'),
  );
  const text = files.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  const used = new Set(text.match(/(?<=['"`[])FL0[0-8]\d\d(?=['"`\]])/g));
  for (const { code, retired } of catalogue) {
    t.equal(used.has(code), retired !== true, `${code} is ${retired ? 'retired' : 'used'}`);
  }
  const listed = new Set<string>(catalogue.map((entry) => entry.code));
  t.same(
    [...used].filter((code) => !listed.has(code)),
    [],
  );
  t.end();
});

t.test('titles and explanations are fit to print', (t) => {
  for (const { code, title, explanation } of catalogue) {
    t.match(title, /^(.*[^.])$/, `title of ${code}`);
    t.notMatch(title, /^(A|An|The|There) /, `title of ${code} starts lower-case`);
    t.match(explanation, /^.{40,}[.)]$/s, `explanation of ${code}`);
  }
  t.end();
});

/** Codes that intent alone provokes. Of the later families other tests take care. */
const frontEnd = catalogue.filter((entry) => /^FL0[1-4]/.test(entry.code));

for (const entry of frontEnd) {
  t.test(`${entry.code} ${entry.name}`, (t) => {
    if ('intent' in entry.bad) {
      const found = codesOf(entry.bad.intent);
      t.same([...new Set(found.codes)], [entry.code], `the bad example gives this code alone\n${found.text}`);
    }
    if ('intent' in entry.good) {
      const found = codesOf(entry.good.intent);
      t.notOk(found.codes.includes(entry.code), `the good example does not give it\n${found.text}`);
      t.same(found.errors, [], `the good example has no errors\n${found.text}`);
    }
    t.end();
  });
}

t.test('CODES.md lists the catalogue', (t) => {
  compareGolden(t, join(root, 'compiler/diagnostics/CODES.md'), renderCatalogue());
  t.end();
});

function codesOf(files: Readonly<Record<string, string>>) {
  const tree: SourceTree = {
    label: 'example',
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    diagnostics: [],
  };
  const { diagnostics } = compile(tree);
  return {
    codes: diagnostics.map((d) => d.code),
    errors: diagnostics.filter((d) => d.severity === 'error').map((d) => d.code),
    text: renderText(diagnostics),
  };
}

function renderCatalogue(): string {
  const head =
    '# Codes\n\nGenerated from `catalogue/` by its test (`make golden`). `fairlead explain CODE` prints the same.\n';
  return `${head}${catalogue.map(renderEntry).join('')}`;
}

function renderEntry(entry: CatalogueEntry): string {
  return `
## ${entry.code} ${entry.name}

${entry.severity}${entry.retired ? ', retired' : ''}: ${entry.title}.

${entry.explanation}

Bad:

${renderExample(entry.bad)}
Good:

${renderExample(entry.good)}`;
}

function renderExample(example: CatalogueEntry['bad']): string {
  if ('text' in example) return `\`\`\`text\n${example.text}\n\`\`\`\n`;
  return Object.values(example.intent)
    .map((text) => `\`\`\`yaml\n${text.trimEnd()}\n\`\`\`\n`)
    .join('\n');
}
