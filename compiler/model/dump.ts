// The model as YAML and back: what `model.yaml` goldens hold and what back-end tests start from.
import { parse, stringify } from 'yaml';
import { blanks } from './blanks.ts';
import { deepFreeze } from './freeze.ts';
import type { Mesh } from './mesh.ts';

/** Raised when the model changes so that dumps of before mean something else, or nothing. */
const modelVersion = 3;

const compactSpan = /^(.*):(\d+):(\d+)-(\d+):(\d+)$/;

type Fields = Readonly<Record<string, unknown>>;
/** See blanks.ts. */
type Blank = readonly [] | { readonly [key: string]: Blank };
type Blanks = Readonly<Record<string, Blank | undefined>>;

/**
 * For people to read: origins become one string, `file:line:column-line:column`, and empty lists and records are left out.
 * Begins with the version of the model.
 */
export function dumpMesh(mesh: Mesh): string {
  const dump = { model: modelVersion, ...compactFields({ ...mesh }) };
  return stringify(dump, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The inverse of `dumpMesh`. Trusts its input, which Fairlead wrote, but throws for a dump of another version of the model. */
export function loadMesh(text: string): Mesh {
  const { model, ...mesh } = (parse(text) ?? {}) as Fields;
  if (model !== modelVersion) throw new Error(otherVersion(model));
  return deepFreeze(expandFields(mesh) as unknown as Mesh);
}

function otherVersion(found: unknown): string {
  const isNewer = typeof found === 'number' && found > modelVersion;
  const version = typeof found === 'number' ? `version ${found}` : 'no version';
  return `this is a dump of ${isNewer ? 'a newer' : 'an older'} model (${version}, expected ${modelVersion}): write it again with make golden`;
}

function compact(value: unknown, blank: Blank | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => compact(item, undefined));
  return isFields(value) && !isRecord(blank) ? compactFields(value, blank) : value;
}

/** Leaves out only what `expandFields` knows to put back. */
function compactFields(fields: Fields, blank?: Blank): Fields {
  const own = blanksOf(fields, blank);
  const entries = Object.entries(fields).map(([key, inner]) => {
    const isOrigin = key === 'origin' && isNode(fields);
    return [key, isOrigin ? compactOrigin(inner as Mesh['origin']) : compact(inner, own[key])] as const;
  });
  return Object.fromEntries(entries.filter(([key, inner]) => own[key] === undefined || !isEmpty(inner)));
}

function expand(value: unknown, blank: Blank | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => expand(item, undefined));
  return isFields(value) && !isRecord(blank) ? expandFields(value, blank) : value;
}

function expandFields(fields: Fields, blank?: Blank): Fields {
  const own = blanksOf(fields, blank);
  const written = Object.entries(fields).map(([key, inner]) => {
    const isOrigin = key === 'origin' && isNode(fields);
    return [key, isOrigin ? expandOrigin(inner as string) : expand(inner, own[key])] as const;
  });
  const missing = Object.keys(own).filter((key) => !Object.hasOwn(fields, key));
  return Object.fromEntries([
    ...missing.map((key) => [key, expand(Array.isArray(own[key]) ? [] : {}, own[key])] as const),
    ...written,
  ]);
}

/** Those of a node by its kind; those of an object without a kind stand in the row of its node. */
function blanksOf(fields: Fields, blank: Blank | undefined): Blanks {
  const byKind: Readonly<Record<string, Blanks>> = blanks;
  return (isNode(fields) ? byKind[fields.kind] : (blank as Blanks | undefined)) ?? {};
}

/** Conditions and matches have a kind, and no place of their own. */
function isNode(fields: Fields): fields is Fields & { readonly kind: string } {
  return typeof fields.kind === 'string' && fields.origin !== undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a record with free keys, in which `kind` and `origin` are names like any other. */
function isRecord(blank: Blank | undefined): boolean {
  return blank !== undefined && !Array.isArray(blank) && Object.keys(blank).length === 0;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function compactOrigin({ file, start, end }: Mesh['origin']): string {
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column}`;
}

function expandOrigin(text: string): Mesh['origin'] {
  const [, file = '', line, column, endLine, endColumn] = compactSpan.exec(text) ?? [];
  return {
    file,
    start: { line: Number(line), column: Number(column) },
    end: { line: Number(endLine), column: Number(endColumn) },
  };
}
