// One mistake, one finding: leaves out of the findings about the whole mesh what may only follow from an earlier error.
import type { Diagnostic, Span } from '../diagnostics/index.ts';
import type { FoundObject } from './front-end.ts';

/** Findings that touch an object with errors of its own are left out: `before` holds what is known of the objects. */
export function withoutConsequences(
  findings: readonly Diagnostic[],
  before: readonly Diagnostic[],
  found: readonly FoundObject[],
): readonly Diagnostic[] {
  const errors = before.filter((d) => d.severity === 'error' && d.span);
  if (errors.length === 0 || findings.length === 0) return findings;
  const failed = found
    .filter((object) => !object.document || errors.some((e) => e.span && isWithin(e.span, object.span)))
    .map((object) => object.span);
  const touches = (span: Span | undefined) => span !== undefined && failed.some((outer) => isWithin(span, outer));
  return findings.filter((d) => !touches(d.span) && !d.related.some((r) => touches(r.span)));
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start.line >= outer.start.line && inner.start.line <= outer.end.line;
}
