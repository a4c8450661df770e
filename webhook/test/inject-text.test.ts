// What `fairlead inject` does to a text: nothing but what the patch does to the object, read as YAML 1.1, and not a byte more.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { injectManifest, injectPod, type Pod } from '../index.ts';
import { native } from './inject-support.ts';
import { drawnManifest } from './manifest-arbitrary.ts';

/** By the parser's own YAML 1.1, of which the injector knows nothing. */
const readAgain = (text: string): unknown[] =>
  parseAllDocuments(text, { version: '1.1', logLevel: 'error' }).map((document) => {
    if (document.errors.length > 0) throw new Error(document.errors[0]?.message);
    return document.toJS();
  });

const optIn = { name: '', labels: { 'fairlead.dev/injection': 'enabled' } };

interface Drawn {
  readonly kind: string;
  readonly items?: readonly unknown[];
  readonly template?: Pod;
  readonly spec?: { readonly template?: Pod };
}

/** The object as it becomes, by another way than the injector finds its pods. */
function injected(value: unknown): unknown {
  const object = value as Drawn;
  if (Array.isArray(object.items)) return { ...object, items: object.items.map(injected) };
  if (object.kind === 'Pod') return podOf(object as Pod);
  if (object.template) return { ...object, template: podOf(object.template) };
  if (!object.spec?.template) return object;
  return { ...object, spec: { ...object.spec, template: podOf(object.spec.template) } };
}

function podOf(pod: Pod): Pod {
  const { pod: result, findings } = injectPod(pod, optIn, native);
  if (findings.length > 0) throw new Error(findings[0]?.diagnostic.message);
  return result;
}

/** Whether every line of the one is in the other, in order. */
function isWithin(text: string, whole: string): boolean {
  const lines = whole.split(/\r?\n/);
  let at = 0;
  return text.split(/\r?\n/).every((line) => {
    const found = lines.indexOf(line, at);
    at = found + 1;
    return found !== -1;
  });
}

/** What stands at each place, as it is spelt; by path, with containers and volumes by their name. */
function spellings(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (node: unknown, path: string): void => {
    if (isMap(node)) for (const { key, value } of node.items) walk(value, `${path}/${key}`);
    else if (isSeq(node))
      for (const [i, one] of node.items.entries())
        walk(one, `${path}/${isMap(one) && one.has('name') ? one.get('name') : i}`);
    else if (isScalar(node) || isAlias(node)) found.set(path, text.slice(node.range?.[0], node.range?.[1]));
  };
  const documents = parseAllDocuments(text, { version: '1.1', schema: 'failsafe', merge: false, logLevel: 'silent' });
  for (const [i, { contents }] of documents.entries()) walk(contents, String(i));
  return found;
}

t.test(
  'a drawn manifest means what the patch makes of it, and what is not injected stays as it was spelt',
  async () => {
    fc.assert(
      fc.property(drawnManifest, ({ text, onlyGrows }) => {
        const { ok, notes, text: result, diagnostics } = injectManifest(text);
        if (!ok) throw new Error([...notes, ...diagnostics.map(({ message }) => message)].join('\n'));
        const expected = readAgain(text).map(injected);
        const actual = readAgain(result);
        if (!isDeepStrictEqual(actual, expected)) throw new Error(`reads otherwise:\n${result}`);
        if (/\r\n/.test(text) !== /\r\n/.test(result) || (/\r\n/.test(text) && /[^\r]\n/.test(result)))
          throw new Error('another line break');
        if (onlyGrows && !isWithin(text.trimEnd(), result)) throw new Error(`a line is gone:\n${result}`);
        const before = spellings(text);
        const after = spellings(result);
        for (const [path, spelt] of before) {
          const isWritten = /Probe|preStop|template\/metadata|annotations$|volumes$|metadata$/.test(path);
          if (!isWritten && !spelt.startsWith('*') && after.get(path) !== spelt)
            throw new Error(`${path} was ${spelt}, is ${after.get(path)}:\n${result}`);
        }
        const again = injectManifest(result);
        return again.ok && again.text === result;
      }),
      { numRuns: 150 },
    );
  },
);

t.test('JSON stays JSON, in one line or in many, one object after the other', async () => {
  const indents = fc.constantFrom(undefined, 2, 4, '\t');
  fc.assert(
    fc.property(drawnManifest, indents, ({ text }, indent) => {
      const objects = readAgain(text).map((value) => JSON.parse(JSON.stringify(value)));
      const json = objects.map((object) => `${JSON.stringify(object, null, indent)}\n`).join('');
      const { ok, text: result } = injectManifest(json);
      const expected = objects.map(injected);
      const read = splitJson(result);
      return (
        ok &&
        isDeepStrictEqual(read, expected) &&
        (indent !== undefined || result.split('\n').length - 1 === objects.length)
      );
    }),
    { numRuns: 60 },
  );
});

/** Objects that begin and end at the start of a line. */
function splitJson(text: string): unknown[] {
  return text
    .split(/(?<=\})\n(?=\{|$)/)
    .filter((one) => one !== '')
    .map((one) => JSON.parse(one));
}
