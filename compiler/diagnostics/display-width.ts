// How many columns of a terminal a text takes: letters of East Asia and emoji take two, marks that sit upon others none.
// https://www.unicode.org/reports/tr11/

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Wide and fullwidth: Hangul, CJK, kana, fullwidth forms, and the planes of ideographs. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;
const emoji = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Regional_Indicator}{2}|\ufe0f\u20e3/u;
const invisible = /^[\p{Mark}\p{Cf}]+$/u;

export function displayWidth(text: string): number {
  if (/^[\t\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (!invisible.test(segment)) width += wide.test(segment) || emoji.test(segment) ? 2 : 1;
  }
  return width;
}
