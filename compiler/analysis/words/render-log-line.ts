// The explanation of a log line for people and machines.
import { styleText } from 'node:util';
import { renderData } from '../../diagnostics/index.ts';
import type { RenderOptions } from './explain.ts';
import { renderSteps } from './explain.ts';
import type { LogExplanation } from './explain-log-line.ts';

export function renderLogExplanationText(
  { title, steps, today, difference, next }: LogExplanation,
  { color = false, folder }: RenderOptions = {},
): string {
  const paint = (style: 'bold' | 'cyan', text: string) =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const more = [
    ...(next === undefined ? [] : [`  ${next}`]),
    ...(today === undefined ? [] : ['', 'The intent at hand decides', `  ${today}`]),
    ...(difference === undefined ? [] : [`  ${difference}`]),
  ];
  return `${[paint('bold', title), '', ...renderSteps(steps, { folder, paintPlace: (t) => paint('cyan', t) }), ...more].join('\n')}\n`;
}

/** One object. */
export function renderLogExplanationJson(
  { line, title, steps, today, difference, next }: LogExplanation,
  { folder }: RenderOptions = {},
): string {
  return renderData({ line, title, steps, today, difference, next }, folder);
}
