// `make growth`: adds one member to each union of the model and one property to each plain record, in a temporary copy, and requires
// that the type checker names every room that has to deal with it. Closes with `growth: N of N named`.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edit, Growth } from './growth.ts';
import { growths } from './growths.ts';
import { memberGrowths } from './member-growths.ts';
import { type RecordGrowth, recordGrowths } from './record-growths.ts';

const root = join(import.meta.dirname, '../..');
const copied = [
  'compiler',
  'policies',
  'webhook',
  'runtime',
  'cli',
  'test',
  'examples',
  'package.json',
  'tsconfig.json',
];

interface Verdict {
  readonly name: string;
  /** Rooms in which the type checker stayed silent. */
  readonly silent: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'fairlead-growth-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const entry of copied) cpSync(join(root, entry), join(folder, entry), { recursive: true, filter: isSource });
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

const before = typeErrors();
if (before.length > 0) fail(`the tree does not compile as it is:\n${before.slice(0, 5).join('\n')}`);
const verdicts = [...[...growths, ...memberGrowths].map(tryGrowth), ...tryRecords(recordGrowths)];
for (const { name, silent } of verdicts) {
  console.log(silent.length === 0 ? `named   ${name}` : `SILENT  ${name}: nothing in ${silent.join(', ')}`);
}
const named = verdicts.filter(({ silent }) => silent.length === 0).length;
console.log(`growth: ${named} of ${verdicts.length} named`);
process.exitCode = named === verdicts.length ? 0 : 1;

/** Goldens and what was built are many files, and no source. */
function isSource(path: string): boolean {
  return !/\/(golden|node_modules|dist|\.fairlead)(\/|$)/.test(path.slice(root.length));
}

function tryGrowth({ name, edits, rooms }: Growth): Verdict {
  const restore = apply(edits);
  const errors = typeErrors();
  restore();
  return { name, silent: rooms.filter((room) => !errors.some((line) => line.startsWith(room))) };
}

/** All at once: each property has a name of its own, which the messages say. */
function tryRecords(list: readonly RecordGrowth[]): readonly Verdict[] {
  const restore = apply(list.flatMap(propertyEdits));
  const errors = typeErrors();
  restore();
  return list.map(({ record, rooms }) => {
    const told = errors.filter((line) => new RegExp(`\\bgrown${record}\\b`).test(line));
    return {
      name: `a property of ${record}`,
      silent: rooms.filter((room) => !told.some((line) => line.startsWith(room))),
    };
  });
}

function propertyEdits({ record, file, behind }: RecordGrowth): readonly Edit[] {
  const path = `compiler/model/${file}`;
  if (behind !== undefined) {
    return [{ file: path, find: behind, replace: `${behind} readonly grown${record}?: string;` }];
  }
  const [head] =
    new RegExp(`^export interface ${record}\\b[^{]*\\{`, 'm').exec(readFileSync(join(folder, path), 'utf8')) ?? [];
  if (head === undefined) return fail(`${path} has no interface ${record}`);
  return [{ file: path, find: head, replace: `${head}\n  readonly grown${record}?: string;` }];
}

/** Gives what undoes it. */
function apply(edits: readonly Edit[]): () => void {
  const old = new Map<string, string>();
  for (const { file, find, replace } of edits) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    if (text.split(find).length !== 2) fail(`${file} does not have this once:\n${find}`);
    if (!old.has(path)) old.set(path, text);
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
  return () => {
    for (const [path, text] of old) writeFileSync(path, text);
  };
}

/** One line an error, its details behind it: `compiler/x.ts(3,4): error TS2741: …`. */
function typeErrors(): readonly string[] {
  const { stdout, error } = spawnSync('tsc', ['--noEmit', '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error) fail(`the type checker did not start: ${error.message}`);
  return stdout
    .replace(/\n +/g, ' | ')
    .split('\n')
    .filter((line) => line !== '');
}

function fail(message: string): never {
  console.error(`growth: ${message}`);
  process.exit(1);
}
