// Texts of headers as proxies treat them: bytes. What JavaScript takes for blanks or for the same letter beyond ASCII is neither to them.

/** Without the blanks and tabs around it. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3 */
export function trimBlanks(text: string): string {
  const isBlank = (at: number) => text[at] === ' ' || text[at] === '\t';
  let [start, end] = [0, text.length];
  while (start < end && isBlank(start)) start += 1;
  while (end > start && isBlank(end - 1)) end -= 1;
  return text.slice(start, end);
}

/** With the letters of ASCII in lower case. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
