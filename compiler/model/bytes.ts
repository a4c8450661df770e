// Texts as proxies see them: bytes, one character each. Texts are sent in UTF-8; a byte that is part of no character of it has a stand-in
// in texts, as Python's `surrogateescape` has.

/** Envoy hands RE2 bytes, and `.` is one of the two bytes of `é`. */
export function bytesOf(text: string): string {
  if (isAscii(text)) return text;
  return [...text].map((character) => standsFor(character) ?? utf8BytesOf(character)).join('');
}

export function textOf(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  return bytes.replace(characters, (found) =>
    found.length > 1
      ? Buffer.from(found, 'latin1').toString('utf8')
      : String.fromCharCode(firstStandIn + found.charCodeAt(0)),
  );
}

/** Whether the bytes are UTF-8. */
export function isUtf8(bytes: string): boolean {
  return (bytes.match(characters) ?? []).every((found) => found.length > 1);
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

const firstStandIn = 0xdc00;

function standsFor(character: string): string | undefined {
  const code = character.charCodeAt(0) - firstStandIn;
  return character.length === 1 && code >= 0x80 && code <= 0xff ? String.fromCharCode(code) : undefined;
}

function utf8BytesOf(character: string): string {
  return Buffer.from(character, 'utf8').toString('latin1');
}

/** Characters of more than one byte, by RFC 3629 §4: alike for JavaScript, over texts of bytes, and for RE2. */
const sequences = [
  '[\\xc2-\\xdf][\\x80-\\xbf]',
  '\\xe0[\\xa0-\\xbf][\\x80-\\xbf]',
  '[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}',
  '\\xed[\\x80-\\x9f][\\x80-\\xbf]',
  '\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}',
  '[\\xf1-\\xf3][\\x80-\\xbf]{3}',
  '\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}',
].join('|');

/** Those, and bytes that are part of none. */
const characters = new RegExp(`${sequences}|[\\x80-\\xff]`, 'g');

/** Any text in UTF-8, as a pattern of RE2 over bytes. */
export const utf8Pattern = `([\\x00-\\x7f]|${sequences})*`;
