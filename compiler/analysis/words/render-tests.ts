// Test reports for people and machines.
import { styleText } from 'node:util';
import { formatSpan, renderData } from '../../diagnostics/index.ts';
import { describeVerdict } from './describe-verdict.ts';
import { type RenderOptions, renderSteps } from './explain.ts';
import { formatWithHeaders } from './request-text.ts';
import type { TestReport, TestResult } from '../concrete/run-tests.ts';

/** One line a passing case; a failing one shows what was expected, what is, and the decision path. */
export function renderTestText(report: TestReport, { color = false, folder }: RenderOptions = {}): string {
  const paint = (style: 'green' | 'red' | 'cyan' | 'bold', text: string) =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const lines = report.results.flatMap((result) => {
    const isPassed = result.failures.length === 0;
    const mark = isPassed ? paint('green', 'pass') : paint('red', 'FAIL');
    const line = `${mark}  ${result.test}: ${title(result)}`;
    if (isPassed) return [`${line}: ${describeVerdict(result.verdict)}`];
    const failures = result.failures.map((f) => `      ${f.field}: expected ${f.expected}, but it is ${f.actual}`);
    const place = `      ${paint('cyan', `at ${formatSpan(result.case.origin, folder)}`)}`;
    const path = renderSteps(result.verdict.steps, { folder, paintPlace: (t) => paint('cyan', t) }).map(
      (step) => `    ${step}`,
    );
    return [line, place, ...failures, ...path];
  });
  const summary = `${report.passed} passed, ${report.failed} failed`;
  return `${[...lines, paint(report.failed > 0 ? 'red' : 'bold', summary)].join('\n')}\n`;
}

function title({ case: { from, request } }: TestResult): string {
  return `${from} ${formatWithHeaders(request)}`;
}

/** `{"passed", "failed", "results": [...]}`, stable order of fields. */
export function renderTestJson(report: TestReport, { folder }: RenderOptions = {}): string {
  const results = report.results.map(({ test, case: testCase, verdict, failures }) => ({
    test,
    passed: failures.length === 0,
    origin: testCase.origin,
    from: testCase.from,
    request: testCase.request,
    expect: testCase.expect,
    failures,
    verdict,
  }));
  return renderData({ passed: report.passed, failed: report.failed, results }, folder);
}
