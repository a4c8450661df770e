// Numbers that readers of YAML disagree on: 0120 is 120 to YAML 1.2 and 80 to YAML 1.1, so that kubectl would apply another mesh than was checked.
// https://yaml.org/spec/1.2.2/#1032-tag-resolution, https://yaml.org/type/int.html
import type { Report } from '../diagnostics/index.ts';
import type { ParsedDocument } from '../syntax/index.ts';
import { pathName } from './schema-finding.ts';

type Path = readonly string[];

/** True after a report. What the number was meant to be nobody knows, so no more is said of the document. */
export function reportLeadingZeros(document: ParsedDocument, report: Report): boolean {
  // Most documents have none, and are not walked.
  if (!/(?<![\w."'])[-+]?0\d/.test(document.textOf([]))) return false;
  const seen = new Set<string>();
  for (const path of numbersIn(document.value, [])) {
    const text = document.textOf(path);
    const span = document.locate(path);
    // What aliases repeat was written once.
    const place = `${span.start.line}:${span.start.column}`;
    if (!/^[-+]?0\d+$/.test(text) || seen.has(place)) continue;
    seen.add(place);
    report('FL0214', { message: `${pathName(path)} is ${text}: ${readingsOf(text)}`, span, hint: hintFor(text) });
  }
  return seen.size > 0;
}

function numbersIn(value: unknown, path: Path): readonly Path[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, [...path, key]));
}

function readingsOf(text: string): string {
  const octal = isOctal(text) ? String(Number.parseInt(text, 8)) : 'no whole number';
  return `${Number(text)} to YAML 1.2, and ${octal} to YAML 1.1, which kubectl reads`;
}

function hintFor(text: string): string {
  const numbers = [...new Set([Number(text), ...(isOctal(text) ? [Number.parseInt(text, 8)] : [])])];
  return `write ${numbers.join(' or ')} without the leading zero, or "${text}" in quotes where a text is meant`;
}

function isOctal(text: string): boolean {
  return /^[-+]?[0-7]+$/.test(text);
}
