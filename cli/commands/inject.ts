// `fairlead inject`: adds the sidecar to the Pods and workloads of a manifest, exactly as admission would.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ExitCode, type Io, UsageError, writeFindings } from '../io.ts';
import type { CommandFile } from '../command-file.ts';

export const injectCommand: CommandFile = (program, io, finish) => {
  program
    .command('inject')
    .description('add the sidecar to the Pods and workloads of a manifest')
    .requiredOption('-f, --filename <file>', 'manifest to read, or - for standard input')
    .addHelpText('after', '\nExample:\n  fairlead inject -f deployment.yaml | kubectl apply -f -')
    .action(async ({ filename }: { filename: string }) => {
      const { injectManifest } = await import('../../webhook/index.ts');
      const { mark, text } = await readManifest(io, filename);
      const name = filename === '-' ? 'standard input' : filename;
      const { ok, notes, diagnostics, text: injected } = injectManifest(text, undefined, name);
      writeFindings(io, { diagnostics, lookup: () => text, folders: { named: '', inRepository: '' } }, 'text');
      for (const note of notes) io.stderr(`${note}\n`);
      if (ok) io.stdout(mark + injected);
      finish(ok ? 0 : (1 satisfies ExitCode));
    });
};

/** With the byte order mark that the text had, or "". */
async function readManifest(io: Io, filename: string): Promise<{ readonly mark: string; readonly text: string }> {
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
  const mark = Buffer.from('\ufeff');
  if ('text' in decoded)
    return { mark: mark.equals(bytes.subarray(0, mark.length)) ? '\ufeff' : '', text: decoded.text };
  throw new UsageError(`${name} ${decoded.is}`, decoded.hint, 'FL0111');
}

function readFile(path: string, name: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${error instanceof Error ? error.message : error}`);
  }
}
