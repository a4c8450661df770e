// The verdict on one request: a pure function of the checks, the request and its context. No clock, no I/O, no global state.
import { hasErrors, makeDiagnostic } from '../../compiler/index.ts';
import type { CheckContext } from './context.ts';
import { type AdmissionRequest, describeObject, type Finding, type PatchOperation, type Verdict } from './request.ts';

export type Phase = 'validate' | 'mutate';

/** What a check contributes to the verdict. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly patch?: readonly PatchOperation[];
  readonly audit?: Readonly<Record<string, string>>;
}

/** One question asked about an object. A check that needs more than `CheckContext` says so by its parameter. */
export interface Check<Context extends CheckContext = CheckContext> {
  readonly name: string;
  check(request: AdmissionRequest, context: Context): CheckResult;
}

/**
 * Asks the checks in order.
 * Never throws: a check that does refuses the object (FL0705), and one that comes after the deadline is not begun (FL0706).
 */
export function decide<Context extends CheckContext>(
  checks: readonly Check<Context>[],
  request: AdmissionRequest,
  context: Context,
): Verdict {
  if (isExempt(request, context)) return { allowed: true, findings: [], audit: {} };
  const findings: Finding[] = [];
  const patch: PatchOperation[] = [];
  const audit: Record<string, string> = {};
  for (const check of checks) {
    const result = context.isLate() ? late(request) : runGuarded(check, request, context);
    for (const one of result.findings) findings.push(one);
    patch.push(...(result.patch ?? []));
    Object.assign(audit, result.audit);
  }
  const allowed = !hasErrors(findings.map((f) => f.diagnostic));
  return { allowed, findings: dropRepeated(findings), audit, ...(allowed && patch.length > 0 && { patch }) };
}

/** Never in the way of what keeps the cluster alive, nor of our own restart. Status, scale and exec carry no configuration. */
function isExempt({ namespace, subResource, operation }: AdmissionRequest, context: CheckContext): boolean {
  const isConfiguration = subResource === '' || subResource === 'ephemeralcontainers';
  return context.exemptNamespaces.has(namespace) || !isConfiguration || operation === 'CONNECT';
}

function runGuarded<Context extends CheckContext>(
  check: Check<Context>,
  request: AdmissionRequest,
  context: Context,
): CheckResult {
  try {
    return check.check(request, context);
  } catch (error) {
    context.onFailure(check.name, error);
    const message = `${describeObject(request)} is refused, for the check "${check.name}" failed`;
    return {
      findings: [{ diagnostic: makeDiagnostic('FL0705', { message, hint: 'the log of the webhook has the reason' }) }],
    };
  }
}

function late(request: AdmissionRequest): CheckResult {
  const message = `${describeObject(request)} is refused, for there was no time left to judge it`;
  return { findings: [{ diagnostic: makeDiagnostic('FL0706', { message, hint: 'try again' }) }] };
}

/** Two checks may find the same (a lateness, a schema error), and one line is enough. Errors come first. */
function dropRepeated(findings: readonly Finding[]): Finding[] {
  const rank = { error: 0, warning: 1, info: 2 } as const;
  const byKey = new Map(findings.map((f) => [JSON.stringify([f.diagnostic.code, f.diagnostic.message, f.path]), f]));
  return [...byKey.values()].toSorted((a, b) => rank[a.diagnostic.severity] - rank[b.diagnostic.severity]);
}
