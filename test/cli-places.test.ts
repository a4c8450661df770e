// Folders that are not there, are inside what is up, cannot be written to, hide intent, are named by nothing, or are submodules.
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import t from 'tap';
import { writeAll } from '../cli/init/write-all.ts';
import { buildProgram } from '../cli/program.ts';
import { claimStateFolder, readState, removeStateFolder, stateFolder } from '../cli/up-state.ts';
import { fairlead, folderOf, git, quietIo } from './support/cli.ts';

const shoes = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop, labels: { team: x } }
spec: { ports: [{ port: 80 }] }
`;

t.test('every command says the same of a folder that is not there', async (t) => {
  const folder = folderOf(t, { 'a.yaml': shoes });
  await git(folder, 'init', '--quiet');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '--quiet', '-m', 'first');
  const commands: readonly (readonly string[])[] = [
    ['check', 'none'],
    ['check', 'none', '--format', 'json'],
    ['compile', 'none'],
    ['test', 'none'],
    ['explain', 'none', '--from', 'shoes', '--request', 'GET http://shoes/'],
    ['reach', 'none', '--to', 'shoes'],
    ['review', 'none', '--base', 'HEAD'],
    ['up', 'none'],
    ['status', 'none'],
    ['wait', 'none', '--commit', 'HEAD'],
  ];
  for (const args of commands) {
    const { code, stdout, stderr } = await fairlead(args, folder);
    t.equal(code, 2, args.join(' '));
    t.equal(stdout, '', args.join(' '));
    t.match(
      stderr,
      /^error\[FL0113\]: cannot read ".*\/none": there is no such file or folder\n {2}= hint: /,
      String(args[0]),
    );
  }
});

t.test('what is up is found from any folder inside it', async (t) => {
  const folder = folderOf(t, { 'intent/shop/a.yaml': shoes });
  const state = stateFolder(folder, '.');
  claimStateFolder(state, folder);
  t.teardown(() => removeStateFolder(state));
  for (const place of ['.', 'intent', 'intent/shop']) {
    t.equal(readState(folder, place)?.subject, folder, place);
    t.equal(readState(join(folder, place), '.')?.subject, folder, place);
  }
  t.equal(readState(folder, '..'), undefined);
  t.equal(readState(folder, 'https://example.com/x.git'), undefined);
});

t.test('an init that fails leaves nothing behind', async (t) => {
  const folder = folderOf(t, { 'theirs/notes.txt': 'x' });
  const files = ['new/intent/a.yaml', 'theirs/b.yaml', 'new/intent/a.yaml/c.yaml'].map((path) => ({ path, text: 'x' }));
  t.throws(() => writeAll(folder, files), { message: /cannot write/ });
  t.same(readdirSync(folder), ['theirs']);
  t.same(readdirSync(join(folder, 'theirs')), ['notes.txt']);
  const taken = ['new/a.yaml', 'theirs/notes.txt'].map((path) => ({ path, text: 'y' }));
  t.throws(() => writeAll(folder, taken), { message: /cannot write/ });
  t.equal(readFileSync(join(folder, 'theirs/notes.txt'), 'utf8'), 'x', 'what was there stays');
  t.same(readdirSync(folder), ['theirs']);
});

t.test('init refuses a folder whose intent it would hide', async (t) => {
  const folder = folderOf(t, { 'mesh/a.yaml': shoes, 'deep/x/a.yaml': shoes, 'app/deployment.yaml': 'kind: Pod\n' });
  for (const [dir, file] of [
    ['mesh', 'mesh/a.yaml'],
    ['deep', 'deep/x/a.yaml'],
  ] as const) {
    const outcome = await fairlead(['init', dir], folder);
    t.match(outcome, { code: 2, stdout: '', stderr: new RegExp(`${file} is intent already`) });
    t.notOk(readdirSync(join(folder, dir)).includes('intent'));
  }
  t.equal((await fairlead(['init', 'app'], folder)).code, 0, 'what is no intent is not in the way');
});

t.test('intent beside intent/ is told of by check', async (t) => {
  const folder = folderOf(t, { 'mesh/intent/b.yaml': shoes, 'mesh/a.yaml': shoes });
  const outcome = await fairlead(['check', 'mesh'], folder);
  t.match(outcome, {
    code: 0,
    stderr: /^warning\[FL0123\]: "a\.yaml" beside intent\/ is not read\n +--> mesh\/a\.yaml:1:1/,
  });
});

t.test('JSON names files as they are opened from where one is', async (t) => {
  const mesh = `${shoes.replace(', labels: { team: x }', '')}---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: cart, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshTest
metadata: { name: m, namespace: shop }
spec: { cases: [{ from: cart, request: GET http://shoes/, expect: { service: shoes } }] }
`;
  const denied = mesh.replace('[{ port: 80 }] }', '[{ port: 80 }], access: { allow: [] } }');
  const folder = folderOf(t, { 'old/intent/a.yaml': mesh, 'new/intent/b.yaml': denied });
  const commands: readonly (readonly string[])[] = [
    ['check', 'old'],
    ['explain', 'old', '--from', 'cart', '--request', 'GET http://shoes/'],
    ['reach', 'old', '--to', 'shoes'],
    ['test', 'old'],
    ['review', '--base', 'old', '--head', 'new'],
    [
      'explain',
      'old',
      '--log-line',
      '{"authority":"shoes","path":"/","method":"GET","response_code":200}',
      '--from',
      'cart',
      '--workload',
      'shop/cart',
    ],
  ];
  for (const args of commands) {
    const { stdout, stderr } = await fairlead([...args, '--format', 'json'], folder);
    const files = [...stdout.matchAll(/"file": "([^"]*)"/g)].map(([, file = '']) => file);
    t.ok(files.length > 0, `${args.join(' ')}: ${stdout}${stderr}`);
    for (const file of new Set(files)) t.ok(existsSync(join(folder, file)), `${args.join(' ')}: ${file}`);
  }
});

t.test('a submodule is refused where a commit is read', async (t) => {
  const folder = folderOf(t, { 'other/b.yaml': shoes.replace('shoes', 'hats'), 'repo/mesh/a.yaml': shoes });
  const [other, repo] = [join(folder, 'other'), join(folder, 'repo')];
  for (const each of [other, repo]) {
    await git(each, 'init', '--quiet');
    await git(each, 'add', '.');
    await git(each, 'commit', '--quiet', '-m', 'first');
  }
  await git(repo, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other, 'mesh/mod');
  await git(repo, 'commit', '--quiet', '-m', 'a submodule');
  t.match(await fairlead(['check', 'mesh'], repo), { code: 0, stdout: /2 documents in 2 files/ });
  const says = /error\[FL0122\]: "mod" is a Git submodule: its files are not in this commit\n/;
  t.match(await fairlead(['check', 'HEAD:mesh'], repo), { code: 1, stderr: says });
  const review = await fairlead(['review', '--base', 'HEAD', 'mesh'], repo);
  t.match(review, { code: 1, stdout: '', stderr: says }, 'no row says what nobody changed');
  t.match(await fairlead(['check', 'HEAD:mesh/mod'], repo), {
    code: 2,
    stderr: /^error\[FL0122\]: "mesh\/mod" is a Git submodule/,
  });
});

t.test('an empty value is a mistake of every command', async (t) => {
  const folder = folderOf(t, { 'a.yaml': shoes });
  const isLeaf = ({ commands }: Command) => commands.every((command) => command.name() === 'help');
  const leaves = (parent: Command, path: readonly string[]): readonly (readonly [Command, readonly string[]])[] =>
    parent.commands.flatMap((command) => {
      const name = [...path, command.name()];
      return isLeaf(command) ? [[command, name] as const] : leaves(command, name);
    });
  const program = () => buildProgram(quietIo(folder), '0', () => t.fail('it ran')).configureOutput({ writeErr() {} });
  const ends = async (args: readonly string[]) => {
    const error: unknown = await program()
      .parseAsync(['node', 'fairlead', ...args])
      .catch((thrown: unknown) => thrown);
    t.match(error, { message: /is empty|is invalid|missing required|not specified/ }, args.join(' '));
  };
  for (const [command, path] of leaves(program(), [])) {
    const needed = command.options.filter((option) => option.mandatory).flatMap((option) => [option.long ?? '', 'x']);
    for (const empty of ['', ' ']) {
      const count = command.registeredArguments.length;
      if (count > 0) await ends([...path, ...needed, ...Array.from({ length: count }, () => empty)]);
      for (const { long, required } of command.options)
        if (long && required) await ends([...path, ...needed, long, empty]);
    }
  }
  const compile = await fairlead(['compile', '.', '-o', ''], folder);
  t.match(compile, { code: 2, stdout: '', stderr: /^error\[FL0002\]: --out is empty\n {2}= hint: / });
  t.match(await fairlead(['check', ''], folder), { code: 2, stderr: /the argument \[dir\] is empty/ });
  t.same(readdirSync(folder), ['a.yaml']);
});

t.test('an empty variable is one that is not set', async (t) => {
  const folder = folderOf(t, { 'a.yaml': shoes });
  const env = { XDG_CACHE_HOME: '', XDG_STATE_HOME: '', NODE_COMPILE_CACHE: '', HOME: join(folder, 'home') };
  await fairlead(['check', '.'], folder, { env });
  const args = ['bootstrap', '--workload', 'shop/shoes', '--control-plane', '127.0.0.1:1', '--ahead'];
  t.equal((await fairlead(args, folder, { env })).code, 0);
  t.same(readdirSync(folder), ['a.yaml', 'home']);
});

t.test('a folder of policies that is not there is a mistake in the call', async (t) => {
  const folder = folderOf(t, { 'a.yaml': shoes });
  for (const command of ['check', 'compile']) {
    for (const [policies, says] of [
      ['nowhere', /^error\[FL0113\]: cannot read ".*\/nowhere": there is no such file or folder\n/],
      ['a.yaml', /^error\[FL0113\]: cannot read ".*\/a\.yaml": it is not a folder\n/],
    ] as const) {
      t.match(await fairlead([command, '.', '--policies', policies], folder), { code: 2, stdout: '', stderr: says });
    }
  }
});

t.test('places are named as one can open them from where one is', async (t) => {
  const wrong = `${shoes}nothing: 1\n`;
  const folder = folderOf(t, { 'deploy/mesh/shop/a.yaml': shoes, 'other/a.yaml': wrong, 'far/x.txt': '' });
  const said = async (cwd: string, ...args: readonly string[]) => {
    const { stdout, stderr } = await fairlead(args, join(folder, cwd));
    return `${stdout}${stderr}`;
  };
  const asked = ['--from', 'shoes', '--request', 'GET http://none.example/'];
  t.match(await said('.', 'check', 'other'), /^ +--> other\/a\.yaml:5:1/m);
  t.match(await said('.', 'check', './other/'), /^ +--> other\/a\.yaml:5:1/m);
  t.match(await said('.', 'check', 'other/a.yaml'), /^ +--> other\/a\.yaml:5:1/m);
  t.match(await said('.', 'check', 'other/a.yaml', '--format', 'github'), /^::error file=other\/a\.yaml,line=5,/m);
  t.match(await said('far', 'check', '../other'), /^ +--> \.\.\/other\/a\.yaml:5:1/m);
  t.match(await said('far', 'check', join(folder, 'other')), new RegExp(`^ +--> ${folder}/other/a\\.yaml:5:1`, 'm'));
  t.match(await said('other', 'check'), /^ +--> a\.yaml:5:1/m);
  t.match(await said('deploy', 'explain', 'mesh', ...asked), /^ +at mesh\/shop\/a\.yaml:1:1/m);
  t.match(await said('deploy', 'reach', 'mesh', '--from', 'unmeshed'), /, at mesh\/shop\/a\.yaml:1:1/);
  await git(folder, 'init', '--quiet');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '--quiet', '-m', 'first');
  t.match(await said('.', 'check', 'HEAD:other'), /^ +--> other\/a\.yaml:5:1/m);
  t.match(await said('deploy', 'explain', 'HEAD:deploy/mesh', ...asked), /^ +at mesh\/shop\/a\.yaml:1:1/m);
  t.match(await said('deploy', 'explain', 'HEAD:./mesh', ...asked), /^ +at mesh\/shop\/a\.yaml:1:1/m);
  t.match(await said('.', 'check', 'HEAD:other/a.yaml'), /^ +--> other\/a\.yaml:5:1/m);
  t.match(await said('far', 'check', 'HEAD:../other/a.yaml'), /^ +--> \.\.\/other\/a\.yaml:5:1/m);
  t.match(await said('far', 'check', 'HEAD:other'), /^ +--> \.\.\/other\/a\.yaml:5:1/m);
  symlinkSync('../other', join(folder, 'deploy/link'));
  for (const [cwd, dir] of [
    ['.', 'other'],
    ['far', 'HEAD:../other'],
    ['far', 'HEAD:other'],
    ['deploy', 'link'],
    ['deploy/link', '.'],
  ] as const)
    t.match(await said(cwd, 'check', dir, '--format', 'github'), /^::error file=other\/a\.yaml,/m, `${dir} in ${cwd}`);
});
