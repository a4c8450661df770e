// Real repositories in a temporary folder: pushes, force-pushes, deleted branches, broken and empty repositories.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Diagnostic } from '../../compiler/diagnostics/index.ts';
import { type CommitEvent, watchBranch } from '../deploy/git-watch.ts';

const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', [...identity, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** A bare repository, a clone of it to push from, and what a watcher of the bare one told. */
function setUp(t: Test) {
  const root = mkdtempSync(join(tmpdir(), 'fairlead-watch-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const bare = join(root, 'intent.git');
  const work = join(root, 'work');
  git(root, 'init', '--quiet', '--bare', '-b', 'main', bare);
  git(root, 'clone', '--quiet', bare, work);
  git(work, 'checkout', '--quiet', '-B', 'main');
  const commits: CommitEvent[] = [];
  const troubles: Diagnostic[] = [];
  const options = {
    repository: bare,
    stateDir: join(root, 'state'),
    pollMs: 60_000,
    onCommit: (event: CommitEvent) => void commits.push(event),
    onTrouble: (diagnostic: Diagnostic) => void troubles.push(diagnostic),
  };
  const commit = (text: string) => {
    writeFileSync(join(work, 'mesh.yaml'), text);
    git(work, 'add', '.');
    git(work, 'commit', '--quiet', '-m', text);
    return git(work, 'rev-parse', 'HEAD');
  };
  return { root, bare, work, commits, troubles, options, commit };
}

t.test('pushes, in one go and rewritten', async (t) => {
  const { bare, work, commits, troubles, options, commit } = setUp(t);
  const watch = await watchBranch(options);
  t.teardown(() => watch.close());
  t.equal(watch.trouble?.code, 'FL0841', 'an empty repository has no commit yet');
  const first = commit('one');
  git(work, 'push', '--quiet', 'origin', 'main');
  await watch.check();
  t.same(commits, [{ commit: first, directory: bare, skipped: [], isRewritten: false }]);
  t.equal(watch.trouble, undefined);

  const [second, third] = [commit('two'), commit('three')];
  git(work, 'push', '--quiet', 'origin', 'main');
  await watch.check();
  t.match(commits.at(-1), { commit: third, previous: first, skipped: [second], isRewritten: false });

  git(work, 'reset', '--quiet', '--hard', first);
  const other = commit('other');
  git(work, 'push', '--quiet', '--force', 'origin', 'main');
  await watch.check();
  t.match(commits.at(-1), { commit: other, previous: third, skipped: [], isRewritten: true });
  t.equal(troubles.at(-1)?.code, 'FL0842');

  git(bare, 'update-ref', '-d', 'refs/heads/main');
  await watch.check();
  t.equal(watch.trouble?.code, 'FL0841', 'a deleted branch');
  const told = troubles.length;
  await watch.check();
  t.equal(troubles.length, told, 'is told once');
  t.equal(watch.tip, other, 'and the last tip stays');
  git(work, 'push', '--quiet', 'origin', 'main');
  await watch.check();
  t.equal(watch.trouble, undefined, 'until it is pushed again');
  const known = commits.length;
  await watch.check();
  t.equal(commits.length, known, 'a known tip is told once');

  rmSync(join(bare, 'HEAD'));
  await watch.check();
  t.equal(watch.trouble?.code, 'FL0840', 'a broken repository');
});

t.test('a push is seen without being asked', async (t) => {
  const { work, options, commit } = setUp(t);
  commit('one');
  git(work, 'push', '--quiet', 'origin', 'main');
  let see: (commit: string) => void = () => {};
  const seen = new Promise<string>((resolve) => {
    see = resolve;
  });
  const watch = await watchBranch({
    ...options,
    pollMs: 200,
    onCommit: (event) => event.previous && see(event.commit),
  });
  t.teardown(() => watch.close());
  const second = commit('two');
  git(work, 'push', '--quiet', 'origin', 'main');
  t.equal(await seen, second);
});

t.test('a URL is mirrored', async (t) => {
  const { bare, work, commits, options, commit } = setUp(t);
  const first = commit('one');
  git(work, 'push', '--quiet', 'origin', 'main');
  const watch = await watchBranch({ ...options, repository: `file://${bare}` });
  t.teardown(() => watch.close());
  t.equal(watch.branch, 'main', 'the branch of the remote HEAD');
  t.equal(commits[0]?.commit, first);
  t.match(watch.directory, /mirror-.*\.git$/);
  t.equal(commits[0]?.directory, watch.directory);
  t.equal(git(watch.directory ?? '', 'show', `${first}:mesh.yaml`), 'one');
  const second = commit('two');
  git(work, 'push', '--quiet', 'origin', 'main');
  await watch.check();
  t.match(commits.at(-1), { commit: second, previous: first, skipped: [], isRewritten: false });
});

t.test('what cannot be watched says why, and is watched all the same', async (t) => {
  const { root, options, commits } = setUp(t);
  const plain = join(root, 'plain');
  mkdirSync(plain);
  // Without it git would look for a repository in the folders above.
  const ceiling = process.env.GIT_CEILING_DIRECTORIES;
  process.env.GIT_CEILING_DIRECTORIES = root;
  t.teardown(() =>
    ceiling === undefined
      ? delete process.env.GIT_CEILING_DIRECTORIES
      : (process.env.GIT_CEILING_DIRECTORIES = ceiling),
  );
  const cases: readonly (readonly [object, string, RegExp])[] = [
    [{ repository: join(root, 'absent') }, 'FL0840', /no such folder/],
    [{ repository: plain }, 'FL0840', /not a git repository/],
    [{ repository: `file://${root}/absent.git` }, 'FL0840', /cannot be read/],
    [{ repository: 'ext::touch pwned' }, 'FL0840', /not allowed/],
    [{ branch: 'mian' }, 'FL0841', /no commits yet/],
    [{ branch: '--upload-pack=x' }, 'FL0841', /no name for a branch/],
    [{ git: async () => ({ ok: false, exitCode: -1, message: 'x', missing: true }) }, 'FL0840', /no "git" program/],
  ];
  for (const [more, code, message] of cases) {
    const watch = await watchBranch({ ...options, ...more });
    t.equal(watch.trouble?.code, code, JSON.stringify(more));
    t.match(watch.trouble?.message, message);
    await watch.close();
  }
  t.same(commits, []);

  const late = join(root, 'late');
  const watch = await watchBranch({ ...options, repository: late });
  t.teardown(() => watch.close());
  mkdirSync(late);
  git(late, 'init', '--quiet', '-b', 'main');
  git(late, 'commit', '--quiet', '--allow-empty', '-m', 'one');
  await watch.check();
  t.equal(commits.length, 1, 'a repository that appears later is picked up');
});
