// One mistake, one finding: leaves out of the findings about the whole mesh what may only follow from an earlier error.
import type { Diagnostic, Span } from '../diagnostics/index.ts';
import type { FoundObject } from './front-end.ts';

/** Findings that touch an object with errors of its own are left out: `before` holds what is known of the objects. */
export function withoutConsequences(
  findings: readonly Diagnostic[],
  before: readonly Diagnostic[],
  found: readonly FoundObject[],
): readonly Diagnostic[] {
  const errors = before.filter((d) => d.severity === 'error');
  if (findings.length === 0 || errors.length === 0) return findings;
  const broken = new LineSet();
  for (const { span } of errors) if (span) broken.add(span.file, span.start.line);
  const failed = new LineSet();
  for (const { document, span } of found) {
    if (document && !broken.hasWithin(span)) continue;
    for (let line = span.start.line; line <= span.end.line; line++) failed.add(span.file, line);
  }
  const touches = (span: Span | undefined) => span !== undefined && failed.has(span.file, span.start.line);
  const kept = findings.filter((d) => !absences.includes(d.code));
  return kept.filter(
    (d) => ownFaults.includes(d.code) || (!touches(d.span) && !d.related.some((r) => touches(r.span))),
  );
}

/** What a match says by itself follows from nothing else. */
const ownFaults: readonly string[] = ['FL0417', 'FL0424'];

/** That something is not there may follow from any error: what was meant may stand where nothing could be read. */
const absences: readonly string[] = ['FL0303', 'FL0307', 'FL0446', 'FL0453', 'FL0454'];

/** Lines of files: what is asked for each finding and each object takes no longer the more there are. */
class LineSet {
  readonly #lines = new Map<string, Set<number>>();

  add(file: string, line: number): void {
    const known = this.#lines.get(file);
    if (known) known.add(line);
    else this.#lines.set(file, new Set([line]));
  }

  has(file: string, line: number): boolean {
    return this.#lines.get(file)?.has(line) ?? false;
  }

  hasWithin({ file, start, end }: Span): boolean {
    const lines = this.#lines.get(file);
    if (!lines) return false;
    for (let line = start.line; line <= end.line; line++) if (lines.has(line)) return true;
    return false;
  }
}
