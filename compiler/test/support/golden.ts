// Golden files: plain YAML and text compared as strings. TAP_SNAPSHOT=1 rewrites them, except under CI.
// FAIRLEAD_GOLDEN names another folder of cases, by which `make check` regenerates them without touching those here.
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareText } from '../../diagnostics/index.ts';
import type { SourceFile, SourceTree } from '../../source/index.ts';

/** The part of tap's `t` that is needed here. */
export interface Assert {
  equal(found: unknown, wanted: unknown, message: string): boolean;
  fail(message: string): boolean;
}

export interface GoldenCase {
  /** The name of the folder: the behaviour it shows. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
}

const goldenFolder = resolve(process.env.FAIRLEAD_GOLDEN ?? join(fileURLToPath(import.meta.url), '../../golden'));

/** True if golden files are to be written in place of being compared. */
export function isRewriting(): boolean {
  const isAsked = process.env.TAP_SNAPSHOT === '1';
  if (isAsked && process.env.CI)
    throw new Error('TAP_SNAPSHOT=1 is refused under CI: golden files are rewritten by people');
  return isAsked;
}

/** All cases, by name. `parent` is the folder that holds their folders. */
export function goldenCases(parent: string = goldenFolder): readonly GoldenCase[] {
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ name: entry.name, folder: join(parent, entry.name) }))
    .toSorted((a, b) => compareText(a.name, b.name));
}

/** Compares `text` with the file, or writes it under TAP_SNAPSHOT=1. A file that is missing fails. */
export function compareGolden(t: Assert, path: string, text: string): void {
  const name = relative(goldenFolder, path);
  if (isRewriting()) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } else if (existsSync(path)) {
    t.equal(text, readFileSync(path, 'utf8'), name);
  } else {
    t.fail(`${name} is missing: write it with TAP_SNAPSHOT=1 (make golden)`);
  }
}

/** Fails for files of the folder that match the pattern and are not among those expected. */
export function refuseOrphans(t: Assert, folder: string, pattern: string, expected: readonly string[]): void {
  for (const file of globSync(pattern, { cwd: folder })) {
    if (!expected.includes(file)) t.fail(`${relative(goldenFolder, join(folder, file))} belongs to no test: remove it`);
  }
}

/** The intent of a case: `intent.yaml`, or the files of `intent/`. */
export function caseTree({ name, folder }: GoldenCase): SourceTree {
  const paths = ['intent.yaml', 'intent/**/*.yaml'].flatMap((pattern) => globSync(pattern, { cwd: folder }));
  const files = paths
    .toSorted(compareText)
    .map((path): SourceFile => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
  return { label: name, files, diagnostics: [] };
}

/** The same tree with its files the other way round. */
export function shuffledFiles(tree: SourceTree): SourceTree {
  return { ...tree, files: tree.files.toReversed() };
}
