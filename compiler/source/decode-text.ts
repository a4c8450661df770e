// Bytes as text: UTF-8 and nothing else, and never with characters put in the place of what is none.

/** What a file is that is not UTF-8 text, as far as its first bytes tell. */
export function decodeText(
  bytes: Uint8Array,
): { readonly text: string } | { readonly is: string; readonly hint: string } {
  const hint = 'save the file as UTF-8';
  const wide = wideEncodingOf(bytes);
  if (wide) return { is: `is ${wide} text, not UTF-8`, hint };
  if (bytes.includes(0)) return { is: 'is not text: it holds NUL bytes', hint: 'restore it, or move it elsewhere' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { is: 'is not UTF-8 text', hint };
  }
}

/** By the byte order mark, or by where the zeros of the first characters stand: https://yaml.org/spec/1.2.2/#52-character-encodings */
function wideEncodingOf(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = [...bytes.subarray(0, 4), 1, 1, 1, 1];
  if ((a === 0 && b === 0 && c === 0xfe && d === 0xff) || (a === 0 && b === 0 && c === 0 && d !== 0)) return 'UTF-32';
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a !== 0 && b === 0 && c === 0 && d === 0)) return 'UTF-32';
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return 'UTF-16';
  return (a === 0 && b !== 0 && c === 0) || (a !== 0 && b === 0 && d === 0) ? 'UTF-16' : undefined;
}
