// What is to be followed: a repository, a folder inside one, a folder without any Git, or a URL.
import { cp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../compiler/index.ts';
import { type GitResult, gitProgram } from '../../runtime/index.ts';
import { refuseAbsentFolder } from '../folder.ts';
import { UsageError } from '../io.ts';
import { quoted } from '../shell.ts';
import { absolute } from '../up-state.ts';

const run = gitProgram();

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
  refuseAbsentFolder(cwd, argument);
  if (!(await stat(place).catch(() => undefined))?.isDirectory()) {
    throw new UsageError(`there is no folder "${argument}"`, 'name a folder with intent, a Git repository, or its URL');
  }
  const isBare = await run(['rev-parse', '--is-bare-repository'], place);
  if (!isBare.ok) {
    if (isNoRepository(isBare)) return throwAway(place, stateFolder);
    throw gitFailure(argument, isBare);
  }
  if (isBare.stdout.trim() === 'true') return { repository: place, path: '', folder: undefined };
  const path = await git(place, ['rev-parse', '--show-prefix']);
  const committed = await run(['ls-tree', '-r', '--name-only', 'HEAD', '.'], place);
  if (!committed.ok || committed.stdout === '') return throwAway(place, stateFolder);
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
  try {
    for (const old of [repository, work]) await rm(old, { recursive: true, force: true });
    makeFolder(work);
    await cp(folder, work, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !/(^|\/)(\.git|node_modules)$/.test(source),
    });
  } catch (error) {
    throw new UsageError(
      `cannot copy ${folder} into a repository: ${error instanceof Error ? error.message : error}`,
      'commit it to a Git repository, and bring that up',
    );
  }
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
    note: `${folder} is not committed to Git; to deploy changes, push to a copy of it: git clone ${quoted(repository)}`,
  };
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  const result = await run(args, cwd);
  if (!result.ok) throw gitFailure(cwd, result);
  return result.stdout.trim();
}

function isNoRepository({ message }: Extract<GitResult, { ok: false }>): boolean {
  return message.startsWith('not a git repository');
}

function gitFailure(folder: string, { message, missing }: Extract<GitResult, { ok: false }>): UsageError {
  return missing
    ? new UsageError('there is no "git" program in PATH', 'install git')
    : new UsageError(`git cannot use ${folder}: ${message}`);
}
