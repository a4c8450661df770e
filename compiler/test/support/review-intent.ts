// A review of a change to a few lines of intent.
import { renderText } from '../../diagnostics/index.ts';
import type { Mesh } from '../../model/index.ts';
import { compile } from '../../pipeline.ts';
import { type Review, reviewMeshes } from '../../review/index.ts';

export function compiledIntent(text: string): Mesh {
  const { mesh, diagnostics } = compile({ label: 'test', files: [{ path: 'mesh.yaml', text }], diagnostics: [] });
  if (!mesh) throw new Error(renderText(diagnostics, { lookup: () => undefined }));
  return mesh;
}

export type Edit = readonly [from: string, to: string];

export function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`the intent does not hold ${from}`);
    return changed.replaceAll(from, to);
  }, text);
}

export function reviewOf(text: string, ...edits: readonly Edit[]): Review {
  return reviewMeshes(compiledIntent(text), compiledIntent(edited(text, edits)));
}

/** `medium traffic changed: TITLE | ABOUT: FROM -> TO`. */
export function linesOf({ rows }: Review): readonly string[] {
  return rows.map(({ severity, kind, effect, title, about, from, to }) => {
    const change = from === undefined ? '' : ` | ${about === undefined ? '' : `${about}: `}${from} -> ${to}`;
    return `${severity} ${kind} ${effect}: ${title}${change}`;
  });
}
