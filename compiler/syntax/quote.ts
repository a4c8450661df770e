// Words of the user in our messages: short enough to read, however long they are, and with nothing in them that cannot be seen.

const maxQuoted = 60;

/** At most `length` characters and then `…`, which is not counted. */
export function clip(text: string, length: number = maxQuoted): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** On one line, and clipped; what nobody sees stands there by its number. */
export function quote(text: unknown): string {
  const shown = clip(String(text).replaceAll('\n', '\\n')).replace(hidden, (one) => `<${codePoint(one)}>`);
  return `"${shown}"`;
}

export interface Glued {
  readonly key: string;
  readonly value: string;
}

/** `port:80`, which is one word to YAML; an address is one to everybody. */
export function gluedIn(text: string): Glued | undefined {
  const [, key, value] = /^([a-z][\w./-]*):(?!\/\/)([^\s:][^:]*)$/i.exec(text) ?? [];
  return key === undefined || value === undefined ? undefined : { key, value };
}

export function gluedHint({ key, value }: Glued): string {
  return `write ${clip(`${key}: ${value}`)}`;
}

/** Blanks other than a space, and marks without a shape: https://www.unicode.org/reports/tr44/#General_Category_Values */
const hidden = /(?! )[\p{Zs}\p{Zl}\p{Zp}\p{Cf}]/gu;
/** Letters of which many look like those of ASCII. */
const foreign = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;

/** What to do about the first character of a text that is not what it looks like; undefined if there is none. */
export function unseenHint(text: string): string | undefined {
  const [unseen] = text.match(hidden) ?? [];
  if (unseen !== undefined)
    return `${nameOfBlank(unseen)} stands in it: ${/\p{Z}/u.test(unseen) ? 'write a plain space there' : 'remove it'}`;
  const [letter] = foreign.exec(text) ?? [];
  if (letter === undefined || !/[a-z]/i.test(text)) return undefined;
  return `"${letter}" is the letter ${codePoint(letter)}, which only looks like one of ASCII: write it anew`;
}

export function nameOfBlank(blank: string): string {
  return blank === '\u00a0' ? `a no-break space (${codePoint(blank)})` : `the character ${codePoint(blank)}`;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
