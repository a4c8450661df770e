// Reads what opa says about policies: the metadata of their packages, and its complaints as diagnostics at file:line.
import { dirname, basename } from 'node:path';
import { readFileSync } from 'node:fs';
import { enforcements, type PolicyInfo } from './bundle.ts';
import { type Diagnostic, makeDiagnostic, type Span } from '../compiler/index.ts';

interface Annotation {
  readonly annotations: {
    readonly scope: string;
    readonly title?: string;
    readonly description?: string;
    readonly custom?: { severity?: unknown; enforcement?: unknown; kinds?: unknown };
  };
  readonly location: { readonly file: string; readonly row: number };
  readonly path?: readonly { readonly value: string }[];
}

interface Inspection {
  readonly namespaces: Readonly<Record<string, readonly string[]>>;
  readonly annotations?: readonly Annotation[];
}

interface OpaError {
  readonly message: string;
  readonly location?: { readonly file: string; readonly row: number; readonly col: number };
}

const packagePrefix = 'data.fairlead.policies.';
const metadataHint =
  'start the file with a "# METADATA" block: title, description, and under custom: severity, enforcement (enforce, warn or audit) and kinds';

/** The catalogue of the policies found; `origin` maps paths in the bundle to the user's files. */
export function readCatalogue(
  inspection: Inspection,
  origin: ReadonlyMap<string, string>,
): { catalogue: Record<string, PolicyInfo>; diagnostics: Diagnostic[] } {
  const catalogue: Record<string, PolicyInfo> = {};
  const diagnostics: Diagnostic[] = [];
  for (const [bundlePath, file] of origin) {
    if (basename(bundlePath) !== 'policy.rego') continue;
    const name = dirname(bundlePath);
    const key = name.replaceAll('-', '_');
    const wrong = (message: string, hint: string) =>
      diagnostics.push(makeDiagnostic('FL0605', { message, hint, span: lineSpan(file, 1, 1) }));
    if (!inspection.namespaces[`${packagePrefix}${key}`]?.includes(bundlePath)) {
      wrong(`policy ${name} is not in the package of its name`, `write: package fairlead.policies.${key}`);
      continue;
    }
    if (!/^violations contains\b/m.test(readFileSync(file, 'utf8'))) {
      wrong(`policy ${name} has no rule "violations"`, 'add: violations contains {"message": …, "path": […]} if { … }');
    }
    const info = readInfo(name, annotationOf(inspection, bundlePath));
    if (typeof info === 'string') wrong(`policy ${name} ${info}`, metadataHint);
    else catalogue[key] = info;
  }
  return { catalogue, diagnostics };
}

/** What a failed run of opa means for the user: each complaint at its place, or the whole text where it has none. */
export function inspectErrors(error: unknown, origin: ReadonlyMap<string, string>): Diagnostic[] {
  const { stdout = '', stderr = '', message = String(error) } = (error ?? {}) as Record<string, string>;
  const listed = parseErrors(stderr) ?? parseErrors(stdout);
  if (!listed)
    return [makeDiagnostic('FL0605', { message: `opa failed: ${(stderr || message).trim().slice(0, 500)}` })];
  return listed.map(({ message: text, location }) =>
    makeDiagnostic('FL0605', {
      message: text,
      span: location && lineSpan(origin.get(location.file) ?? location.file, location.row, location.col),
    }),
  );
}

function parseErrors(text: string): OpaError[] | undefined {
  try {
    const { errors } = JSON.parse(text) as { errors?: OpaError[] };
    return Array.isArray(errors) && errors.length > 0 ? errors : undefined;
  } catch {
    return undefined;
  }
}

function annotationOf(inspection: Inspection, bundlePath: string): Annotation['annotations'] | undefined {
  return inspection.annotations?.find((a) => a.location.file === bundlePath && a.annotations.scope === 'package')
    ?.annotations;
}

/** The complaint as text, where something is missing or wrong. */
function readInfo(name: string, annotation: Annotation['annotations'] | undefined): PolicyInfo | string {
  if (!annotation?.title) return 'has no title';
  const { severity, enforcement, kinds } = annotation.custom ?? {};
  const known = enforcements.find((e) => e === enforcement);
  if (!known) return `has the enforcement ${JSON.stringify(enforcement)}, expected enforce, warn or audit`;
  if (typeof severity !== 'string') return 'has no severity';
  if (!Array.isArray(kinds) || kinds.length === 0 || !kinds.every((k) => typeof k === 'string'))
    return 'names no kinds';
  return {
    name,
    title: annotation.title,
    description: annotation.description ?? '',
    severity,
    enforcement: known,
    kinds,
  };
}

function lineSpan(file: string, line: number, column: number): Span {
  return { file, start: { line, column }, end: { line, column } };
}
