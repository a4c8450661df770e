// Diagnostics in the little room an API server gives them: one line each.
import { formatPath, formatSpan } from '../../compiler/index.ts';
import type { Finding } from './request.ts';

/** Kubernetes advises at most 120 characters for a warning; more than 4096 in all may be cut by the API server. */
const maxWarning = 120;
const maxWarnings = 20;

/** `FL0601 spec.hosts[0]: no-wildcard-hosts: host * catches every host (name each host, …)`. */
export function renderFinding(finding: Finding): string {
  const { hint } = finding.diagnostic;
  return hint === undefined ? renderPlain(finding) : `${renderPlain(finding)} (${oneLine(hint)})`;
}

/** Warnings and notes, without their hints: there is no room. */
export function renderWarnings(findings: readonly Finding[]): string[] {
  const lines = findings
    .filter((f) => f.diagnostic.severity !== 'error')
    .map(renderPlain)
    .map((line) => (line.length <= maxWarning ? line : `${line.slice(0, maxWarning - 1)}…`));
  if (lines.length <= maxWarnings) return lines;
  return [...lines.slice(0, maxWarnings - 1), `and ${lines.length - maxWarnings + 1} more warnings`];
}

function renderPlain({ diagnostic, path }: Finding): string {
  const place = path && path.length > 0 ? formatPath(path) : diagnostic.span && formatSpan(diagnostic.span);
  return oneLine(`${diagnostic.code}${place ? ` ${place}` : ''}: ${diagnostic.message}`);
}

function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
