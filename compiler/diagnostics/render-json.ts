// Diagnostics for machines: one JSON document, stable field order, lines and columns from 1.
import type { Diagnostic } from './diagnostic.ts';
import { summarize } from './render-text.ts';

/** `{"diagnostics": [...], "summary": "..."}` with two-space indent and a final newline. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  const rows = diagnostics.map(({ code, severity, message, span, label, related, hint }) => ({
    code,
    severity,
    message,
    ...(span && { span }),
    ...(label !== undefined && { label }),
    related,
    ...(hint !== undefined && { hint }),
  }));
  return `${JSON.stringify({ diagnostics: rows, summary: summarize(diagnostics) }, null, 2)}\n`;
}
