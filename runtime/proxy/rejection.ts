// Why a resource cannot be accepted: it becomes the text of a NACK.
import type { Diagnostic } from '../../compiler/diagnostics/index.ts'; // TODO(index)
import { makeDiagnostic } from '../../compiler/diagnostics/index.ts'; // TODO(index)

export type RejectionCode = 'FL0820' | 'FL0821' | 'FL0822';

/** Thrown while a resource is checked or applied; the xDS client turns it into a NACK. Never leaves the proxy. */
export class Rejection extends Error {
  readonly diagnostic: Diagnostic;

  constructor(code: RejectionCode, message: string, hint?: string) {
    super(message);
    this.name = 'Rejection';
    this.diagnostic = makeDiagnostic(code, { message, hint });
  }
}

/** The text of any failure, with the code if it has one. */
export function rejectionText(error: unknown): string {
  if (error instanceof Rejection) return `${error.diagnostic.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** A value outside what its field allows, such as a regular expression that RE2 refuses. */
export function invalid(message: string): Rejection {
  return new Rejection('FL0821', message);
}
