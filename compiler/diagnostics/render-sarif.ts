// Findings as SARIF 2.1.0, which code scanning of GitHub and other forges take.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
import { createHash } from 'node:crypto';
import { findCode } from './catalogue/index.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import { fileIn, type Span } from './span.ts';

export type SarifLevel = 'error' | 'warning' | 'note';

/** A kind of finding. */
export interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly help: string;
  /** Where there is more about it. */
  readonly more?: string;
  readonly level: SarifLevel;
}

export interface SarifFinding {
  readonly rule: SarifRule;
  readonly level: SarifLevel;
  readonly message: string;
  /** The first is where it is shown; without any it is about the whole folder. */
  readonly places: readonly SarifPlace[];
}

export interface SarifPlace {
  readonly span: Span;
  readonly message?: string;
}

export interface SarifOptions {
  readonly version: string;
  /** From the root of the repository to the root of the intent; "" where they are one. */
  readonly folder: string;
}

const levels: Readonly<Record<Severity, SarifLevel>> = { error: 'error', warning: 'warning', info: 'note' };

export function sarifOf({ code, severity, message, hint, span, label, related }: Diagnostic): SarifFinding {
  const entry = findCode(code);
  const level = levels[severity];
  const rule: SarifRule = {
    id: code,
    name: pascal(entry?.name ?? code),
    text: entry?.title ?? code,
    help: entry?.explanation ?? code,
    more: `fairlead explain ${code} tells more.`,
    level: levels[entry?.severity ?? severity],
  };
  const first = span ? [{ span, ...(label !== undefined && { message: label }) }] : [];
  return {
    rule,
    level,
    message: hint === undefined ? message : `${message}\nhint: ${hint}`,
    places: [...first, ...related],
  };
}

/** One run, two-space indent, final newline; rules are listed once each, in the order of their ids. */
export function renderSarif(findings: readonly SarifFinding[], options: SarifOptions): string {
  const rules = [...new Map(findings.map(({ rule }) => [rule.id, rule])).values()].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  );
  const indexes = new Map(rules.map(({ id }, i) => [id, i]));
  const results = findings.map((finding) => ({
    ruleId: finding.rule.id,
    ruleIndex: indexes.get(finding.rule.id) ?? 0,
    level: finding.level,
    message: { text: finding.message },
    ...placesOf(finding, options),
    partialFingerprints: { 'fairleadFinding/v1': fingerprint(finding) },
  }));
  const driver = { name: 'fairlead', version: options.version, rules: rules.map(descriptor) };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function descriptor({ id, name, text, help, more, level }: SarifRule) {
  return {
    id,
    name,
    shortDescription: { text },
    fullDescription: { text: help },
    help: { text: more === undefined ? help : `${help}\n\n${more}` },
    defaultConfiguration: { level },
  };
}

/** Code scanning shows only what has a place: a finding about everything stands at the folder. */
function placesOf({ places }: SarifFinding, { folder }: SarifOptions) {
  const [first, ...more] = places;
  if (!first)
    return { locations: [{ physicalLocation: { artifactLocation: { uri: folder === '' ? '.' : uriOf(folder) } } }] };
  const located = ({ span, message }: SarifPlace) => ({
    physicalLocation: {
      artifactLocation: { uri: uriOf(fileIn(folder, span.file)) },
      region: regionOf(span),
    },
    ...(message !== undefined && { message: { text: message } }),
  });
  return {
    locations: [located(first)],
    ...(more.length > 0 && { relatedLocations: more.map((place, id) => ({ id, ...located(place) })) }),
  };
}

/** The end is the column after the last one, as ours. */
function regionOf({ start, end }: Span) {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** The same while a finding only moves to another line. */
function fingerprint({ rule, message, places }: SarifFinding): string {
  return createHash('sha256')
    .update(`${rule.id}\n${places[0]?.span.file ?? ''}\n${message}`)
    .digest('hex')
    .slice(0, 32);
}

function pascal(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
