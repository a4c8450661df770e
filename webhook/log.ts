// The lines of the webhook's log. Names and verdicts only: objects may hold secrets.
import type { Phase } from './admission/decide.ts';
import { type AdmissionRequest, describeObject, type Verdict } from './admission/request.ts';

/** One line of the webhook's log; plain data for whatever writes it. */
export type LogEntry = Readonly<Record<string, unknown>> & { readonly event: string };

export type Log = (entry: LogEntry) => void;

export function verdictEntry(phase: Phase, request: AdmissionRequest, verdict: Verdict): LogEntry {
  return {
    event: 'verdict',
    phase,
    uid: request.uid,
    operation: request.operation,
    object: describeObject(request),
    user: request.username,
    allowed: verdict.allowed,
    codes: verdict.findings.map((f) => f.diagnostic.code),
    ...(verdict.patch && { patched: verdict.patch.length }),
    ...(request.dryRun && { dryRun: true }),
    ...verdict.audit,
  };
}

export function failureEntry(check: string, request: AdmissionRequest, error: unknown): LogEntry {
  return {
    event: 'check-failed',
    check,
    uid: request.uid,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}
