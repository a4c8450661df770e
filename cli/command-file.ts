// What a command file exports. Knows no command: program.ts lists them.
import type { Command } from 'commander';
import type { ExitCode, Io } from './io.ts';

/** Adds itself to the program, and calls `finish` with its exit code. */
export type CommandFile = (program: Command, io: Io, finish: (code: ExitCode) => void) => void;
