// Where texts come from: folders and Git revisions, with everything that can be wrong with either.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { compile } from '../pipeline.ts';
import { defaultLimits, loadDirectory, loadRevision, loadTree, type SourceTree } from '../source/index.ts';

const shoes =
  'apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: shoes }\nspec: { ports: [{ port: 80 }] }\n';

function write(dir: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const git = (dir: string, ...args: string[]) =>
  execFileSync(
    'git',
    ['-C', dir, '-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ...args],
    {
      encoding: 'utf8',
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
    },
  ).trim();

function commit(dir: string): string {
  git(dir, 'init', '-q', '-b', 'main');
  git(dir, 'add', '-A');
  git(dir, 'commit', '-q', '-m', 'state');
  return git(dir, 'rev-parse', 'HEAD');
}

const paths = (tree: SourceTree) => tree.files.map((file) => file.path);
const codes = (tree: SourceTree) => tree.diagnostics.map((d) => `${d.code} ${d.span?.file ?? ''}`.trim());

/** What a folder and the commit of it must agree on. */
function bothWays(t: Test, dir: string): { readonly folder: SourceTree; readonly revision: SourceTree } {
  const folder = loadDirectory(dir);
  const id = commit(dir);
  const revision = loadRevision(dir, 'main', '');
  t.equal(revision.commit, id);
  t.same(revision.files, folder.files, 'the same files from disk and from Git');
  t.same(codes(revision), codes(folder), 'the same findings from disk and from Git');
  return { folder, revision };
}

t.test('intent/ is the root where there is one; hidden folders and node_modules never', (t) => {
  const dir = write(t.testdir(), {
    'intent/b.yaml': shoes,
    'intent/sub/a.yml': shoes,
    'intent/notes.md': 'no',
    'intent/.hidden/c.yaml': 'no',
    'intent/node_modules/x/d.yaml': 'no',
    'k8s/e.yaml': 'no',
  });
  const { folder } = bothWays(t, dir);
  t.same(paths(folder), ['intent/b.yaml', 'intent/sub/a.yml']);
  t.end();
});

t.test('intent beside intent/ is not read, and that is said', (t) => {
  const beside = { 'a.yaml': shoes, 'x/b.yaml': shoes, 'k8s/c.yaml': 'kind: Service\n', '.hidden/d.yaml': shoes };
  const { folder } = bothWays(t, write(join(t.testdir(), 'a'), { 'intent/a.yaml': shoes, ...beside }));
  t.same(paths(folder), ['intent/a.yaml']);
  t.same(codes(folder), ['FL0123 a.yaml']);
  t.match(folder.diagnostics[0], { severity: 'warning', message: '"a.yaml" and 1 more beside intent/ are not read' });
  const { folder: empty } = bothWays(t, write(join(t.testdirName, 'b'), { 'intent/notes.md': '', 'a.yaml': shoes }));
  t.same(codes(empty), ['FL0123 a.yaml']);
  t.same(paths(empty), [], 'a folder without intent in it is the root all the same');
  const [dir, limits] = [join(t.testdirName, 'a'), { ...defaultLimits, looksBeside: false }];
  for (const unasked of [loadDirectory(dir, limits), loadRevision(dir, 'main', '', limits)])
    t.same([paths(unasked), codes(unasked)], [['intent/a.yaml'], []], 'who asks again and again need not hear it');
  t.end();
});

t.test('the files of a submodule are in no commit, which is said of each that would be read', (t) => {
  const dir = write(t.testdir(), { 'other/a.yaml': shoes });
  const other = join(dir, 'other');
  commit(other);
  const withSubmodule = (name: string, at: string, files: Readonly<Record<string, string>>) => {
    const repo = write(join(dir, name), files);
    git(repo, 'init', '-q', '-b', 'main');
    git(repo, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other, at);
    commit(repo);
    return repo;
  };
  const repo = withSubmodule('repo', 'mesh/mod', { 'mesh/b.yaml': shoes });
  t.same(paths(loadDirectory(join(repo, 'mesh'))), ['b.yaml', 'mod/a.yaml'], 'on disk they are there');
  const tree = loadRevision(repo, 'main', 'mesh');
  t.same(codes(tree), ['FL0122 mod']);
  t.match(tree.diagnostics[0]?.message, '"mod" is a Git submodule: its files are not in this commit');
  for (const path of ['mesh/mod', 'mesh/mod/', 'mesh/mod/deep', './mesh/mod']) {
    t.same(codes(loadRevision(repo, 'main', path)), ['FL0122'], path);
    t.match(loadRevision(repo, 'main', path).diagnostics[0]?.message, /^"mesh\/mod" is a Git submodule/);
  }
  t.same(codes(loadRevision(repo, 'main', 'mesh/none')), ['FL0113']);
  t.same(codes(loadRevision(withSubmodule('whole', 'intent', { 'a.yaml': shoes }), 'main', '')), [
    'FL0123 a.yaml',
    'FL0122 intent',
  ]);
  const beside = withSubmodule('beside', 'docs', { 'intent/a.yaml': shoes });
  t.same(codes(loadRevision(beside, 'main', '')), [], 'what is not read may be one');
  t.same(codes(loadRevision(withSubmodule('hidden', '.ci', { 'a.yaml': shoes }), 'main', '')), []);
  t.end();
});

t.test('without intent/ the folder itself is the root', (t) => {
  const { folder } = bothWays(t, write(t.testdir(), { 'a.yaml': shoes, 'x/ä b.yaml': shoes, 'package.json': '{}' }));
  t.same(paths(folder), ['a.yaml', 'x/ä b.yaml']);
  t.end();
});

t.test('local.yaml at the top is no intent, unless by its own words', (t) => {
  const local = 'default: { command: [node, service.mjs] }\n';
  const { folder } = bothWays(t, write(t.testdir(), { 'a.yaml': shoes, 'local.yaml': local, 'x/local.yaml': local }));
  t.same(paths(folder), ['a.yaml', 'x/local.yaml']);
  const { folder: named } = bothWays(t, write(join(t.testdirName, 'b'), { 'local.yaml': shoes }));
  t.same(paths(named), ['local.yaml']);
  t.end();
});

t.test('what the compiler wrote is not read as intent, at any depth', (t) => {
  const marked = { 'out/.fairlead-files': 'x/b.yaml\n', 'out/b.yaml': 'no', 'out/x/b.yaml': 'no' };
  const { folder } = bothWays(
    t,
    write(join(t.testdir(), 'a'), { 'a.yaml': shoes, ...marked, 'outside/c.yaml': shoes }),
  );
  t.same(paths(folder), ['a.yaml', 'outside/c.yaml']);
  const inside = Object.fromEntries(Object.entries(marked).map(([path, text]) => [`intent/${path}`, text]));
  const { folder: nested } = bothWays(t, write(join(t.testdirName, 'b'), { 'intent/a.yaml': shoes, ...inside }));
  t.same(paths(nested), ['intent/a.yaml']);
  const { folder: output } = bothWays(
    t,
    write(join(t.testdirName, 'c'), { '.fairlead-files': '', 'b.yaml': 'no', 'c.yaml': shoes }),
  );
  t.same(paths(output), ['c.yaml'], 'intent cannot be hidden by an inventory beside it');
  t.end();
});

t.test('a file that is too large is refused without being read', (t) => {
  const dir = write(t.testdir(), { 'intent/a.yaml': shoes, 'intent/big.yaml': '' });
  truncateSync(join(dir, 'intent/big.yaml'), 50 * 1024 * 1024);
  const before = process.memoryUsage().arrayBuffers;
  const { folder } = bothWays(t, dir);
  t.ok(process.memoryUsage().arrayBuffers - before < 20 * 1024 * 1024);
  t.same(codes(folder), ['FL0110 intent/big.yaml']);
  t.match(folder.diagnostics[0]?.message, /50 MiB/);
  truncateSync(join(dir, 'intent/big.yaml'), 1024 * 1024 + 1);
  t.match(
    loadDirectory(dir).diagnostics[0]?.message,
    /is 1048577 bytes; an intent file may have 1048576$/,
    'what rounds alike is told in bytes',
  );
  t.end();
});

t.test('text that is not UTF-8 is refused; a byte order mark is not text', (t) => {
  const dir = write(t.testdir(), {
    'intent/latin.yaml': Uint8Array.of(0x61, 0x3a, 0x20, 0xe4),
    'intent/mark.yaml': `\ufeff${shoes}`,
  });
  const { folder } = bothWays(t, dir);
  t.same(codes(folder), ['FL0111 intent/latin.yaml']);
  t.equal(folder.files[0]?.text, shoes);
  t.end();
});

t.test('symbolic links are never followed', (t) => {
  const dir = write(t.testdir(), { 'repo/intent/a.yaml': shoes, 'repo/docs/x.md': '', 'secret.yaml': shoes });
  const repo = join(dir, 'repo');
  symlinkSync('../../secret.yaml', join(repo, 'intent/out.yaml'));
  symlinkSync('a.yaml', join(repo, 'intent/in.yaml'));
  symlinkSync('/etc', join(repo, 'intent/etc'));
  symlinkSync('loop', join(repo, 'intent/loop'));
  symlinkSync('../docs/x.md', join(repo, 'intent/readme.md'));
  const { folder } = bothWays(t, repo);
  t.same(codes(folder), ['FL0112 intent/etc', 'FL0112 intent/in.yaml', 'FL0112 intent/out.yaml']);
  t.match(folder.diagnostics.find((d) => d.span?.file === 'intent/out.yaml')?.message, /out of the repository/);
  t.same(paths(folder), ['intent/a.yaml']);
  t.end();
});

t.test('an intent folder that is a link is refused as well', (t) => {
  const dir = write(t.testdir(), { 'repo/x.md': '', 'elsewhere/a.yaml': shoes });
  symlinkSync('../elsewhere', join(dir, 'repo/intent'));
  const { folder } = bothWays(t, join(dir, 'repo'));
  t.same(codes(folder), ['FL0112 intent']);
  t.same(folder.files, []);
  t.end();
});

t.test('what cannot be read is said, with the rest still read', (t) => {
  const dir = write(t.testdir(), { 'intent/a.yaml': shoes });
  execFileSync('mkfifo', [join(dir, 'intent/pipe.yaml')]);
  const tree = loadDirectory(dir);
  t.same(codes(tree), ['FL0113 intent/pipe.yaml'], 'a pipe would block for ever');
  t.same(paths(tree), ['intent/a.yaml']);
  t.same(codes(loadDirectory(join(dir, 'nowhere'))), ['FL0113']);
  t.end();
});

t.test('limits of the whole tree', (t) => {
  const dir = write(t.testdir(), { 'intent/a.yaml': shoes, 'intent/b.yaml': shoes, 'intent/x/y/c.yaml': shoes });
  const cases = [{ files: 2 }, { totalBytes: shoes.length * 2 }, { depth: 1 }];
  commit(dir);
  for (const limit of cases) {
    for (const tree of [
      loadDirectory(dir, { ...defaultLimits, ...limit }),
      loadRevision(dir, 'main', '', { ...defaultLimits, ...limit }),
    ]) {
      t.ok(codes(tree).includes('FL0117'), JSON.stringify(limit));
      t.equal(compile(tree).mesh, undefined, 'half a tree compiles to nothing');
    }
  }
  t.end();
});

t.test('revisions: sub-folders, old commits, bare repositories, and what does not exist', (t) => {
  const dir = write(t.testdir(), { 'repo/shop/intent/a.yaml': shoes });
  const repo = join(dir, 'repo');
  const first = commit(repo);
  write(repo, { 'shop/intent/b.yaml': shoes });
  commit(repo);
  t.same(paths(loadRevision(repo, first, 'shop')), ['intent/a.yaml']);
  t.same(paths(loadTree('main:shop/', repo)), ['intent/a.yaml', 'intent/b.yaml']);
  t.same(paths(loadTree('main:./', join(repo, 'shop'))), ['intent/a.yaml', 'intent/b.yaml'], 'relative to the folder');
  t.same(paths(loadTree('main~1:shop', join(repo, 'shop'))), ['intent/a.yaml']);
  t.same(paths(loadTree('shop', repo)), ['intent/a.yaml', 'intent/b.yaml'], 'a folder needs no Git');
  t.same(paths(loadTree('shop/intent/a.yaml', repo)), ['a.yaml'], 'nor does a single file');
  t.same(paths(loadTree('main:shop/intent/a.yaml', repo)), ['a.yaml'], 'which a revision has as well');
  t.same(codes(loadTree('main:shop/intent/a.yaml/b', repo)), ['FL0113']);

  const bare = join(dir, 'bare.git');
  git(dir, 'clone', '-q', '--bare', repo, bare);
  t.same(paths(loadRevision(bare, 'main', 'shop')), ['intent/a.yaml', 'intent/b.yaml']);

  t.same(codes(loadRevision(repo, 'mian', 'shop')), ['FL0116']);
  t.same(codes(loadRevision(repo, '--help', '')), ['FL0116'], 'a revision is never an option');
  t.same(codes(loadRevision(repo, 'main', 'nowhere')), ['FL0113']);

  // Not in a folder of the test, which may be inside a repository itself.
  const alone = mkdtempSync(join(tmpdir(), 'fairlead-source-'));
  t.teardown(() => rmSync(alone, { recursive: true }));
  t.same(codes(loadRevision(alone, 'main', '')), ['FL0115']);
  t.same(codes(loadRevision(join(alone, 'nowhere'), 'main', '')), ['FL0115']);
  t.end();
});

t.test('the surroundings of a Git hook do not lead to another repository', (t) => {
  const dir = t.testdir();
  const mine = write(join(dir, 'mine'), { 'intent/mine.yaml': shoes });
  const other = write(join(dir, 'other'), { 'intent/other.yaml': shoes });
  commit(mine);
  commit(other);
  process.env.GIT_DIR = join(other, '.git');
  t.teardown(() => delete process.env.GIT_DIR);
  t.same(paths(loadRevision(mine, 'main', '')), ['intent/mine.yaml']);
  t.end();
});
