// Collects diagnostics while a pass carries on. A pass never throws for bad input: it reports and goes on.
import { type KnownCode, findCode } from './catalogue/index.ts';
import { compareDiagnostics, type Diagnostic, type DiagnosticDetail } from './diagnostic.ts';

/** How passes and rules report. The severity comes from the catalogue. */
export type Report = (code: KnownCode, detail: DiagnosticDetail) => void;

/** For what is found outside of passes, which have a sink to report to. The severity is the catalogue's. */
export function makeDiagnostic(code: KnownCode, detail: DiagnosticDetail): Diagnostic {
  const severity = findCode(code)?.severity ?? 'error';
  return {
    code,
    severity,
    message: detail.message,
    ...(detail.span && { span: detail.span }),
    ...(detail.label !== undefined && { label: detail.label }),
    related: detail.related ?? [],
    ...(detail.hint !== undefined && { hint: detail.hint }),
  };
}

export class DiagnosticSink {
  readonly #found: Diagnostic[] = [];

  /** Bound, so that it can be handed to passes as a plain function. */
  readonly report: Report = (code, detail) => {
    this.#found.push(makeDiagnostic(code, detail));
  };

  add(diagnostics: readonly Diagnostic[]): void {
    // Not spread: the arguments of a call lie on the stack, and there may be any number of findings.
    for (const one of diagnostics) this.#found.push(one);
  }

  get hasErrors(): boolean {
    return this.#found.some((d) => d.severity === 'error');
  }

  /** Sorted by place and without exact repetitions: the same findings in any input order. */
  toSorted(): readonly Diagnostic[] {
    const sorted = this.#found.toSorted(compareDiagnostics);
    return sorted.filter((d, i) => i === 0 || compareDiagnostics(d, sorted[i - 1] as Diagnostic) !== 0);
  }
}
