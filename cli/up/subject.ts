// What `fairlead up` was asked to bring up: a repository, a folder inside one, a folder without any Git, or a URL.
import { execFile } from 'node:child_process';
import { cp, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UsageError } from '../io.ts';
import { absolute } from '../up-state.ts';

const run = promisify(execFile);

export interface Subject {
  /** What is watched: a folder in a repository, a bare repository, or a URL. */
  readonly repository: string;
  /** The folder of the intent inside the repository; "" for its root. */
  readonly path: string;
  /** The folder on this machine in which `local.yaml` is looked for, unless the user names one. */
  readonly folder: string | undefined;
  /** A sentence for the user where what is watched is not what they named. */
  readonly note?: string;
}

/** Throws UsageError for a folder that does not exist. A URL is taken as it is: the watcher tells what is wrong with it. */
export async function findSubject(cwd: string, argument: string, stateFolder: string): Promise<Subject> {
  const place = absolute(cwd, argument);
  if (!place.startsWith('/')) return { repository: place, path: '', folder: undefined };
  if (!(await stat(place).catch(() => undefined))?.isDirectory()) {
    throw new UsageError(`there is no folder "${argument}"`, 'name a folder with intent, a Git repository, or its URL');
  }
  const isBare = await git(place, ['rev-parse', '--is-bare-repository']).catch(() => undefined);
  if (isBare === undefined) return throwAway(place, stateFolder);
  if (isBare === 'true') return { repository: place, path: '', folder: undefined };
  const path = await git(place, ['rev-parse', '--show-prefix']);
  const isCommitted = (await git(place, ['ls-tree', '-r', '--name-only', 'HEAD', '.']).catch(() => '')) !== '';
  if (!isCommitted) return throwAway(place, stateFolder);
  const isDirty = (await git(place, ['status', '--porcelain', '.'])) !== '';
  return {
    repository: place,
    path,
    folder: place,
    ...(isDirty && { note: 'there are changes that are not committed: only commits are deployed' }),
  };
}

/** A folder that no repository holds still gets deploys by push: a repository of its own, gone when `up` ends. */
async function throwAway(folder: string, stateFolder: string): Promise<Subject> {
  const repository = join(stateFolder, 'repository.git');
  const work = join(stateFolder, 'seed');
  await mkdir(work, { recursive: true });
  await cp(folder, work, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !/(^|\/)(\.git|node_modules)$/.test(source),
  });
  await git(stateFolder, ['init', '--quiet', '--bare', '--initial-branch=main', repository]);
  await git(work, ['init', '--quiet', '--initial-branch=main']);
  await git(work, ['add', '--all']);
  const identity = ['-c', 'user.name=fairlead', '-c', 'user.email=fairlead@localhost', '-c', 'commit.gpgsign=false'];
  await git(work, [...identity, 'commit', '--quiet', '--allow-empty', '-m', `as found in ${folder}`]);
  await git(work, ['push', '--quiet', repository, 'main']);
  return {
    repository,
    path: '',
    folder,
    note: `${folder} is not committed to Git; to deploy changes: git clone ${repository}`,
  };
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  return (await run('git', [...args], { cwd })).stdout.trim();
}
