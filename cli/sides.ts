// Turns `--base X` and `--head X` into something loadTree understands: a folder stays, a revision gets the path of the intent.
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { short } from './commit-id.ts';
import { refuseAbsentFolder } from './folder.ts';
import { type Io, UsageError } from './io.ts';

const run = promisify(execFile);

/** A tree to read: what the user named, or a path at a revision of a repository. */
export type TreeSource = string | { readonly repository: string; readonly revision: string; readonly path: string };

export interface Sides {
  readonly base: TreeSource;
  readonly head: TreeSource;
  /** What is compared with, where that is not what was named. */
  readonly note?: string;
}

/** As on the command line; both may be left out. */
interface Asked {
  readonly base: string | undefined;
  readonly head: string | undefined;
}

/**
 * The two trees of a review. Of two revisions the base is where the head left it, as for `git diff A...B` and a pull request;
 * `A..B` compares the two themselves. A folder or `REV:path` is taken as it is. Without a base, the branch that CI or Git names.
 * Throws UsageError for what is none of these.
 */
export async function resolveSides(io: Io, dir: string, asked: Asked): Promise<Sides> {
  refuseAbsentFolder(io.cwd, dir);
  const repository = resolve(io.cwd, dir);
  const { base, head, isExact } = await namedSides(io, repository, asked);
  const [baseSide, headSide] = await Promise.all([
    resolveSide(io, dir, base),
    head === undefined ? dir : resolveSide(io, dir, head),
  ]);
  const isRevision = typeof baseSide !== 'string' && (head === undefined || typeof headSide !== 'string');
  const isInGit = isRevision && (await commitOf(repository, head ?? 'HEAD')) !== undefined;
  if (isExact || !isInGit || typeof baseSide === 'string') return { base: baseSide, head: headSide };
  const fork = await mergeBase(repository, base, head ?? 'HEAD');
  const isMoved = fork !== (await commitOf(repository, base));
  return {
    base: { ...baseSide, revision: isMoved ? fork : baseSide.revision },
    head: headSide,
    ...(isMoved && {
      note: `${base} has moved on: comparing with ${short(fork)}, where ${head ?? 'HEAD'} left it (${base}..${head ?? 'HEAD'} compares with its tip)`,
    }),
  };
}

interface NamedSides {
  readonly base: string;
  readonly head: string | undefined;
  readonly isExact: boolean;
}

async function namedSides(io: Io, repository: string, { base, head }: Asked): Promise<NamedSides> {
  if (base === undefined) return { base: await usualBase(io, repository), head, isExact: false };
  const [, from, dots, to] = (await isFolder(io, base)) ? [] : (/^([^:]*?)(\.{2,3})(?![./])([^:]*)$/.exec(base) ?? []);
  if (dots === undefined) return { base, head, isExact: false };
  if (head !== undefined) throw new UsageError(`"${base}" names a head already`, 'leave out --head');
  return { base: from || 'HEAD', head: to || 'HEAD', isExact: dots === '..' };
}

/** The branch that a merge goes to, as CI systems say it; else the upstream of the branch that is checked out. */
async function usualBase({ env }: Io, repository: string): Promise<string> {
  const target = ciTargets.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  const candidates = target === undefined ? ['@{upstream}'] : [`origin/${target}`, target];
  for (const candidate of candidates) if (await commitOf(repository, candidate)) return candidate;
  if (target === undefined) {
    const [why, hint] = await whyNoUpstream(repository);
    throw new UsageError(`there is nothing to compare with: ${why}`, hint);
  }
  throw new UsageError(`the target branch "${target}" is not in this clone`, `fetch it: git fetch origin ${target}`);
}

async function whyNoUpstream(repository: string): Promise<readonly [why: string, hint: string]> {
  if (!(await isInRepository(repository))) return [`"${repository}" is not in a Git repository`, withoutGitHint];
  const branch = await git(repository, ['symbolic-ref', '--quiet', '--short', 'HEAD']).catch(() => undefined);
  const why =
    branch === undefined
      ? 'no branch is checked out (detached HEAD), so none has an upstream'
      : `the branch ${branch} has no upstream`;
  return [why, 'name it: --base main'];
}

const withoutGitHint = 'compare with another folder, --base OLD-FOLDER, or begin a repository: git init';

async function isInRepository(folder: string): Promise<boolean> {
  return (await git(folder, ['rev-parse', '--git-dir']).catch(() => undefined)) !== undefined;
}

/** GitHub Actions, GitLab CI, Bitbucket Pipelines, Jenkins, Azure Pipelines: the name of the branch that is merged into. */
export const ciTargets = [
  'GITHUB_BASE_REF',
  'CI_MERGE_REQUEST_TARGET_BRANCH_NAME',
  'BITBUCKET_PR_DESTINATION_BRANCH',
  'CHANGE_TARGET',
  'SYSTEM_PULLREQUEST_TARGETBRANCHNAME',
] as const;

/** A folder, `REV:path`, or a revision of the repository that holds `dir`, meaning `dir` at that revision. */
async function resolveSide(io: Io, dir: string, side: string): Promise<TreeSource> {
  const repository = resolve(io.cwd, dir);
  if (!side.includes(':') && (await commitOf(repository, side)) !== undefined) {
    const prefix = await git(repository, ['rev-parse', '--show-prefix']).catch(() => '');
    return { repository, revision: side, path: prefix };
  }
  if ((await isFolder(io, side)) || /^[^:]+:/.test(side)) return side;
  if (!(await isInRepository(repository)))
    throw new UsageError(`"${side}" is no folder, and "${repository}" is not in a Git repository`, withoutGitHint);
  throw new UsageError(
    `"${side}" is neither a folder nor a revision of the Git repository of ${dir}`,
    `\`git log --oneline\` lists the commits; ${await shallowHint(repository)}`,
  );
}

async function mergeBase(repository: string, base: string, head: string): Promise<string> {
  const found = await git(repository, ['merge-base', '--', base, head]).catch(() => '');
  const [commit] = found.split('\n');
  if (commit) return commit;
  throw new UsageError(
    `${base} and ${head} have no commit in common in this clone`,
    `${await shallowHint(repository)}; ${base}..${head} compares them as they are`,
  );
}

async function shallowHint(repository: string): Promise<string> {
  const answer = await git(repository, ['rev-parse', '--is-shallow-repository']).catch(() => 'false');
  return answer === 'true'
    ? 'this clone is shallow: fetch the rest with `git fetch --unshallow`'
    : 'fetch what is missing with `git fetch`';
}

async function isFolder(io: Io, side: string): Promise<boolean> {
  return (await stat(resolve(io.cwd, side)).catch(() => undefined))?.isDirectory() === true;
}

/** Undefined if there is no such commit. */
async function commitOf(repository: string, revision: string): Promise<string | undefined> {
  if (revision.startsWith('-') || revision.trim() === '') return undefined;
  const verified = git(repository, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  return verified.catch(() => undefined);
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  return (await run('git', [...args], { cwd })).stdout.trim();
}
