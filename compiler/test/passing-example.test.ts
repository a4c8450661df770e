// A request that is put together as an example of what may pass is one of those that the exact answer knows.
import fc from 'fast-check';
import t from 'tap';
import { mayPass, type Passage, passesByExample } from '../analysis/index.ts';
import { areApart } from '../checks/arriving-requests.ts';
import { type Clause, isAboutRequest } from '../model/index.ts';
import * as b from './support/clause-builder.ts';
import { randomMesh } from './support/random-mesh.ts';

interface Question {
  readonly passage: Passage;
  readonly wanted: Clause;
}

/** Each route of a mesh behind those before it, and each operation of its rules. */
const questions = randomMesh.map((mesh): readonly Question[] => {
  const wanted = mesh.authorizationPolicies.flatMap(({ rules }) => rules.flatMap(({ to }) => to));
  return mesh.routeTables.flatMap(({ http }) =>
    http.flatMap(({ matches, action }, i) => {
      const rewrite = action.kind === 'ForwardAction' ? action.rewrite : undefined;
      const taken = http.slice(0, i).flatMap((one) => one.matches);
      return matches.flatMap((match) =>
        wanted.map((one) => ({
          passage: { match, taken, ...(rewrite && { rewrite }) },
          wanted: { ...one, all: one.all.filter(isAboutRequest) },
        })),
      );
    }),
  );
});

t.test('an example passes where the exact answer says that something may', async (t) => {
  const counts = { examples: 0, passing: 0 };
  fc.assert(
    fc.property(questions, (list) => {
      for (const { passage, wanted } of list.slice(0, 20)) {
        const [isExample, isPassing] = [passesByExample(passage, wanted), mayPass(passage, wanted)];
        if (isExample && !isPassing) throw new Error(JSON.stringify({ passage, wanted }));
        counts.examples += isExample ? 1 : 0;
        counts.passing += isPassing ? 1 : 0;
      }
    }),
    { numRuns: 60 },
  );
  t.ok(counts.examples > counts.passing / 2, `${counts.examples} examples of ${counts.passing} that may pass`);
});

t.test('a header that is matched by a regex gets a word of it', async (t) => {
  const match = b.clause([b.header('x-a', '~a+b'), ...b.match({ path: b.path('/p/*') }).all]);
  const wanted = b.match({ path: b.path('/p/x') });
  t.equal(passesByExample({ match, taken: [] }, wanted), true);
  t.equal(passesByExample({ match, taken: [match] }, wanted), false);
});

t.test('whole segments go on after a slash only', async (t) => {
  t.equal(areApart(b.path('/r1/*'), b.path('/r10/y/*')), true);
  t.equal(areApart(b.path('/r1/*'), b.path('/r1/y/*')), false);
  t.equal(areApart(b.path('/r1/*'), b.path('/r1/*')), false);
  t.equal(areApart(b.path('/r1*'), b.path('/r10/y/*')), false);
  t.equal(areApart(b.path('/r1/*'), b.path('/r1*')), false);
});
