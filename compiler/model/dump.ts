// The model as YAML and back: what `model.yaml` goldens hold and what back-end tests start from.
import { parse, stringify } from 'yaml';
import { deepFreeze } from './freeze.ts';
import type { Mesh } from './mesh.ts';

const compactSpan = /^(.*):(\d+):(\d+)-(\d+):(\d+)$/;

/** Origins become one string, `file:line:column-line:column`, so that a model can be read by people. */
export function dumpMesh(mesh: Mesh): string {
  return stringify(compact(mesh), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The inverse of `dumpMesh`. Trusts its input: it reads what Fairlead wrote. */
export function loadMesh(text: string): Mesh {
  return deepFreeze(expand(parse(text)) as Mesh);
}

function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'origin' ? compactOrigin(inner) : compact(inner)]),
  );
}

function compactOrigin({ file, start, end }: Mesh['origin']): string {
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column}`;
}

function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'origin' && typeof inner === 'string' ? expandOrigin(inner) : expand(inner),
    ]),
  );
}

function expandOrigin(text: string): Mesh['origin'] {
  const [, file = '', line, column, endLine, endColumn] = compactSpan.exec(text) ?? [];
  return {
    file,
    start: { line: Number(line), column: Number(column) },
    end: { line: Number(endLine), column: Number(endColumn) },
  };
}
