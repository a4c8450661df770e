// MeshTests in a review: one that expects more takes nothing back, whichever part of a field it is that is new.
import t from 'tap';
import { reviewMeshes } from '../review/index.ts';
import { compiledIntent, linesOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';

function intent(...expectations: readonly string[]): string {
  const cases = expectations.map((expect) => `    - { from: web, request: GET http://shoes/a, expect: ${expect} }\n`);
  return `${header}kind: MeshService
metadata: { name: web, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes] }
---
${header}kind: MeshService
metadata: { name: shoes, namespace: shop }
spec: { ports: [{ port: 80 }], versions: { v1: { version: v1 }, v2: { version: v2 } } }
---
${header}kind: MeshTest
metadata: { name: shoes, namespace: shop }
spec:
  cases:
${cases.join('')}`;
}

function told(was: readonly string[], is: readonly string[]): string {
  return linesOf(reviewMeshes(compiledIntent(intent(...was)), compiledIntent(intent(...is)))).join('\n');
}

const more: readonly (readonly [string, string])[] = [
  ['{ redirect: { status: 301 } }', '{ redirect: { status: 301, location: /a } }'],
  ['{ redirect: { location: /a } }', '{ redirect: { status: 301, location: /a } }'],
  ['{ redirect: { location: /a } }', '{ redirect: { location: "http://shoes/a" } }'],
  ['{ path: /a }', '{ path: "/a?b=1" }'],
  ['{ denied: any }', '{ denied: access }'],
  ['{ allowed: true }', '{ service: shoes }'],
  ['{ allowed: true }', '{ versions: { v1: 90%, v2: 10% } }'],
  ['{ status: 200 }', '{ status: 200, timeout: 15s }'],
];

const same = /^low tests changed: a test expects the same, otherwise written, of [^\n]*$/;

t.test('a test that expects more', async (t) => {
  for (const [was, is] of more) {
    t.match(told([was], [is]), /^low tests changed: a test expects more of [^\n]*$/, `${was} -> ${is}`);
    t.match(told([is], [was]), /^medium tests changed: a test expects something else of /, `${is} -> ${was}`);
    t.equal(told([was, is], [is, was]), '', 'the same request asked twice: all of it is expected, in any order');
    t.match(told([was, is], [was]), /^medium /, `${is} no longer`);
  }
  const parts = ['{ redirect: { status: 301 } }', '{ redirect: { location: /a } }'];
  t.match(told(parts, ['{ redirect: { status: 301, location: /a } }']), same);
});

t.test('a test that expects the same in other words, or something else', async (t) => {
  t.match(told(['{ versions: { v1: 100% } }'], ['{ versions: { v1: 100%, v2: 0% } }']), same);
  t.match(told(['{ allowed: true, service: shoes }'], ['{ service: shoes }']), same);
  for (const [was, is] of [
    ['{ redirect: { status: 301, location: /a } }', '{ redirect: { status: 302, location: /a } }'],
    ['{ redirect: { location: /a } }', '{ redirect: { status: 301, location: /b } }'],
    ['{ allowed: true }', '{ service: shoes, status: 403 }'],
    ['{ versions: { v1: 100% } }', '{ versions: { v1: 90%, v2: 10% } }'],
  ] as const)
    t.match(told([was], [is]), /^medium tests changed: a test expects something else of /, `${was} -> ${is}`);
});
