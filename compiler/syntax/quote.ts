// Words of the user in our messages: short enough to read, however long they are.

const maxQuoted = 60;

/** At most `length` characters and then `…`, which is not counted. */
export function clip(text: string, length: number = maxQuoted): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** On one line, and clipped. */
export function quote(text: unknown): string {
  return `"${clip(String(text).replaceAll('\n', '\\n'))}"`;
}
