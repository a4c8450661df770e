// Completion as the shells do it: the scripts run in bash, zsh and fish, where they are installed.
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { fairlead, folderOf, git } from './support/cli.ts';

t.setTimeout(180_000);

const run = promisify(execFile);
const main = join(import.meta.dirname, '../cli/main.ts');
const named = (kind: string, name: string, spec: string) =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\nspec:\n${spec}`;
const service = (name: string) => named('MeshService', name, '  ports: [{ port: 80 }]\n');
const database = named('MeshWorkload', 'postgres', '  address: 10.0.0.9\n  ports: [{ port: 5432, protocol: TCP }]\n');

type Shell = 'bash' | 'zsh' | 'fish';

/** What stands in the script that gives the candidates for `LINE`, one a line or, of zsh, as its screen has them. */
const drivers: Readonly<Record<Shell, (script: string) => string>> = {
  bash: (script) =>
    `source '${script}'; read -ra COMP_WORDS <<< "$LINE"; [[ "$LINE" == *' ' ]] && COMP_WORDS+=('')\n` +
    'COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _fairlead; printf "%s\\n" "${COMPREPLY[@]}"',
  fish: (script) => `source '${script}'; complete -C "$LINE"`,
  // As a person: what is typed into a terminal, and a key that says when the list is there.
  zsh: (script) =>
    [
      'zmodload zsh/zpty',
      'zpty sh zsh -f -i',
      `zpty -w sh 'PS1=; autoload -Uz compinit; compinit -u -D; source ${script}; shown() { print "<SHO""WN>" }; zle -N shown; bindkey ^X shown; print "<REA""DY>"'`,
      "zpty -r -m sh out '*<READY>*'",
      `zpty -n -w sh "$LINE"$'\\t\\x18'`,
      "zpty -r -m sh out '*<SHOWN>*'",
      'print -r -- "$out"',
    ].join('\n'),
};

interface Completing {
  readonly shell: Shell;
  readonly complete: (line: string) => Promise<readonly string[]>;
}

async function completing(t: Test, shell: Shell, folder: string): Promise<Completing> {
  const bin = folderOf(t, { fairlead: `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n` });
  chmodSync(join(bin, 'fairlead'), 0o755);
  writeFileSync(join(bin, 'script'), (await fairlead(['completion', shell], folder)).stdout);
  const env = { ...process.env, HOME: bin, XDG_CACHE_HOME: '', TERM: 'xterm', PATH: `${bin}:${process.env.PATH}` };
  const args = shell === 'zsh' ? ['-f', '-c'] : ['-c'];
  const complete = async (line: string) => {
    const driver = drivers[shell](join(bin, 'script'));
    const { stdout, stderr } = await run(shell, [...args, driver], { cwd: folder, env: { ...env, LINE: line } });
    t.equal(stderr, '');
    const plain = stdout.replace(/\u001b\[[\d;?]*[a-zA-Z]/g, '');
    // The screen of zsh repeats the line, completed as far as it is certain.
    const words = shell === 'zsh' ? plain.split(/\s+/) : plain.split('\n').map((one) => one.split('\t')[0] ?? '');
    return [...new Set(words.filter((word) => word !== ''))];
  };
  return { shell, complete };
}

/** Candidates that have to be there, and such that must not. */
const lines: readonly (readonly [line: string, wanted: readonly string[], unwanted: readonly string[]])[] = [
  ['fairlead comp', ['compile', 'completion'], ['check']],
  ['fairlead check --format ', ['text', 'json', 'github', 'sarif'], ['markdown']],
  ['fairlead reach mesh --to ', ['apple', 'banana', 'shop/apple', 'shop/postgres'], ['outside']],
  ['fairlead explain mesh --from ', ['apple', 'shop/banana', 'shop/postgres', 'outside', 'unmeshed'], []],
  ['fairlead compile --out out mesh --workload ', ['apple', 'shop/banana'], ['postgres', 'shop/postgres', 'outside']],
  ['fairlead compile -o out mesh --workload ', ['apple', 'shop/banana'], ['postgres']],
  ['fairlead review mesh --base ', ['main', 'later'], ['x$(touch${IFS}hacked)']],
  ['fairlead schema Mesh', ['MeshService', 'MeshTest'], []],
  ['fairlead serve ', ['webhook', 'control-plane'], []],
  ['fairlead serve webhook --p', ['--port', '--policies', '--print-configuration'], []],
  ['fairlead serve webhook --', ['--mesh', '--help'], ['--branch', '--endpoints', '--trust-domain']],
  ['fairlead serve control-plane --', ['--branch', '--endpoints', '--help'], ['--mesh', '--ca-file']],
];

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  const isThere = spawnSync(shell, ['--version']).error === undefined;
  t.test(`completion in ${shell}`, { skip: isThere ? false : `${shell} is not installed` }, async (t) => {
    const intent = [service('apple'), service('banana'), database].join('---\n');
    const folder = folderOf(t, { 'mesh/a.yaml': intent });
    mkdirSync(join(folder, 'out'));
    await git(folder, 'init', '--quiet', '--initial-branch=main');
    await git(folder, 'add', '--all');
    await git(folder, 'commit', '--quiet', '--message', 'first');
    for (const branch of ['later', 'x$(touch${IFS}hacked)']) await git(folder, 'branch', branch);
    const { complete } = await completing(t, shell, folder);
    for (const [line, wanted, unwanted] of lines) {
      const found = await complete(line);
      t.same(
        wanted.filter((word) => !found.includes(word)),
        [],
        `${line}: ${found.join(' ')}`,
      );
      t.same(
        unwanted.filter((word) => found.includes(word)),
        [],
        `${line}: ${found.join(' ')}`,
      );
    }
  });
}

t.test('every workload that is offered is taken', async (t) => {
  const folder = folderOf(t, { 'mesh/a.yaml': [service('apple'), service('banana'), database].join('---\n') });
  const offered = (await fairlead(['complete', 'workloads', 'mesh'], folder)).stdout.trim().split('\n');
  t.same(offered, ['apple', 'shop/apple', 'banana', 'shop/banana']);
  for (const name of offered) {
    const compiled = await fairlead(['compile', 'mesh', '--target', 'envoy', '--workload', name], folder);
    t.match(compiled, { code: 0, stdout: `# envoy/shop/${name.replace('shop/', '')}/` }, compiled.stderr);
    t.notMatch(compiled.stdout, name.endsWith('apple') ? 'envoy/shop/banana/' : 'envoy/shop/apple/');
  }
  t.match(await fairlead(['compile', 'mesh', '--target', 'envoy', '--workload', 'postgres'], folder), {
    code: 2,
    stderr: /"shop\/postgres" has no proxy\n.*workloads with a proxy: shop\/apple, shop\/banana/,
  });
});
