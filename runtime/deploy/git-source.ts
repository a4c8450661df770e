// Where a branch's tip is read: a repository on this machine, or a mirror of a remote one in the state folder.
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Diagnostic, makeDiagnostic, makeFolder } from '../../compiler/index.ts';
import type { Git } from './git.ts';

export type Tip =
  | { readonly ok: true; readonly commit: string }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

export interface BranchSource {
  /** Holds every commit that `tip` ever gave. */
  readonly directory: string;
  readonly branch: string;
  /** Folders whose changes announce a push; empty for a remote repository. */
  readonly refFolders: readonly string[];
  tip(): Promise<Tip>;
}

type Opened =
  | { readonly ok: true; readonly source: BranchSource }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

export interface SourceOptions {
  readonly repository: string;
  readonly branch?: string;
  readonly stateDir: string;
}

export function openSource(options: SourceOptions, git: Git): Promise<Opened> {
  return isRemote(options.repository) ? openRemote(options, git) : openLocal(options, git);
}

/** A URL with a scheme, or `host:path` where no such folder exists. */
export function isRemote(repository: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(repository)) return true;
  return /^[^/\\]+:/.test(repository) && !existsSync(repository);
}

async function openLocal({ repository, branch: wanted }: SourceOptions, git: Git): Promise<Opened> {
  if (!isFolder(repository)) return fail(unreadable(repository, 'there is no such folder'));
  const root = await git(['rev-parse', '--absolute-git-dir', '--git-common-dir'], repository);
  if (!root.ok) return fail(unreadable(repository, root.message, root.missing));
  const [gitDir = '', common = ''] = root.stdout.trim().split('\n');
  const head = await git(['symbolic-ref', '--short', 'HEAD'], repository);
  const branch = wanted ?? (head.ok ? head.stdout.trim() : undefined);
  if (branch === undefined) return fail(noBranch(repository));
  if (!(await git(['check-ref-format', '--branch', branch])).ok) return fail(badName(branch));
  const directory = resolve(repository);
  const folder = common === '' ? gitDir : resolve(repository, common);
  const refFolders = [folder, join(folder, 'refs', 'heads')].filter(isFolder);
  const tip = remembering((wasThere) => localTip(directory, branch, wasThere, git));
  return { ok: true, source: { directory, branch, refFolders, tip } };
}

/** A branch that was there once has been deleted; one that never was may still be on its way. */
function remembering(find: (wasThere: boolean) => Promise<Tip>): () => Promise<Tip> {
  let wasThere = false;
  return async () => {
    const tip = await find(wasThere);
    wasThere ||= tip.ok;
    return tip;
  };
}

async function localTip(directory: string, branch: string, wasThere: boolean, git: Git): Promise<Tip> {
  const tip = await git(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`], directory);
  if (tip.ok) return { ok: true, commit: tip.stdout.trim() };
  // Exit code 1 is git's quiet "no such ref"; anything else is a repository that cannot be read.
  if (tip.exitCode !== 1) return fail(unreadable(directory, tip.message, tip.missing));
  const refs = await git(['for-each-ref', '--format=%(refname:short)', '--count=50', 'refs/heads'], directory);
  if (!refs.ok) return fail(unreadable(directory, refs.message, refs.missing));
  return fail(missingBranch(directory, branch, refs.stdout.split('\n').filter(Boolean), wasThere));
}

async function openRemote({ repository, branch: wanted, stateDir }: SourceOptions, git: Git): Promise<Opened> {
  const branch = wanted ?? (await remoteHead(repository, git));
  if (typeof branch !== 'string') return fail(branch);
  if (!(await git(['check-ref-format', '--branch', branch])).ok) return fail(badName(branch));
  const directory = join(stateDir, `mirror-${createHash('sha256').update(repository).digest('hex').slice(0, 16)}.git`);
  makeFolder(stateDir);
  const made = await git(['init', '--quiet', '--bare', directory]);
  if (!made.ok) return fail(unreadable(repository, made.message, made.missing));
  const mirror = { repository, branch, directory };
  const tip = remembering((wasThere) => remoteTip(mirror, wasThere, git));
  return { ok: true, source: { directory, branch, refFolders: [], tip } };
}

async function remoteHead(repository: string, git: Git): Promise<string | Diagnostic> {
  const answer = await git(['ls-remote', '--symref', '--', repository, 'HEAD']);
  if (!answer.ok) return unreadable(redact(repository), redact(answer.message), answer.missing);
  return /^ref: refs\/heads\/(\S+)\s+HEAD$/m.exec(answer.stdout)?.[1] ?? noBranch(redact(repository));
}

interface Mirror {
  readonly repository: string;
  readonly branch: string;
  readonly directory: string;
}

/** Asks the remote for the tip, and fetches only when the mirror does not have it yet. */
async function remoteTip({ repository, branch, directory }: Mirror, wasThere: boolean, git: Git): Promise<Tip> {
  const ref = `refs/heads/${branch}`;
  const answer = await git(['ls-remote', '--', repository, 'refs/heads/*']);
  if (!answer.ok) return fail(unreadable(redact(repository), redact(answer.message), answer.missing));
  const refs = answer.stdout.split('\n').map((line) => line.split('\t'));
  const commit = refs.find(([, name]) => name === ref)?.[0];
  if (commit === undefined) {
    const names = refs.flatMap(([, name]) => name?.replace('refs/heads/', '') ?? []);
    return fail(missingBranch(redact(repository), branch, names, wasThere));
  }
  const known = await git(['cat-file', '-e', `${commit}^{commit}`], directory);
  if (known.ok) return { ok: true, commit };
  const fetched = await git(
    ['fetch', '--quiet', '--no-tags', '--force', '--', repository, `+${ref}:${ref}`],
    directory,
  );
  if (!fetched.ok) return fail(unreadable(redact(repository), redact(fetched.message), fetched.missing));
  // The branch may have moved between the two calls: what was fetched counts.
  return localTip(directory, branch, wasThere, git);
}

/** A URL may carry a password, and git repeats URLs in its messages. */
function redact(text: string): string {
  return text.replace(/\/\/[^/@\s]+@/g, '//***@');
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function fail(diagnostic: Diagnostic): { readonly ok: false; readonly diagnostic: Diagnostic } {
  return { ok: false, diagnostic };
}

function unreadable(repository: string, reason: string, isGitMissing = false): Diagnostic {
  if (isGitMissing) {
    return makeDiagnostic('FL0840', { message: 'there is no "git" program in PATH', hint: 'install git' });
  }
  return makeDiagnostic('FL0840', {
    message: `the repository "${repository}" cannot be read: ${reason}`,
    hint: 'what is deployed stays; watching goes on, and the next readable commit is deployed',
  });
}

function missingBranch(repository: string, branch: string, branches: readonly string[], wasThere: boolean): Diagnostic {
  if (branches.length === 0 && !wasThere) {
    const message = `the repository "${repository}" has no commits yet`;
    const hint = 'commit some intent and push it: it will be deployed then';
    // Where everything begins, and nothing that went wrong.
    return { ...makeDiagnostic('FL0841', { message, hint }), severity: 'info' };
  }
  return makeDiagnostic('FL0841', {
    message: `the repository "${repository}" has no branch "${branch}"`,
    hint: `it has ${branches.slice(0, 5).join(', ') || 'no other either'}; what is deployed stays until "${branch}" is pushed again`,
  });
}

function noBranch(repository: string): Diagnostic {
  return makeDiagnostic('FL0841', {
    message: `the HEAD of "${repository}" names no branch`,
    hint: 'name the branch to watch',
  });
}

function badName(branch: string): Diagnostic {
  return makeDiagnostic('FL0841', {
    message: `"${branch}" is no name for a branch`,
    hint: 'name a branch, such as main',
  });
}
