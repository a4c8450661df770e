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
  if (findings.length === 0 || !before.some((d) => d.severity === 'error')) return findings;
  const failed = found
    .filter((object) => !object.document || errors.some((e) => e.span && isWithin(e.span, object.span)))
    .map((object) => object.span);
  const touches = (span: Span | undefined) => span !== undefined && failed.some((outer) => isWithin(span, outer));
  const kept = findings.filter((d) => !absences.includes(d.code));
  return kept.filter(
    (d) => ownFaults.includes(d.code) || (!touches(d.span) && !d.related.some((r) => touches(r.span))),
  );
}

/** What a match says by itself follows from nothing else. */
const ownFaults: readonly string[] = ['FL0417', 'FL0424'];

/** That something is not there may follow from any error: what was meant may stand where nothing could be read. */
const absences: readonly string[] = ['FL0307', 'FL0453'];

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start.line >= outer.start.line && inner.start.line <= outer.end.line;
}
