// C8: folders that are not there, are inside what is up, or cannot be written to.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeAll } from '../cli/init/write-all.ts';
import { claimStateFolder, readState, removeStateFolder, stateFolder } from '../cli/up-state.ts';
import { fairlead, folderOf, git } from './support/cli.ts';

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
