// Diagnostics for machines: one JSON document, stable field order, lines and columns from 1.
import type { Diagnostic } from './diagnostic.ts';
import { summarize } from './render-text.ts';
import { filesIn } from './span.ts';

/** Any data, two-space indent, final newline. `folder` is the root of the intent as seen from where the reader is, "" for there. */
export function renderData(data: unknown, folder?: string): string {
  return `${JSON.stringify(filesIn(folder, data), null, 2)}\n`;
}

/** `{"diagnostics": [...], "summary": "..."}`. */
export function renderJson(diagnostics: readonly Diagnostic[], folder?: string): string {
  const rows = diagnostics.map(({ code, severity, message, span, label, related, hint }) => ({
    code,
    severity,
    message,
    ...(span && { span }),
    ...(label !== undefined && { label }),
    related,
    ...(hint !== undefined && { hint }),
  }));
  return renderData({ diagnostics: rows, summary: summarize(diagnostics) }, folder);
}
