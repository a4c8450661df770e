// Test results as JUnit XML, in the form that CI systems read: a suite for each MeshTest, a case for each of its requests.
// https://github.com/testmoapp/junitxml
import { type Diagnostic, fileIn, formatSpan } from '../../diagnostics/index.ts';
import type { TestReport, TestResult } from '../concrete/run-tests.ts';
import { describeVerdict } from './describe-verdict.ts';
import { renderSteps, type StepsOptions } from './explain.ts';
import { formatWithHeaders } from './request-text.ts';

/** `folder`: the root of the intent in its repository, as CI systems show files. */
export function renderTestJunit({ results, failed }: TestReport, { folder }: StepsOptions = {}): string {
  const suites = [...Map.groupBy(results, ({ test }) => test)].flatMap(([test, cases]) => {
    const failures = cases.filter((result) => result.failures.length > 0).length;
    return [
      `  <testsuite ${attributes({ name: test, tests: cases.length, failures, errors: 0, skipped: 0 })}>`,
      ...cases.flatMap((one) => caseLines(one, folder)),
      '  </testsuite>',
    ];
  });
  const head = attributes({ name: 'fairlead test', tests: results.length, failures: failed, errors: 0 });
  return `${['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${head}>`, ...suites, '</testsuites>'].join('\n')}\n`;
}

/** Of intent that does not compile: a case that could not be run, for each error. */
export function renderErrorsJunit(diagnostics: readonly Diagnostic[], { folder }: StepsOptions = {}): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const counts = { tests: errors.length, failures: 0, errors: errors.length };
  const cases = errors.flatMap(({ code, message, hint, span }) => {
    const at = span && { file: fileIn(folder, span.file), line: span.start.line };
    const text = [
      ...(span ? [`at ${formatSpan(span, folder)}`] : []),
      ...(hint === undefined ? [] : [`hint: ${hint}`]),
    ];
    return [
      `    <testcase ${attributes({ name: message, classname: code, ...at })}>`,
      `      <error ${attributes({ message, type: code })}>${escaped(text.join('\n'))}</error>`,
      '    </testcase>',
    ];
  });
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: 'fairlead test', ...counts })}>`,
    `  <testsuite ${attributes({ name: 'the intent does not compile', ...counts, skipped: 0 })}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')}\n`;
}

function caseLines(result: TestResult, folder: string | undefined): string[] {
  const { from, request, origin } = result.case;
  const { test, failures, verdict } = result;
  const name = `${from} ${formatWithHeaders(request)}`;
  const at = { name, classname: test, file: fileIn(folder, origin.file), line: origin.start.line };
  if (failures.length === 0) return [`    <testcase ${attributes(at)}/>`];
  const said = failures.map(({ field, expected, actual }) => `${field}: expected ${expected}, but it is ${actual}`);
  const steps = renderSteps(verdict.steps, { folder });
  const text = [...said, `at ${formatSpan(origin, folder)}`, ...steps, describeVerdict(verdict)].join('\n');
  return [
    `    <testcase ${attributes(at)}>`,
    `      <failure ${attributes({ message: said.join('; '), type: 'verdict' })}>${escaped(text)}</failure>`,
    '    </testcase>',
  ];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(String(value)).replaceAll('\n', '&#10;')}"`)
    .join(' ');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no way at all to write most control characters, and lone surrogates. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
