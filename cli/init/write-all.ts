// Writes the files of a new repository, or none of them.
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../folder.ts';
import { UsageError } from '../io.ts';
import type { StarterFile } from './starter.ts';

/** Overwrites nothing. Throws UsageError after it has removed what it wrote: what a failure leaves behind would be in the way of the next try. */
export function writeAll(root: string, files: readonly StarterFile[]): void {
  const made: string[] = [];
  for (const { path, text } of files) {
    const file = join(root, path);
    try {
      const folder = makeFolder(dirname(file));
      if (folder !== undefined) made.push(folder);
      writeFileSync(file, text, { flag: 'wx' });
      made.push(file);
    } catch (error) {
      // What is there already is somebody else's; a file that could not be finished is ours.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') made.push(file);
      for (const ours of made.toReversed()) rmSync(ours, { recursive: true, force: true });
      throw new UsageError(`cannot write ${file}: ${error instanceof Error ? error.message : error}`);
    }
  }
}
