// More than one front end: each is given its own documents and no others, and their parts become one mesh.
import t from 'tap';
import type { FoundObject, FrontEnd } from '../front-end/index.ts';
import { intent } from '../intent/index.ts';
import { createCompiler } from '../pipeline.ts';
import type { SourceTree } from '../source/index.ts';
import * as b from './support/mesh-builder.ts';

/** Each document is a service of its name. Of two with the same name, whatever their namespaces, the first is kept. */
const toy: FrontEnd = {
  name: 'toy',
  apiVersion: 'toy.example.com/v1',
  claims: (apiVersion) => apiVersion === 'toy.example.com/v1',
  read({ file, header, span, value, locate }) {
    const named = { kind: String(header.kind), namespace: String(header.namespace), name: String(header.name) };
    const document = { ...named, file, span, locate, object: value as Readonly<Record<string, unknown>> };
    return { ...named, frontEnd: 'toy', span, nameSpan: locate(['metadata', 'name']), document };
  },
  guess: () => [],
  withoutClashes: (found) => found.filter(({ name }, i) => found.findIndex((other) => other.name === name) === i),
  createPass: () => ({
    lower: (found, { settings }) => ({
      part: { services: found.map((object) => serviceOf(object, settings.rootNamespace)) },
      diagnostics: [],
    }),
  }),
};

/** Under the frame that intent sets. */
function serviceOf({ name, namespace, span }: FoundObject, rootNamespace: string) {
  return { ...b.service(name), namespace, hosts: [`${name}.${namespace}`], labels: { rootNamespace }, origin: span };
}

const toyOf = (namespace: string, name: string) =>
  `apiVersion: toy.example.com/v1\nkind: Toy\nmetadata: { name: ${name}, namespace: ${namespace} }\n`;
const intentOf = (kind: string, name: string, spec: string) =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
const service = (name: string) => intentOf('MeshService', name, '{ ports: [{ port: 80 }] }');
const tree = (...texts: string[]): SourceTree => ({
  label: 'test',
  files: texts.map((text, i) => ({ path: `${i}.yaml`, text })),
  diagnostics: [],
});

t.test('parts are joined, sorted and under one frame', async (t) => {
  const frame = intentOf('Mesh', 'm', '{ rootNamespace: root }');
  const { mesh, documents, diagnostics } = createCompiler([intent, toy]).compile(
    tree(service('z'), `${toyOf('default', 'y')}---\n${toyOf('a', 'b')}`, frame, service('a')),
  );
  t.same(diagnostics, []);
  t.same(
    mesh?.services.map(({ namespace, name }) => `${namespace}/${name}`),
    ['a/b', 'default/a', 'default/y', 'default/z'],
  );
  t.equal(mesh?.services[0]?.labels.rootNamespace, 'root');
  t.ok(Object.isFrozen(mesh?.services), 'and frozen');
  t.same(
    documents.map(({ kind, name }) => `${kind} ${name}`),
    ['Mesh m', 'Toy b', 'MeshService a', 'Toy y', 'MeshService z'],
  );
});

t.test('who has no front end in the list is not read', async (t) => {
  const only = createCompiler([intent]).compile(tree(service('a'), toyOf('default', 'y')));
  t.same(
    only.diagnostics.map(({ message }) => message),
    ['Toy of toy.example.com/v1 is not intent and is left out'],
  );
  t.same(
    only.mesh?.services.map(({ name }) => name),
    ['a'],
  );
});

t.test('names clash within a front end only', async (t) => {
  const texts = [service('a'), toyOf('default', 'a'), toyOf('other', 'a')];
  const { documents, diagnostics } = createCompiler([intent, toy]).compile(tree(...texts));
  t.same(
    documents.map(({ kind, namespace }) => `${kind} ${namespace}`),
    ['MeshService default', 'Toy default'],
  );
  t.same(diagnostics, []);
});
