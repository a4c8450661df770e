// One request's decision path for people and machines: every step with its file and line, the verdict last.
import { styleText } from 'node:util';
import { formatSpan } from '../../diagnostics/index.ts';
import { indexMesh, type Mesh, type MeshIndex } from '../../model/index.ts';
import { decide } from '../concrete/decide.ts';
import { describeVerdict } from './describe-verdict.ts';
import { formatRequest } from './request-text.ts';
import type { Call, DecideOptions, Step, Verdict } from '../verdict.ts';

export interface Explanation {
  readonly call: Call;
  readonly verdict: Verdict;
}

/** Takes a mesh, or its index where many requests are explained. */
export function explainRequest(mesh: Mesh | MeshIndex, call: Call, options: DecideOptions = {}): Explanation {
  const index = 'mesh' in mesh ? mesh : indexMesh(mesh);
  return { call, verdict: decide(index, call, options) };
}

export interface RenderOptions {
  /** Colour is the caller's decision, as for diagnostics. */
  readonly color?: boolean;
}

export function renderExplanationText({ call, verdict }: Explanation, { color = false }: RenderOptions = {}): string {
  const paint = (style: 'bold' | 'cyan' | 'red' | 'green', text: string) =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const headers = Object.entries(call.request.headers).map(([name, value]) => `  ${name}: ${value}`);
  const head = `${paint('bold', formatRequest(call.request))}, from ${call.from}`;
  const isFine = verdict.outcome === 'allowed' || verdict.outcome === 'redirect' || verdict.outcome === 'answered';
  const last = paint(isFine ? 'green' : 'red', describeVerdict(verdict));
  return `${[head, ...headers, '', ...renderSteps(verdict.steps, (t) => paint('cyan', t)), '', last, ...details(verdict)].join('\n')}\n`;
}

/** Numbered, with the place under each step, so that long texts and long paths both fit. */
export function renderSteps(steps: readonly Step[], paintPlace: (text: string) => string = (t) => t): string[] {
  const width = String(steps.length).length;
  return steps.flatMap(({ text, origin }, i) => {
    const line = `  ${String(i + 1).padStart(width)}. ${text}`;
    return origin ? [line, `  ${' '.repeat(width)}  ${paintPlace(`at ${formatSpan(origin)}`)}`] : [line];
  });
}

function details({ forwarded, timeoutMs, retries, mirrors, fault, headers }: Verdict): string[] {
  const lines: string[] = [];
  if (forwarded) lines.push(`the service receives ${forwarded.path} for ${forwarded.host}`);
  if (timeoutMs) lines.push(`timeout ${timeoutMs} ms`);
  if (retries && retries.attempts > 0) lines.push(`up to ${retries.attempts} retries on ${retries.on.join(', ')}`);
  if (fault?.delay) lines.push(`fault: ${fault.delay.percentage}% delayed by ${fault.delay.durationMs} ms`);
  if (fault?.abort) lines.push(`fault: ${fault.abort.percentage}% aborted with ${fault.abort.status}`);
  for (const m of mirrors ?? []) {
    lines.push(`${m.weight}% copied to ${m.subset === '' ? '' : `${m.subset} of `}${m.host}:${m.port}`);
  }
  for (const side of ['request', 'response'] as const) {
    const edit = headers?.[side];
    if (!edit) continue;
    for (const [name, value] of Object.entries(edit.set)) lines.push(`${side} header ${name} is set to ${value}`);
    for (const [name, value] of Object.entries(edit.add)) lines.push(`${side} header ${name} is added: ${value}`);
    for (const name of edit.remove) lines.push(`${side} header ${name} is removed`);
  }
  return lines.map((line) => `  ${line}`);
}

/** `{"from", "request", "verdict"}`, two-space indent, final newline. */
export function renderExplanationJson({ call, verdict }: Explanation): string {
  return `${JSON.stringify({ from: call.from, request: call.request, verdict }, null, 2)}\n`;
}
