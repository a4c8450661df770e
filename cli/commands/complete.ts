// `fairlead complete`: the values that completion scripts ask for, one a line. Hidden: nobody types it. Never an error.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Argument } from 'commander';
import type { CommandFile } from '../command-file.ts';
import { askedValues } from '../completed-values.ts';
import type { Io } from '../io.ts';

type Asked = (typeof askedValues)[number];

export const completeCommand: CommandFile = (program, io, finish) => {
  program
    .command('complete', { hidden: true })
    .addArgument(new Argument('<what>', 'kind of values').choices(askedValues))
    .argument('[dir]', 'folder or REV:path', '.')
    .addHelpText('after', '\nExample:\n  fairlead complete services mesh/')
    .action(async (what: Asked, dir: string) => {
      const found = await values[what](io, dir).catch(() => []);
      io.stdout(
        [...new Set(found)]
          .filter(isPlain)
          .map((value) => `${value}\n`)
          .join(''),
      );
      finish(0);
    });
};

/** Shells expand what completion gives them: a branch may be called `$(…)`. */
function isPlain(value: string): boolean {
  return /^[\w@%+=:,./-]+$/.test(value);
}

const values: Readonly<Record<Asked, (io: Io, dir: string) => Promise<readonly string[]>>> = {
  callers: async (io, dir) => [...(await named(io, dir, 'workloads')), 'outside', 'unmeshed'],
  services: (io, dir) => named(io, dir, 'services'),
  workloads: (io, dir) => named(io, dir, 'workloads'),
  revisions,
  codes: async () => (await import('../../compiler/index.ts')).catalogue.map(({ code }) => code),
  kinds: async () => (await import('../../compiler/index.ts')).intentKinds,
};

/** As a name where only one has it, and as `namespace/name`. */
async function named(io: Io, dir: string, list: 'services' | 'workloads'): Promise<readonly string[]> {
  const { compile, keyOf, loadTree } = await import('../../compiler/index.ts');
  const nodes: readonly { readonly namespace: string; readonly name: string }[] =
    compile(loadTree(dir, io.cwd)).mesh?.[list] ?? [];
  const count = Map.groupBy(nodes, ({ name }) => name);
  return nodes.flatMap((node) => (count.get(node.name)?.length === 1 ? [node.name, keyOf(node)] : [keyOf(node)]));
}

/** Branches and tags of the repository around the folder. */
async function revisions(io: Io, dir: string): Promise<readonly string[]> {
  const { resolve } = await import('node:path');
  const args = ['for-each-ref', '--format=%(refname:short)', 'refs/heads', 'refs/remotes', 'refs/tags'];
  const { stdout } = await promisify(execFile)('git', ['-C', resolve(io.cwd, dir), ...args]);
  return stdout.split('\n').filter((line) => line !== '');
}
