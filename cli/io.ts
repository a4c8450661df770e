// Where commands write and how they end. Streams, the working directory and the environment enter here and nowhere else.
import { writeSync } from 'node:fs';
import {
  type Diagnostic,
  hasErrors,
  printable,
  type KnownCode,
  compareDiagnostics,
  fileIn,
  renderJson,
  renderText,
  type SourceLookup,
  summarize,
} from '../compiler/index.ts';

/** 0 fine, 1 findings or denied, 2 wrong usage or an internal error. */
export type ExitCode = 0 | 1 | 2;

export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** All of standard input, however late it comes; no more of it is waited for than shows that it is larger than `maxBytes`. */
  readonly stdin: (maxBytes: number) => Promise<Uint8Array>;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** True where standard output is a terminal, whose screen can be cleared. */
  readonly isTerminal?: boolean;
  /** True where standard output may be coloured: a terminal, and no NO_COLOR. */
  readonly color: boolean;
  /** The same for standard error, where diagnostics and progress go in text form. */
  readonly colorErrors: boolean;
}

export function processIo(): Io {
  const mayColor = (stream: NodeJS.WriteStream) =>
    process.env.NO_COLOR === undefined &&
    (process.env.FORCE_COLOR !== undefined || (stream.isTTY && process.env.TERM !== 'dumb'));
  return {
    stdout: (text) => write(process.stdout, text),
    stderr: (text) => write(process.stderr, text),
    stdin: (maxBytes) => readUpTo(process.stdin, maxBytes),
    cwd: process.cwd(),
    env: process.env,
    isTerminal: process.stdout.isTTY && process.env.TERM !== 'dumb',
    color: mayColor(process.stdout),
    colorErrors: mayColor(process.stderr),
  };
}

async function readUpTo(stream: NodeJS.ReadStream, maxBytes: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let bytes = 0;
  // What a stream gives that has no encoding set.
  for await (const part of stream as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes > maxBytes) break;
  }
  return Buffer.concat(parts);
}

/** Streams whose reader has gone away: what is still to be said goes nowhere, and the command ends as it would have. */
const unread = new WeakSet<NodeJS.WriteStream>();

function write(stream: NodeJS.WriteStream, text: string): void {
  if (!unread.has(stream)) stream.write(text);
}

/**
 * What cannot be written is no mistake of ours: a reader that went away (`fairlead check | head`) or a terminal that is no more
 * changes nothing about the exit code; a full disk ends the command with 2 and one line.
 */
export function guardOutput(streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || error.code === 'EIO' || error.code === 'ERR_STREAM_DESTROYED') unread.add(stream);
      else endUnwritten(error);
    });
  }
}

function endUnwritten(error: NodeJS.ErrnoException): never {
  try {
    writeSync(2, `error: the output cannot be written: ${error.message}\n`);
  } catch {
    // Standard error is what cannot be written.
  }
  process.exit(2);
}

/** Thrown by a command for a mistake in how it was called; ends in exit code 2 with the message and nothing else. */
export class UsageError extends Error {
  readonly hint: string | undefined;
  readonly code: KnownCode;
  constructor(message: string, hint?: string, code: KnownCode = 'FL0002') {
    super(printable(message.trimEnd()));
    this.hint = hint;
    this.code = code;
  }
}

export type Format = 'text' | 'json' | 'github';
export const formats: readonly Format[] = ['text', 'json', 'github'];

export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  readonly lookup: SourceLookup;
  readonly folders: Folders;
}

/** The root of the intent, "" where it is the root of what it is seen from. */
export interface Folders {
  /** As the user is to name it: what is printed for people can be opened from where they are. */
  readonly named: string;
  /** In its repository, for what marks lines there. */
  readonly inRepository: string;
}

/** Writes findings by place, in the form asked for: text to standard error for people, the rest to standard output for machines. */
export function writeFindings(io: Io, { diagnostics: found, lookup, folders }: Findings, format: Format): ExitCode {
  const diagnostics = found.toSorted(compareDiagnostics);
  if (format === 'json') io.stdout(renderJson(diagnostics, folders.named));
  else if (format === 'github') io.stdout(diagnostics.map((d) => githubCommand(d, folders.inRepository)).join(''));
  else if (diagnostics.length > 0) {
    io.stderr(
      `${renderText(diagnostics, { lookup, color: io.colorErrors, folder: folders.named })}\n${summarize(diagnostics)}\n`,
    );
  }
  return hasErrors(diagnostics) ? 1 : 0;
}

/** For commands whose answer is something else: silent unless errors stand in the way of it. */
export function writeErrors(io: Io, findings: Findings, format: Format): ExitCode {
  return hasErrors(findings.diagnostics) ? writeFindings(io, findings, format) : 0;
}

/** One workflow command, by which GitHub Actions marks a line of the pull request. */
function githubCommand(d: Diagnostic, folder: string): string {
  const level = d.severity === 'info' ? 'notice' : d.severity;
  const place = d.span
    ? `file=${property(fileIn(folder, d.span.file))},line=${d.span.start.line},col=${d.span.start.column},endLine=${d.span.end.line},endColumn=${d.span.end.column},`
    : '';
  const text = d.hint === undefined ? d.message : `${d.message}\nhint: ${d.hint}`;
  return `::${level} ${place}title=${d.code}::${data(text)}\n`;
}

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Of a property, which ends at a comma or a colon as well. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
