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
  callers: async (io, dir) => {
    const { keyOf, workloads } = await meshIn(io, dir);
    return [...namesOf(workloads.map(keyOf)), 'outside', 'unmeshed'];
  },
  services: async (io, dir) => {
    const { keyOf, services } = await meshIn(io, dir);
    return namesOf(services.map(keyOf));
  },
  workloads: async (io, dir) => {
    const { hasProxy, keyOf, workloads } = await meshIn(io, dir);
    const without = new Set(workloads.filter((one) => !hasProxy(one)).map(keyOf));
    return namesOf(workloads.map(keyOf), without);
  },
  revisions,
  codes: async () => (await import('../../compiler/index.ts')).catalogue.map(({ code }) => code),
  kinds: async () => (await import('../../compiler/index.ts')).intentKinds,
};

/** The lists are empty where there is no mesh. */
async function meshIn(io: Io, dir: string) {
  const { compile, hasProxy, keyOf, loadTree } = await import('../../compiler/index.ts');
  const { services = [], workloads = [] } = compile(loadTree(dir, io.cwd)).mesh ?? {};
  return { services, workloads, hasProxy, keyOf };
}

/** As a name where only one of all has it, and as `namespace/name`; those left out are not offered, but have their names. */
function namesOf(keys: readonly string[], leftOut: ReadonlySet<string> = new Set()): readonly string[] {
  const nameIn = (key: string) => key.slice(key.indexOf('/') + 1);
  const count = Map.groupBy(keys, nameIn);
  return keys
    .filter((key) => !leftOut.has(key))
    .flatMap((key) => (count.get(nameIn(key))?.length === 1 ? [nameIn(key), key] : [key]));
}

/** Branches and tags of the repository around the folder. */
async function revisions(io: Io, dir: string): Promise<readonly string[]> {
  const { resolve } = await import('node:path');
  const args = ['for-each-ref', '--format=%(refname:short)', 'refs/heads', 'refs/remotes', 'refs/tags'];
  const { stdout } = await promisify(execFile)('git', ['-C', resolve(io.cwd, dir), ...args]);
  return stdout.split('\n').filter((line) => line !== '');
}
