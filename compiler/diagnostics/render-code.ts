// One entry of the catalogue for people: what `fairlead explain FL0412` prints.
import type { CatalogueEntry } from './catalogue-entry.ts';

const width = 100;

/** Plain text, its explanation wrapped at 100 columns; ends with a newline. */
export function renderCode(entry: CatalogueEntry): string {
  const { code, name, severity, title, explanation, bad, good, retired } = entry;
  const lines = [`${severity}[${code}] ${name}: ${title}${retired ? ' (retired)' : ''}`, '', ...wrap(explanation)];
  lines.push('', 'Wrong:', ...example(bad), '', 'Right:', ...example(good));
  return `${lines.join('\n')}\n`;
}

function example(example: CatalogueEntry['bad']): string[] {
  if ('text' in example) return indent(example.text);
  const files = Object.entries(example.intent);
  return files.flatMap(([path, text]) => (files.length > 1 ? [`  # ${path}`, ...indent(text)] : indent(text)));
}

function indent(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`));
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
