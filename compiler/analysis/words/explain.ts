// One request's decision path for people and machines: every step with its file and line, the verdict last.
import { styleText } from 'node:util';
import { formatSpan, printable, renderData } from '../../diagnostics/index.ts';
import { formatDuration, indexMesh, type Mesh, type MeshIndex } from '../../model/index.ts';
import { decide } from '../concrete/decide.ts';
import { describeVerdict } from './describe-verdict.ts';
import { featureLines } from './feature-words.ts';
import { formatRequest, headerPairs } from './request-text.ts';
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
  /** As for diagnostics: the root of the intent as seen from where the reader is. */
  readonly folder?: string;
}

export function renderExplanationText(
  { call, verdict }: Explanation,
  { color = false, folder }: RenderOptions = {},
): string {
  const paint = (style: 'bold' | 'cyan' | 'red' | 'green', text: string) =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const headers = headerPairs(call.request.headers).map(([name, value]) => `  ${name}: ${value === '' ? '""' : value}`);
  const head = `${paint('bold', formatRequest(call.request))}, from ${call.from}`;
  const isFine = verdict.outcome === 'allowed' || verdict.outcome === 'redirect' || verdict.outcome === 'answered';
  const last = paint(isFine ? 'green' : 'red', describeVerdict(verdict));
  const path = renderSteps(verdict.steps, { folder, paintPlace: (t) => paint('cyan', t) });
  const others = (verdict.elsewhere ?? []).flatMap((other) => [
    '',
    paint('bold', `The proxy of gateway ${other.gateway} serves the host too, and answers otherwise:`),
    ...renderSteps(other.verdict.steps, { folder, paintPlace: (t) => paint('cyan', t) }),
    `  ${describeVerdict(other.verdict)}`,
  ]);
  return `${[head, ...headers, '', ...path, '', last, ...details(verdict), ...others].join('\n')}\n`;
}

export interface StepsOptions {
  readonly folder?: string | undefined;
  readonly paintPlace?: (text: string) => string;
}

/** Numbered, with the place under each step, so that long texts and long paths both fit. */
export function renderSteps(steps: readonly Step[], { folder, paintPlace = (t) => t }: StepsOptions = {}): string[] {
  const width = String(steps.length).length;
  return steps.flatMap(({ text, origin }, i) => {
    const line = `  ${String(i + 1).padStart(width)}. ${printable(text)}`;
    return origin ? [line, `  ${' '.repeat(width)}  ${paintPlace(`at ${formatSpan(origin, folder)}`)}`] : [line];
  });
}

/** Of a request that the service does not get nothing is told that it would get. */
function details(verdict: Verdict): string[] {
  if (verdict.outcome === 'denied') return [];
  const { forwarded, timeoutMs } = isReceived(verdict) ? verdict : {};
  const lines = [
    ...(forwarded ? [`the service receives ${forwarded.path} for ${forwarded.host}`] : []),
    ...(timeoutMs ? [`timeout ${formatDuration(timeoutMs)}`] : []),
    ...featureLines(verdict),
  ];
  return lines.map((line) => `  ${line}`);
}

function isReceived({ outcome }: Pick<Verdict, 'outcome'>): boolean {
  return outcome === 'allowed';
}

/** `{"from", "request", "verdict"}`. */
export function renderExplanationJson({ call, verdict }: Explanation, { folder }: RenderOptions = {}): string {
  return renderData({ from: call.from, request: call.request, verdict: toldOf(verdict) }, folder);
}

function toldOf({ forwarded, elsewhere, ...verdict }: Verdict): Verdict {
  const others = elsewhere?.map((other) => ({ ...other, verdict: toldOf(other.verdict) }));
  return {
    ...verdict,
    ...(isReceived(verdict) && forwarded && { forwarded }),
    ...(others && { elsewhere: others }),
  };
}
