// Every kind and field is documented: listed from the schemas with its meaning, and shown by an example that compiles.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseAllDocuments } from 'yaml';
import { fieldsOfSchema, intentKinds, intentSchemas, renderFields } from '../compiler/index.ts';
import { compareGolden } from '../compiler/test/support/golden.ts';

const root = join(import.meta.dirname, '..');
const read = (page: string) => readFileSync(join(root, page), 'utf8');

t.test('every field says what it means', (t) => {
  for (const kind of intentKinds) {
    for (const { path, schema } of fieldsOfSchema(intentSchemas[kind])) {
      t.match(String(schema.description ?? ''), /^.{3,}[.…]$/, `${kind} ${path}`);
    }
  }
  t.end();
});

t.test('the page of fields is what the schemas say', (t) => {
  const page = read('docs/fields.md');
  compareGolden(t, join(root, 'docs/fields.md'), page.slice(0, page.indexOf('\n## ') + 1) + renderFields());
  t.end();
});

t.test('the language page shows every field', (t) => {
  const shown = new Set<string>();
  for (const [, block = ''] of read('docs/language.md').matchAll(/```yaml\n(.*?)```/gs)) {
    for (const document of parseAllDocuments(block)) collectFields(document.toJS(), '', shown);
  }
  for (const kind of intentKinds) {
    for (const { path } of fieldsOfSchema(intentSchemas[kind])) {
      const field = lastTwo(path);
      // It can be written, and never matches: FL0443.
      if (field !== 'from.workload') t.ok(shown.has(field), `${kind} ${path}`);
    }
  }
  t.end();
});

/** A field and that which holds it: ports of all kinds are alike, and so are patterns of headers and of their `not`. */
function lastTwo(path: string): string {
  return path.replaceAll('[]', '').split('.').slice(-2).join('.');
}

function collectFields(value: unknown, holder: string, shown: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectFields(item, holder, shown);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      shown.add(holder === '' ? name : `${holder}.${name}`);
      // Names of the writer's own are NAME in the schema; which of the two it is does not matter here.
      shown.add(`NAME.${name}`);
      collectFields(inner, name, shown);
    }
  }
}
