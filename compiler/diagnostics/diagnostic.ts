// The one type in which Fairlead tells a person that something is wrong. Data only: rendering is in render-*.ts.
import type { Span } from './span.ts';
import { compareSpans, compareText } from './span.ts';

/** Only an `error` keeps a mesh from being compiled and a commit from being deployed. */
export type Severity = 'error' | 'warning' | 'info';

/** `FL` and four digits; the first two name the family (STYLE: 00 internal … 08 runtime). */
export type Code = `FL${string}`;

/** Another place that has a part in it, such as the first of two clashing keys; shown in the order given. */
export interface RelatedPlace {
  readonly message: string;
  readonly span: Span;
}

export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** Starts lower-case, ends without a full stop, names the offending value, stands alone. */
  readonly message: string;
  /** Absent only where no source text exists (a usage error, a runtime failure). */
  readonly span?: Span;
  /** Text for the end of the underline, such as `last of 2 weighted destinations`. */
  readonly label?: string;
  readonly related: readonly RelatedPlace[];
  /** What to do about it. */
  readonly hint?: string;
}

/** Everything of a diagnostic but its code and severity, which the catalogue knows. */
export interface DiagnosticDetail {
  readonly message: string;
  readonly span?: Span | undefined;
  readonly label?: string | undefined;
  readonly related?: readonly RelatedPlace[] | undefined;
  readonly hint?: string | undefined;
}

const severityRank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** By place, then severity, code and message: the order in which all output lists findings. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  if (a.span && b.span) {
    const byPlace = compareSpans(a.span, b.span);
    if (byPlace !== 0) return byPlace;
  } else if (a.span || b.span) {
    return a.span ? -1 : 1;
  }
  return (
    severityRank[a.severity] - severityRank[b.severity] ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}
