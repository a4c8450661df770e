// `fairlead inject`: adds the sidecar to the Pods and workloads of a manifest, exactly as admission would.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ExitCode, UsageError } from '../io.ts';
import type { CommandFile } from '../command-file.ts';

export const injectCommand: CommandFile = (program, io, finish) => {
  program
    .command('inject')
    .description('add the sidecar to the Pods and workloads of a manifest')
    .requiredOption('-f, --filename <file>', 'manifest to read, or - for standard input')
    .addHelpText('after', '\nExample:\n  fairlead inject -f deployment.yaml | kubectl apply -f -')
    .action(async ({ filename }: { filename: string }) => {
      const { injectManifest } = await import('../../webhook/index.ts');
      const result = injectManifest(readManifest(io.cwd, filename));
      for (const note of result.notes) io.stderr(`${note}\n`);
      io.stdout(result.text);
      finish(result.ok ? 0 : (1 satisfies ExitCode));
    });
};

function readManifest(cwd: string, filename: string): string {
  try {
    return readFileSync(filename === '-' ? 0 : resolve(cwd, filename), 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${filename}: ${error instanceof Error ? error.message : error}`);
  }
}
