// The markers that Git leaves in a file whose merge is not finished: https://git-scm.com/docs/git-merge#_how_conflicts_are_presented
// They start a line, where no value of a YAML mapping can stand: text of a block scalar is indented.

export interface Conflicts {
  /** Of the first opening marker, and of the closing one after it. */
  readonly open: MarkerPlace;
  readonly close: MarkerPlace;
  readonly count: number;
  /** The text as each side has it. */
  readonly sides: readonly [string, string];
}

export interface MarkerPlace {
  readonly start: number;
  readonly end: number;
}

const marker = /^(<{7,}|\|{7,}|={7,}|>{7,})(?=[ \r]|$)/;

/** What each marker begins: lines of both sides, of one, or of none (their common ancestor). */
const begins = { '<': [true, false], '|': [false, false], '=': [false, true], '>': [true, true] } as const;

/** Undefined unless a conflict is opened and closed. */
export function findConflicts(text: string): Conflicts | undefined {
  if (!/^<{7,}[ \r\n]/m.test(text) || !/^>{7,}(?:[ \r\n]|$)/m.test(text)) return undefined;
  const sides: [string[], string[]] = [[], []];
  const found: { readonly sign: string; readonly place: MarkerPlace }[] = [];
  let belongs: readonly [boolean, boolean] = [true, true];
  let start = 0;
  for (const line of text.split('\n')) {
    const sign = marker.exec(line)?.[1]?.charAt(0) as keyof typeof begins | undefined;
    if (sign) {
      found.push({ sign, place: { start, end: start + line.trimEnd().length } });
      belongs = begins[sign];
    } else {
      for (const i of [0, 1] as const) if (belongs[i]) sides[i].push(line);
    }
    start += line.length + 1;
  }
  const openAt = found.findIndex(({ sign }) => sign === '<');
  const open = found[openAt];
  const close = found.slice(openAt).find(({ sign }) => sign === '>');
  if (!open || !close) return undefined;
  const count = found.filter(({ sign }) => sign === '<').length;
  return { open: open.place, close: close.place, count, sides: [sides[0].join('\n'), sides[1].join('\n')] };
}
