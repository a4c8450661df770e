// How much a comment holds. GitHub refuses one that is longer than 65,536 characters, whole: what matters less is left out, and said to be.

/** Something is left for what a workflow writes around it. */
export const commentRoom = 64_000;

/** As many of the first as there is room for, each with the end of its line. */
export function fitting(
  texts: readonly string[],
  room: number,
): { readonly kept: readonly string[]; readonly left: number } {
  let used = 0;
  const end = texts.findIndex((text) => {
    used += text.length + 1;
    return used > room;
  });
  const kept = end === -1 ? texts : texts.slice(0, end);
  return { kept, left: texts.length - kept.length };
}

export function sizeOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length + 1, 0);
}

/** Never half a character. */
export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
