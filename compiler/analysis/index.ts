// Public surface of the analysis: one request decided and explained, tests run, sets of requests compared.
export { decide } from './decide.ts';
export { describeVerdict } from './describe-verdict.ts';
export {
  type Explanation,
  explainRequest,
  type RenderOptions,
  renderExplanationJson,
  renderExplanationText,
} from './explain.ts';
export { normalizePath } from './normalize-path.ts';
export { renderTestJson, renderTestText } from './render-tests.ts';
export { formatRequest, type ParsedRequest, parseRequest } from './request-text.ts';
export { runTests, type TestFailure, type TestReport, type TestResult } from './run-tests.ts';
export * from './verdict.ts';
