// What a review compares with: the merge base of two revisions, unless it is told otherwise.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { fairlead, folderOf, git } from './support/cli.ts';

const service = (name: string, access = '') =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop }\nspec:\n  ports: [{ port: 80 }]\n${access}`;
const rule = 'access: { allow: [{ from: [{ service: hats }], methods: [GET] }] }\n';

/** `feature` opens hats to shoes; meanwhile `main` has opened socks. */
async function branches(
  t: Test,
): Promise<{ folder: string; commit: (files: Record<string, string>) => Promise<void> }> {
  const folder = folderOf(t, { 'mesh/hats.yaml': service('hats', '  uses: [shoes, socks]\n') });
  const commit = async (files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, 'mesh', path), text);
    await git(folder, 'add', '.');
    await git(folder, 'commit', '--quiet', '-m', 'change');
  };
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await commit({ 'shoes.yaml': service('shoes', `  ${rule}`), 'socks.yaml': service('socks', `  ${rule}`) });
  await git(folder, 'checkout', '--quiet', '-b', 'feature');
  await commit({ 'shoes.yaml': service('shoes', `  ${rule.replace('[GET]', '[GET, POST]')}`) });
  await git(folder, 'checkout', '--quiet', 'main');
  await commit({ 'socks.yaml': service('socks', `  ${rule.replace('[GET]', '[GET, PUT]')}`) });
  return { folder, commit };
}

t.test('a branch is compared with where it left the base', async (t) => {
  const { folder } = await branches(t);
  const review = (...args: string[]) => fairlead(['review', ...args, 'mesh'], folder);
  const told = await review('--base', 'main', '--head', 'feature');
  t.match(told.stdout, /POST/);
  t.notMatch(told.stdout, /PUT/, 'what others did to main is not its doing');
  t.match(told.stderr, /^note: main has moved on: comparing with [0-9a-f]{12}, where feature left it/);
  t.equal((await review('--base', 'main...feature')).stdout, told.stdout);
  const exact = await review('--base', 'main..feature');
  t.match(exact.stdout, /PUT/, 'two dots compare the two themselves');
  t.equal(exact.stderr, '');
  await git(folder, 'checkout', '--quiet', 'feature');
  const onDisk = await review('--base', 'main');
  t.notMatch(onDisk.stdout, /PUT/, 'of the folder on disk it is HEAD that counts');
  t.match(onDisk.stdout, /POST/);
  t.equal((await review('--base', 'main..')).stdout, exact.stdout, 'an open end is HEAD');
});

t.test('without a base it is the branch that CI names, or the upstream', async (t) => {
  const { folder } = await branches(t);
  await git(folder, 'checkout', '--quiet', 'feature');
  const none = await fairlead(['review', 'mesh'], folder, { env: { GITHUB_BASE_REF: '' } });
  t.match(none, { code: 2, stderr: /nothing to compare with: the branch feature has no upstream\n.*--base main/ });
  await git(folder, 'checkout', '--quiet', '--detach');
  const detached = await fairlead(['review', 'mesh'], folder, { env: { GITHUB_BASE_REF: '' } });
  t.match(detached, { code: 2, stderr: /nothing to compare with: no branch is checked out \(detached HEAD\)/ });
  await git(folder, 'checkout', '--quiet', 'feature');
  for (const name of ['GITHUB_BASE_REF', 'CI_MERGE_REQUEST_TARGET_BRANCH_NAME']) {
    t.match(await fairlead(['review', 'mesh'], folder, { env: { GITHUB_BASE_REF: '', [name]: 'main' } }), {
      code: 0,
      stdout: /POST/,
    });
  }
  const missing = await fairlead(['review', 'mesh'], folder, { env: { GITHUB_BASE_REF: 'gone' } });
  t.match(missing, { code: 2, stderr: /target branch "gone" is not in this clone\n.*git fetch origin gone/ });
  await git(folder, 'branch', '--set-upstream-to=main');
  t.match(await fairlead(['review', 'mesh'], folder, { env: { GITHUB_BASE_REF: '' } }), { code: 0, stdout: /POST/ });
});

t.test('outside Git another folder may be the base', async (t) => {
  const folder = folderOf(t, { 'mesh/a.yaml': service('a'), 'old/a.yaml': service('a') });
  const env = { GIT_CEILING_DIRECTORIES: join(folder, '..') };
  for (const args of [[], ['--base', 'main']]) {
    const told = await fairlead(['review', ...args, 'mesh'], folder, { env });
    t.match(told, { code: 2, stderr: /not in a Git repository\n.*--base OLD-FOLDER, or begin a repository: git init/ });
  }
  t.match(await fairlead(['review', '--base', 'old', 'mesh'], folder, { env }), { code: 0 });
});

t.test('what is no revision is a usage error', async (t) => {
  const { folder } = await branches(t);
  const review = (...args: string[]) => fairlead(['review', ...args, 'mesh'], folder);
  t.match(await review('--base', ''), { code: 2, stderr: /--base is empty/ });
  t.match(await review('--base', ' '), { code: 2, stderr: /--base is empty/ });
  t.match(await review('--base', 'main', '--head', ''), { code: 2, stderr: /--head is empty/ });
  t.match(await review('--base', ':mesh'), { code: 2, stderr: /neither a folder nor a revision/ });
  t.match(await review('--base', 'main..gone'), { code: 2, stderr: /"gone" is neither a folder nor a revision/ });
  t.match(await review('--base', 'main..feature', '--head', 'main'), { code: 2, stderr: /names a head already/ });
});

t.test('histories that have nothing in common', async (t) => {
  const { folder, commit } = await branches(t);
  await git(folder, 'checkout', '--quiet', '--orphan', 'other');
  await commit({ 'extra.yaml': service('extra') });
  const told = await fairlead(['review', '--base', 'main', 'mesh'], folder);
  t.match(told, { code: 2, stderr: /main and HEAD have no commit in common in this clone\n.*main\.\.HEAD/ });
  const clone = join(folder, 'clone');
  await git(folder, 'clone', '--quiet', '--depth=1', '--no-single-branch', `file://${folder}`, clone);
  const shallow = await fairlead(['review', '--base', 'origin/main', '--head', 'origin/feature', 'mesh'], clone);
  t.match(shallow, { code: 2, stderr: /shallow: fetch the rest with `git fetch --unshallow`/ });
});

t.test('a finding is new if its object did not have it', async (t) => {
  const open = '  access: { allow: [{}] }\n';
  const labelled = (name: string, access = '') =>
    service(name, access).replace('namespace: shop', 'namespace: shop, labels: { team: x }');
  const [docs, pay] = [labelled('docs', open), labelled('pay', `  ${rule}`)];
  const hats = labelled('hats');
  const said = async (
    head: Record<string, string>,
    base: Record<string, string> = { 'a.yaml': [docs, pay, hats].join('---\n') },
  ) => {
    const named = (side: string, files: Record<string, string>) =>
      Object.entries(files).map(([path, text]) => [`${side}/${path}`, text] as const);
    const folder = folderOf(t, Object.fromEntries([...named('base', base), ...named('head', head)]));
    const { code, stdout } = await fairlead(['review', '--base', 'base', '--head', 'head', '--format', 'json'], folder);
    const { findings } = JSON.parse(stdout) as {
      findings: readonly { code: string; span: { start: { line: number } } }[];
    };
    return { code, findings: findings.map((finding) => `${finding.code}:${finding.span.start.line}`) };
  };
  const files = { 'docs.yaml': docs, 'pay.yaml': pay, 'hats.yaml': hats };
  t.same(await said(files), { code: 0, findings: [] }, 'it moved to another file');
  t.same(await said({ ...files, 'pay.yaml': labelled('pay', open) }), { code: 1, findings: ['FL0601:6'] });
  t.same(await said({ ...files, 'new.yaml': labelled('new', open) }), { code: 1, findings: ['FL0601:6'] });
  t.same(await said({ ...files, 'docs.yaml': docs.replace('[{}]', '[{}, {}]') }), {
    code: 1,
    findings: ['FL0601:6'],
  });
});
