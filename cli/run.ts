// Parses the command line and calls one thin file per command. Exit codes: 0 fine, 1 findings, 2 usage or internal error.
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type { CommanderError } from 'commander';

// In a folder of the user's own: compiled code that others could write would be theirs to run. An empty variable is one that is not set.
enableCompileCache?.(
  process.env.NODE_COMPILE_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fairlead/compiled'),
);
// What goes wrong with gRPC is told in our own words.
process.env.GRPC_VERBOSITY ??= 'NONE';
const { buildProgram } = await import('./program.ts');
const { guardOutput, processIo, UsageError } = await import('./io.ts');

// What has died young is collected while it is little: left alone, V8 lets 128 MB of it come together, more than most questions need besides.
setFlagsFromString('--semi-space-growth-factor=1');

const io = processIo();

guardOutput([process.stdout, process.stderr]);

try {
  const program = buildProgram(io, version(), (code) => {
    process.exitCode = code;
  });
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = explainFailure(error);
}

function version(): string {
  // The package file is one level up from cli/, or two from dist/cli/.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return String((JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version);
    } catch {}
  }
  return 'unknown';
}

function explainFailure(error: unknown): 0 | 2 {
  if (isCommanderError(error)) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    io.stderr(`error[${error.code}]: ${error.message}\n${error.hint === undefined ? '' : `  = hint: ${error.hint}\n`}`);
    return 2;
  }
  if (isFileError(error) && !io.env.FAIRLEAD_DEBUG) {
    const reason = error.message.replace(/^\w+: /, '').replace(/, \w+ '.*$/, '');
    return explainFailure(new UsageError(`cannot use "${error.path}": ${reason}`));
  }
  const text = error instanceof Error ? (io.env.FAIRLEAD_DEBUG ? error.stack : error.message) : String(error);
  io.stderr(
    `error[FL0001]: internal error: ${text}\n  = hint: this is a mistake in Fairlead; FAIRLEAD_DEBUG=1 shows where it happened\n`,
  );
  return 2;
}

/** A path that the user named, or a disk that is full, is no mistake of ours; a file of the package is. */
function isFileError(error: unknown): error is NodeJS.ErrnoException & { readonly path: string } {
  const path = error instanceof Error && 'syscall' in error && 'path' in error ? error.path : undefined;
  return typeof path === 'string' && !path.startsWith(fileURLToPath(new URL('..', import.meta.url)));
}

function isCommanderError(error: unknown): error is CommanderError {
  return (
    error instanceof Error && 'exitCode' in error && String((error as CommanderError).code).startsWith('commander.')
  );
}
