// `fairlead inject`: adds the sidecar to the Pods and workloads of a manifest, exactly as admission would.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ExitCode, type Io, UsageError } from '../io.ts';
import type { CommandFile } from '../command-file.ts';

export const injectCommand: CommandFile = (program, io, finish) => {
  program
    .command('inject')
    .description('add the sidecar to the Pods and workloads of a manifest')
    .requiredOption('-f, --filename <file>', 'manifest to read, or - for standard input')
    .addHelpText('after', '\nExample:\n  fairlead inject -f deployment.yaml | kubectl apply -f -')
    .action(async ({ filename }: { filename: string }) => {
      const { injectManifest } = await import('../../webhook/index.ts');
      const result = injectManifest(await readManifest(io, filename));
      for (const note of result.notes) io.stderr(`${note}\n`);
      io.stdout(result.text);
      finish(result.ok ? 0 : (1 satisfies ExitCode));
    });
};

async function readManifest(io: Io, filename: string): Promise<string> {
  if (filename === '-') return io.stdin();
  try {
    return readFileSync(resolve(io.cwd, filename), 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${filename}: ${error instanceof Error ? error.message : error}`);
  }
}
