// Why a resource cannot be accepted: it becomes the text of a NACK. The catalogue of diagnostics explains the codes.
import type { KnownCode } from '../../compiler/index.ts';

export type RejectionCode = Extract<KnownCode, 'FL0820' | 'FL0821' | 'FL0822'>;

/** Thrown while a resource is checked or applied; the xDS client turns it into a NACK. Never leaves the proxy. */
export class Rejection extends Error {
  readonly code: RejectionCode;
  readonly hint: string | undefined;

  constructor(code: RejectionCode, message: string, hint?: string) {
    super(message);
    this.name = 'Rejection';
    this.code = code;
    this.hint = hint;
  }
}

/** The text of any failure, with the code if it has one. */
export function rejectionText(error: unknown): string {
  if (error instanceof Rejection) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** A value outside what its field allows, such as a regular expression that RE2 refuses. */
export function invalid(message: string): Rejection {
  return new Rejection('FL0821', message);
}
