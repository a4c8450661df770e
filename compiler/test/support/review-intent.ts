// A review of a change to a few lines of intent.
import type { Test } from 'tap';
import { renderText } from '../../diagnostics/index.ts';
import type { Mesh } from '../../model/index.ts';
import { compile } from '../../pipeline.ts';
import { type Review, renderReviewMarkdown, reviewMeshes } from '../../review/index.ts';

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

/** GitHub takes no longer comment. */
export const commentLimit = 65_536;

export function reviewOf(text: string, ...edits: readonly Edit[]): Review {
  const review = reviewMeshes(compiledIntent(text), compiledIntent(edited(text, edits)));
  const { length } = renderReviewMarkdown(review);
  if (length > commentLimit) throw new Error(`the comment has ${length} characters`);
  return review;
}

/** `medium traffic changed: TITLE | ABOUT: FROM -> TO`. */
export function linesOf({ rows }: Review): readonly string[] {
  return rows.map(({ severity, kind, effect, title, about, from, to }) => {
    const change = from === undefined ? '' : ` | ${about === undefined ? '' : `${about}: `}${from} -> ${to}`;
    return `${severity} ${kind} ${effect}: ${title}${change}`;
  });
}

/** Each of the patterns is of some line. */
export function saysEach(t: Test, lines: readonly string[], says: readonly RegExp[], name = ''): void {
  for (const said of says)
    t.ok(
      lines.some((line) => said.test(line)),
      `${name}${said} in\n${lines.join('\n')}`,
    );
}

/** And each line of some pattern. */
export function saysOnly(t: Test, lines: readonly string[], says: readonly RegExp[]): void {
  saysEach(t, lines, says);
  for (const line of lines)
    t.ok(
      says.some((said) => said.test(line)),
      line,
    );
}

/** Of the first place that holds the part. */
export function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}
