// Where the RE2 of Envoy and ours read a pattern otherwise. Held to real Envoy by compiler/test/regex-agreement.test.ts.

/** Named classes that ours knows and the RE2 of Envoy 1.40 does not: properties, and scripts newer than Unicode 15. */
const unknownClasses: ReadonlySet<string> = new Set([
  ...['Cn', 'LC', 'Lc', 'Ascii', 'Assigned', 'Unknown', 'Alphabetic', 'ASCII_Hex_Digit', 'Dash', 'Hex_Digit'],
  ...['Lowercase', 'Math', 'Quotation_Mark', 'Terminal_Punctuation', 'Uppercase', 'White_Space'],
  ...['Emoji', 'Emoji_Component', 'Emoji_Modifier', 'Emoji_Modifier_Base', 'Emoji_Presentation'],
  ...['Extended_Pictographic', 'Beria_Erfe', 'Garay', 'Gurung_Khema', 'Kirat_Rai', 'Ol_Onal', 'Sidetic', 'Sunuwar'],
  ...['Tai_Yo', 'Todhri', 'Tolong_Siki', 'Tulu_Tigalari'],
]);

/** A quotation, which comes first, or an escape of ours. */
const escapes =
  /\\Q[\s\S]*?(?:\\E|$)|\\[pP]\{\^?(?<name>[^}]*)\}|\\x\{(?<hex>[0-9a-fA-F]+)\}|\\(?<octal>[0-7]{3})|\\[\s\S]/g;

/** What of a pattern Envoy does not take though ours does, in words. */
export function escapeProblem(pattern: string): string | undefined {
  for (const { 0: text, groups } of pattern.matchAll(escapes)) {
    const { name = '', hex, octal } = groups ?? {};
    const byte = hex === undefined ? Number.parseInt(octal ?? '0', 8) : Number.parseInt(hex, 16);
    if (byte > 0xff) return `${text} is not a byte: write the character itself`;
    if (unknownClasses.has(name)) return `${text} is a class that Envoy does not know`;
  }
  return undefined;
}

/** What has no groups in it: a quotation, a class, an escape. */
export const groupless = /\\Q[\s\S]*?(?:\\E|$)|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]|\\[\s\S]/.source;
const grouping = new RegExp(`${groupless}|\\(\\?P?<(?<name>\\w+)>`, 'g');

/** The pattern with each name of a group once: Envoy takes repeated ones, and nobody asks for what a group holds. */
export function withNamesOnce(pattern: string): string {
  const seen = new Set<string>();
  return pattern.replace(grouping, (text, name: string | undefined) => {
    if (name === undefined) return text;
    if (seen.has(name)) return '(';
    seen.add(name);
    return text;
  });
}
