// Why a text is no YAML, where one look at the line tells it better than the parser's many complaints.
import type { KnownCode } from '../diagnostics/index.ts';
import type { PositionMap } from './document.ts';
import { gluedHint, gluedIn, nameOfBlank, quote } from './quote.ts';

export interface Cause {
  readonly code: KnownCode;
  readonly message: string;
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
  readonly hint: string;
  /** Told once for a file, whatever else follows from it. */
  readonly isOfFile?: true;
}

/** Of Helm and Go, Jinja, ERB, and shells. */
const template = /\{\{|\{%|<%|\$\{/;
const templateEnd: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '<%': '%>', '${': '}' };

/** What looks like a blank and is none to YAML: https://yaml.org/spec/1.2.2/#white-space-characters */
const blanks = '\u0085\u00a0\u1680\u180e\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000';
export const oddBlankAtStart = new RegExp(`^[${blanks}]`);
const oddIndent = new RegExp(`^[ \\t${blanks}]*[\\t${blanks}]|^ *- *\\t|[:,\\-][${blanks}]`);

/** Of a line that is more than text: a key, or an entry of a list. */
const oddlyIndented = new RegExp(`^[ \\t${blanks}]*[\\t${blanks}] *(?:- |[\\w./-]+:(?:\\s|$))`);
const notAtStart = new RegExp(`^[ \\t${blanks}]+(?=---\\s*$)`);

export const templateHint = 'render the template first, such as by `helm template`, and give Fairlead the result';
const markersHint = 'finish the merge: keep one side and remove the markers';

/** The cause of a complaint about `offset`, if the line there, or a marker on the last one before it, shows one. */
export function causeAt(positions: PositionMap, offset: number): Cause | undefined {
  const { text } = positions;
  const own = lineAround(text, offset);
  const before = lineBefore(text, own.start);
  return (
    causeIn(own) ??
    diffIn(own, text) ??
    (before && markerIn(before)) ??
    indentBefore(text, own.start) ??
    loneBreak(positions, offset)
  );
}

interface Line {
  readonly text: string;
  readonly start: number;
}

function causeIn(line: Line): Cause | undefined {
  return (
    markerIn(line) ??
    fenceIn(line) ??
    markIn(line) ??
    dashesIn(line) ??
    oddBlankIn(line) ??
    templateIn(line) ??
    gluedLine(line)
  );
}

/** A single marker of a conflict, where the others were removed. */
function markerIn({ text, start }: Line): Cause | undefined {
  const [marker] = /^(?:<{7}|\|{7}|={7}|>{7})(?=[ \r]|$)/.exec(text) ?? [];
  if (!marker) return undefined;
  const message = `a marker of a Git conflict stands here: ${quote(text.trimEnd())}`;
  return { code: 'FL0119', message, start, end: start + text.trimEnd().length, hint: markersHint };
}

/** Copied from a page with more than the intent. */
function fenceIn({ text, start }: Line): Cause | undefined {
  if (!/^ *(?:```|~~~)/.test(text)) return undefined;
  const message = `not valid YAML: a fence of Markdown stands here: ${quote(text.trim())}`;
  const hint = 'keep only what stands between the two fences';
  return { code: 'FL0101', message, start, end: start + text.trimEnd().length, hint, isOfFile: true };
}

/** Of a removed line only if an added one follows: a list may stand at the start of a line. */
function diffIn({ text, start }: Line, whole: string): Cause | undefined {
  const isRemoved = text.startsWith('-') && whole.startsWith('\n+', start + text.length);
  if (!isRemoved && !/^(?:\+(?=[ \w])|@@ -\d|diff --git )/.test(text)) return undefined;
  const message = `not valid YAML: a line of a diff stands here: ${quote(text.trimEnd())}`;
  const hint =
    'give the file as it is after the change: without the signs at the start of lines, and without what is removed';
  return { code: 'FL0101', message, start, end: start + 1, hint, isOfFile: true };
}

/** What was to be a line between documents. */
function dashesIn({ text, start }: Line): Cause | undefined {
  const [blank] = notAtStart.exec(text) ?? [];
  const [dashes] = /^(?:--|-{4,})(?=\s*$)/.exec(text) ?? [];
  const at = { start: start + (blank?.length ?? 0), end: start + text.trimEnd().length };
  if (blank !== undefined) {
    const message = 'not valid YAML: a blank stands before "---"';
    return {
      code: 'FL0101',
      message,
      ...at,
      hint: 'a line between documents begins with its dashes: remove the blank',
    };
  }
  if (dashes === undefined) return undefined;
  const message = `not valid YAML: ${quote(dashes)} is no line between documents`;
  return { code: 'FL0101', message, ...at, hint: 'write three dashes: ---' };
}

function gluedLine({ text, start }: Line): Cause | undefined {
  const [, before = '', written = ''] = /^((?: *- +)*\s*)(.*?)\s*$/.exec(text) ?? [];
  const glued = gluedIn(written);
  if (!glued) return undefined;
  const at = start + before.length;
  const message = `not valid YAML: a blank is missing after the colon of ${quote(written)}`;
  return { code: 'FL0101', message, start: at, end: at + written.length, hint: gluedHint(glued) };
}

/** Allowed at the start of a file, where it is not seen any more: files that were joined have it in their midst. */
function markIn({ text, start }: Line): Cause | undefined {
  const at = text.indexOf('\ufeff');
  if (at === -1) return undefined;
  const message = 'not valid YAML here: a byte order mark (U+FEFF) within the text';
  return { code: 'FL0101', message, start: start + at, end: start + at + 1, hint: 'remove it: no editor shows it' };
}

function oddBlankIn({ text, start }: Line): Cause | undefined {
  const found = oddIndent.exec(text);
  if (!found) return undefined;
  const blank = found[0].at(-1) ?? '';
  const at = start + found.index + found[0].length - 1;
  return {
    code: 'FL0118',
    message:
      blank === '\t' ? 'a tab stands where YAML wants spaces' : `${nameOfBlank(blank)} stands where YAML wants a space`,
    start: at,
    end: at + 1,
    hint: blankHint(blank, text.slice(0, at - start).trim() === ''),
  };
}

function blankHint(blank: string, isIndent: boolean): string {
  if (/\p{Cf}/u.test(blank)) return 'remove it: no editor shows it';
  return isIndent || blank === '\t'
    ? 'indent with spaces only, here and in all lines of the file'
    : 'write a plain space there';
}

/** Lines that are looked at: the parser complains where the one that is out of line ends. */
const maxBefore = 50;

/** A key that its odd blank puts at the start of the line may be a good key: what follows does not fit it. */
function indentBefore(text: string, start: number): Cause | undefined {
  let line = lineBefore(text, start);
  for (let i = 0; line && i < maxBefore && !/^(?:---|\.\.\.)/.test(line.text); i++) {
    if (oddlyIndented.test(line.text)) return oddBlankIn(line);
    line = lineBefore(text, line.start);
  }
  return undefined;
}

function templateIn({ text, start }: Line): Cause | undefined {
  // Of the same length, so that offsets hold: what is quoted or a comment is text to YAML.
  const plain = text.replace(/"(?:[^"\\]|\\.)*"|'[^']*'|(?:^| )#.*/g, (part) => ' '.repeat(part.length));
  const found = template.exec(plain);
  if (!found) return undefined;
  const close = text.indexOf(templateEnd[found[0]] ?? '', found.index + found[0].length);
  const end = close === -1 ? text.trimEnd().length : close + (templateEnd[found[0]]?.length ?? 0);
  const message = `a template stands here, not YAML: ${quote(text.slice(found.index, end))}`;
  return { code: 'FL0120', message, start: start + found.index, end: start + end, hint: templateHint };
}

/** Old Macintosh files, and editors that got mixed up. */
function loneBreak({ text, loneBreak: at }: PositionMap, offset: number): Cause | undefined {
  if (at === -1 || (at > offset && text.includes('\n'))) return undefined;
  const message = 'not valid YAML here: a carriage return without a line feed does not end a line';
  return { code: 'FL0101', message, start: at, end: at + 1, hint: 'save the file with LF or CRLF' };
}

function lineAround(text: string, offset: number): Line {
  // A negative place to start from would be taken for 0.
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return { text: text.slice(start, end === -1 ? undefined : end), start };
}

/** The last that is not blank. */
function lineBefore(text: string, start: number): Line | undefined {
  let at = start;
  while (at > 0) {
    const line = lineAround(text, at - 1);
    if (line.text.trim() !== '') return line;
    at = line.start;
  }
  return undefined;
}

/** What to say of a value that a template was to fill: a text to YAML, and wrong in any field but a free one. */
export function templateInValue(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|\$\{\w[^}]*\}|\$\(\w+\)/.exec(value.slice(0, 500))?.[0];
}
