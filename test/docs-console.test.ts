// What the documentation shows of a terminal is what one sees: the commands are run, and their output is compared.
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import t from 'tap';
import { compareGolden } from '../compiler/test/support/golden.ts';
import { folderOf, git } from './support/cli.ts';

t.setTimeout(120_000);

const root = join(import.meta.dirname, '..');
const pages = ['README.md', ...globSync('docs/*.md', { cwd: root })];

/** A repository with the example and two commits, and a `fairlead` in PATH. */
const folder = folderOf(t, {
  'bin/fairlead': `#!/bin/sh\nexec ${process.execPath} ${join(root, 'cli/main.ts')} "$@"\n`,
});
chmodSync(join(folder, 'bin/fairlead'), 0o755);
const repository = join(folder, 'repository');
cpSync(join(root, 'examples/shop'), join(repository, 'examples/shop'), { recursive: true });
await git(repository, 'init', '--quiet');
for (const step of ['first', 'second']) {
  writeFileSync(join(repository, 'STEP'), step);
  await git(repository, 'add', '.');
  await git(repository, 'commit', '--quiet', '-m', step);
}

for (const page of pages) {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/(?<=^```console\n).*?(?=^```$)/gms)];
  if (blocks.length === 0) continue;
  t.test(`${page} shows what one sees`, async (t) => {
    let shown = text;
    for (const { 0: block } of blocks) shown = shown.replace(block, () => '\0');
    for (const { 0: block } of blocks) {
      const commands = block.split('\n').filter((line) => line.startsWith('$ '));
      const seen: string[] = [];
      for (const command of commands) seen.push(`${command}\n`, await outputOf(command.slice(2)));
      shown = shown.replace('\0', () => seen.join(''));
    }
    compareGolden(t, join(root, page), shown);
  });
}

t.test('the commands of the README work on the example', async (t) => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const commands = [...readme.matchAll(/^fairlead (?!status|wait).*$/gm)].map(([line]) => line.replace(/ {2,}#.*/, ''));
  t.ok(commands.length >= 5, 'there are some');
  for (const command of commands) {
    const code = /exit (\d)\n$/.exec(await outputOf(command))?.[1] ?? '0';
    // Of the request that is explained, the example says no.
    t.equal(code, command.startsWith('fairlead explain') ? '1' : '0', command);
  }
});

/** Both streams, and the exit code where it is not 0. */
function outputOf(command: string): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1', PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter) };
  return new Promise((resolve) => {
    execFile('bash', ['-c', `${command} 2>&1`], { cwd: repository, env, timeout: 60_000 }, (error, stdout) => {
      const code = error === null ? '' : `exit ${error.code}\n`;
      resolve(`${stdout}${stdout === '' || stdout.endsWith('\n') ? '' : '\n'}${code}`.replaceAll(`${repository}/`, ''));
    });
  });
}
