// Reads a folder of intent. Follows no links, reads no file over the limit, throws for nothing it finds on the disk.
import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, isAbsolute, join, relative } from 'node:path';
import { compareText, wholeFile } from '../diagnostics/index.ts';
import {
  failedTree,
  Intake,
  intentFolder,
  inventoryName,
  isIntentFile,
  isSkippedFolder,
  localFileName,
} from './intake.ts';
import { defaultLimits, type SourceLimits } from './limits.ts';
import type { SourceTree } from './source-tree.ts';

/**
 * The intent files of a folder, or of its `intent/` sub-folder if it has one, or a single file.
 * Paths are relative to `dir`. What cannot be read is in the diagnostics of the tree.
 */
export function loadDirectory(dir: string, limits: SourceLimits = defaultLimits): SourceTree {
  try {
    if (statSync(dir).isFile()) return loadSingleFile(dir, limits);
    const intake = new Intake(dir, limits);
    const realRoot = realpathSync(dir);
    const isRoot = !isOwnFolder(join(dir, intentFolder));
    walk({ intake, root: dir, realRoot }, isRoot ? '' : intentFolder, 0, holdsInventory(dir));
    if (!isRoot && limits.looksBeside) {
      const beside = new Intake(dir, limits);
      walk({ intake: beside, root: dir, realRoot, isBeside: true }, '', 0);
      intake.warnOfUnread(beside);
    }
    return intake.toTree();
  } catch (error) {
    return failedTree(dir, 'FL0113', {
      message: `cannot read "${dir}": ${reasonOf(error)}`,
      hint: 'name a folder of intent files, or a Git revision as REV:path',
    });
  }
}

interface Walk {
  readonly intake: Intake;
  readonly root: string;
  readonly realRoot: string;
  /** All but `intent/`, for what is intent by its own words. */
  readonly isBeside?: boolean;
}

function loadSingleFile(file: string, limits: SourceLimits): SourceTree {
  const intake = new Intake(file, limits);
  readInto(intake, file, basename(file));
  return { ...intake.toTree(), isFile: true };
}

function walk(context: Walk, folder: string, depth: number, isBelowOutput = false): void {
  const { intake, root, isBeside = false } = context;
  if (!intake.admitsDepth(folder, depth)) return;
  const isOther = isBeside || isBelowOutput || holdsInventory(join(root, folder));
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => compareText(a.name, b.name))) {
    if (intake.isFull) return;
    if (isSkippedFolder(entry.name)) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (isBeside && path === intentFolder) continue;
    if (entry.isSymbolicLink()) checkLink(context, path);
    else if (entry.isDirectory()) tryPath(intake, path, () => walk(context, path, depth + 1, isOther));
    else if (isIntentFile(entry.name)) readInto(intake, join(root, path), path, isOther || path === localFileName);
  }
}

/** Opened first and asked afterwards, so that the file asked is the file read. */
function readInto(intake: Intake, file: string, path: string, isOther = false): void {
  tryPath(intake, path, () => {
    if (!statSync(file).isFile()) throw new Error('it is not a regular file');
    const handle = openSync(file, 'r');
    try {
      if (intake.admits(path, fstatSync(handle).size)) intake.add(path, readFileSync(handle), isOther);
    } finally {
      closeSync(handle);
    }
  });
}

function checkLink({ intake, root, realRoot }: Walk, path: string): void {
  const file = join(root, path);
  if (!isIntentFile(path) && !isFolder(file)) return;
  tryPath(intake, path, () => intake.refuseLink(path, readlinkSync(file), leaves(realRoot, file)));
}

/** A dangling link counts as leaving: nobody knows what will be there. */
function leaves(realRoot: string, file: string): boolean {
  try {
    const path = relative(realRoot, realpathSync(file));
    return path.startsWith('..') || isAbsolute(path);
  } catch {
    return true;
  }
}

/** What the compiler wrote may be committed beside the intent, and must not be read as intent. */
function holdsInventory(folder: string): boolean {
  return lstatSync(join(folder, inventoryName), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** False for a link, even one to a folder: it is refused like any other when the walk meets it. */
function isOwnFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** False as well for a link that leads nowhere or in circles. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function tryPath(intake: Intake, path: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    intake.report('FL0113', {
      message: `cannot read "${path}": ${reasonOf(error)}`,
      span: wholeFile(path),
      hint: 'check the permissions of the file',
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'a part of the path is not a folder',
  ELOOP: 'its symbolic links go round in circles',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}
