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
  const { decodeText, defaultLimits, formatBytes } = await import('../../compiler/index.ts');
  const { streamBytes } = defaultLimits;
  const isStream = filename === '-';
  const bytes = isStream ? await io.stdin(streamBytes) : readFile(resolve(io.cwd, filename), filename);
  const name = isStream ? 'standard input' : filename;
  if (bytes.length > streamBytes) {
    throw new UsageError(
      `${name} is more than ${formatBytes(streamBytes)}, the most that is read of a manifest`,
      'split it',
      'FL0110',
    );
  }
  const decoded = decodeText(bytes);
  if ('text' in decoded) return decoded.text;
  throw new UsageError(`${name} ${decoded.is}`, decoded.hint, 'FL0111');
}

function readFile(path: string, name: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${error instanceof Error ? error.message : error}`);
  }
}
