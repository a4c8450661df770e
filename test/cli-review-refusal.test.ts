// What a review says where one of the two sides is no mesh: there is none yet, or it does not compile.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fairlead, folderOf, git } from './support/cli.ts';

const service = (name: string, access = '') =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop }\nspec:\n  ports: [{ port: 80 }]\n${access}`;
const rule = 'access: { allow: [{ from: [{ service: hats }], methods: [GET] }] }\n';

t.test('the change that brings the first intent, and one that does not compile, have their comment', async (t) => {
  const folder = folderOf(t, { 'README.md': 'x\n' });
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '--quiet', '-m', 'nothing yet');
  await git(folder, 'checkout', '--quiet', '-b', 'feature');
  mkdirSync(join(folder, 'mesh'));
  const write = (text: string) => writeFileSync(join(folder, 'mesh/a.yaml'), text);
  write(`${service('shoes', `  ${rule}`)}---\n${service('hats', '  uses: [shoes]\n')}`);
  const review = (...args: string[]) =>
    fairlead(['review', '--base', 'main', '--format', 'markdown', ...args, 'mesh'], folder);
  const first = await review();
  t.match(first, { code: 0, stdout: /### Fairlead review[\s\S]*access gained/, stderr: /the base has no intent/ });
  write(service('shoes', '  port: 1\n'));
  const broken = await review();
  t.match(broken, {
    code: 1,
    stdout: /### Fairlead review\n\nThe change does not compile[\s\S]*#### Findings[\s\S]*port/,
  });
  t.match(await review('--link-to', 'https://example.com/mesh'), { code: 1, stdout: /a\.yaml:\d+/ });
  await git(folder, 'add', '.');
  await git(folder, 'commit', '--quiet', '-m', 'broken');
  write(service('shoes'));
  const mended = await fairlead(['review', '--base', 'HEAD', '--format', 'markdown', 'mesh'], folder);
  t.match(mended, { code: 1, stdout: /The base does not compile/, stderr: /nothing to compare with/ });
});

t.test('a base that holds none of its documents has no intent, whatever else is there', async (t) => {
  const route =
    'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: web, namespace: shop }\nspec: {}\n';
  const others = {
    'a map': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
    'a comment': '# todo\n',
    'an object of Istio': route,
  };
  for (const [name, text] of Object.entries(others)) {
    const folder = folderOf(t, { 'mesh/other.yaml': text });
    await git(folder, 'init', '--quiet', '--initial-branch=main');
    await git(folder, 'add', '.');
    await git(folder, 'commit', '--quiet', '-m', 'nothing yet');
    writeFileSync(join(folder, 'mesh/a.yaml'), service('shoes'));
    const review = (...args: string[]) => fairlead(['review', '--base', 'HEAD', ...args, 'mesh'], folder);
    const told = await review();
    t.match(told, { code: 0, stdout: /service added: shop\/shoes/, stderr: /note: the base has no intent/ }, name);
    t.notMatch(told, { stdout: /VirtualService/ }, 'it was there before');
    t.notMatch(told, { stderr: /FL0213/ }, 'and so was what is said of it');
  }
  const folder = folderOf(t, { 'mesh/a.yaml': service('shoes'), 'old/a.yaml': 'apiVersion: fairlead.dev/v1alpha1\n' });
  t.match(await fairlead(['review', '--base', 'old', 'mesh'], folder), {
    code: 1,
    stderr: /the base does not compile/,
  });
});

t.test('of two sides that do not compile both are told, the head first', async (t) => {
  const folder = folderOf(t, {
    'old/a.yaml': service('shoes', '  old: 1\n'),
    'mesh/a.yaml': service('shoes', '  new: 1\n'),
  });
  const review = (...args: string[]) => fairlead(['review', '--base', 'old', ...args, 'mesh'], folder);
  const both = /unknown field "new"[\s\S]*the base does not compile[\s\S]*unknown field "old"/;
  t.match(await review(), { code: 1, stderr: both });
  t.match(await review('--format', 'markdown'), {
    code: 1,
    stdout:
      /The change does not compile[\s\S]*unknown field "new"[\s\S]*The base does not compile[\s\S]*unknown field "old"/,
    stderr: both,
  });
  const { results } = JSON.parse((await review('--format', 'sarif')).stdout).runs[0];
  t.match(results, [{ message: { text: /unknown field "new"/ } }]);
  const json = await review('--format', 'json');
  t.match(JSON.parse(json.stdout).diagnostics, [{ message: /unknown field "new"/ }]);
  t.match(json.stderr, /the base does not compile[\s\S]*unknown field "old"/);
});
