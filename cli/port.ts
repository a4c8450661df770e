// Ports as they are written on the command line.
import { UsageError } from './io.ts';

/** 0 lets the system choose. Throws UsageError for what is no port. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UsageError(`"${text}" is no port`, 'write a number from 0 to 65535');
  }
  return port;
}
