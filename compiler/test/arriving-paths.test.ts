// Whether a match on paths can hold for any path that arrives: held against the normalizer, over drawn paths and patterns.
import fc from 'fast-check';
import t from 'tap';
import { canArrive, neverArriving } from '../analysis/index.ts';
import {
  closedRegex,
  compileRegex,
  matchesString,
  normalizePath,
  type PathMatch,
  splitQuery,
  targetProblem,
} from '../model/index.ts';
import { compile } from '../pipeline.ts';
import { check } from './support/check.ts';

const regex = (value: string): PathMatch => ({ type: 'regex', value });

const sent = fc
  .array(fc.constantFrom('/', 'a', '.', '..', ';', '%', '%2e', '%2F', '%7C', '4', '1', '|', '"', '\\', '?', '#', '~'), {
    maxLength: 7,
  })
  .map((pieces) => `/${pieces.join('')}`)
  .filter((target) => targetProblem(target) === undefined);

const pattern = fc
  .array(
    fc.constantFrom('/', 'a', '\\.', '.', '%', '2', 'e', '\\|', '[^a]', '[|;]', ' ', '\\?', 'é', '(?:a|/)', '.*', '4'),
    { minLength: 1, maxLength: 6 },
  )
  .map((pieces) => pieces.join(''));

t.test('A4: what arrives can arrive, and so can every part of it', async () => {
  check(
    fc.property(sent, fc.nat(8), (target, at) => {
      const path = normalizePath(splitQuery(target).path);
      const matches: readonly PathMatch[] = [
        { type: 'exact', value: path },
        { type: 'prefix', value: path.slice(0, at) },
        { type: 'suffix', value: path.slice(at) },
        { type: 'segments', value: path.slice(0, path.lastIndexOf('/')) },
        regex(`.*\\Q${path.slice(at)}`),
      ];
      for (const match of matches) {
        if (matchesString(match, path) && !canArrive(match)) throw new Error(`${JSON.stringify(match)} takes ${path}`);
      }
    }),
    { numRuns: 3000, seed: 11 },
  );
});

t.test(
  'A4: a pattern that takes a path that arrives is not said to be dead, and one that is not dead takes one',
  async (t) => {
    const paths = [
      ...new Set(fc.sample(sent, { numRuns: 2000, seed: 12 }).map((one) => normalizePath(splitQuery(one).path))),
    ];
    for (const text of fc.sample(pattern, { numRuns: 400, seed: 13 })) {
      const found = paths.find((path) => compileRegex(text)?.matches(path));
      if (found !== undefined) t.ok(canArrive(regex(text)), `${text} takes ${found}`);
      const reason = neverArriving(regex(text));
      if (reason?.why === 'changed') {
        t.ok(compileRegex(text)?.matches(reason.text), `${text} takes ${reason.text}`);
        t.equal(normalizePath(reason.text), reason.seen);
        t.not(reason.text, reason.seen, text);
      }
    }
  },
);

t.test('A4: what a hint offers is accepted', async (t) => {
  const dead = [
    '/reports\\|x',
    '/a b',
    '/é',
    '\\d+',
    'a|b c',
    '/a/\\.\\./b',
    '/%61',
    '/[|]+',
    'a b',
    '(?i)x|y',
    '/é|/ö',
    '/(lost|b c)/.*|x',
  ];
  for (const text of dead) {
    const [refusal] = findingsOf(text);
    t.match(refusal?.code, /FL0417|FL0424/, text);
    const offers = [...(refusal?.hint ?? '').matchAll(/(["'])(.+?)\1/g)].map(([, , offer]) => offer ?? '');
    t.ok(offers.length > 0, `${text} has an offer`);
    // An alternative is written in its place, and the check has tried that.
    const whole = refusal?.code === 'FL0417' ? offers : [];
    for (const offer of whole) t.strictSame(findingsOf(offer), [], `${offer} for ${text}`);
  }
});

t.test('patterns that would cost much to judge are left alone', async (t) => {
  for (const text of ['(a?){1000} ', '/.*a.{1000} ', '/(?:(?:a?){30}){30} ', '((a?b?c?){10}d?){50} ']) {
    t.equal(neverArriving(regex(closedRegex(text))), undefined, text);
  }
});

function findingsOf(pattern: string) {
  const text = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: a, namespace: shop }
spec: { ports: [{ port: 80 }], routes: [{ match: { path: { regex: ${JSON.stringify(pattern)} } } }] }
`;
  return compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] }).diagnostics;
}
