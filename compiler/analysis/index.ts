// Public surface of the analysis: one request decided and explained, tests run, sets of requests compared.
export { decide } from './decide.ts';
export { describeVerdict } from './describe-verdict.ts';
export {
  type Explanation,
  explainRequest,
  type RenderOptions,
  renderExplanationJson,
  renderExplanationText,
  renderSteps,
} from './explain.ts';
export { explainLogLine, type LogExplanation } from './explain-log-line.ts';
export { type LogLine, type ParsedLogLine, parseLogLine } from './log-line.ts';
export { renderLogExplanationJson, renderLogExplanationText } from './render-log-line.ts';
export { type ReachFilter, type ReachRow, reach } from './reach.ts';
export { normalizePath } from './normalize-path.ts';
export { renderTestJson, renderTestText } from './render-tests.ts';
export { formatRequest, type ParsedRequest, parseRequest } from './request-text.ts';
export { runTests, type TestFailure, type TestReport, type TestResult } from './run-tests.ts';
export * from './verdict.ts';

// For the review, which compares sets of requests.
export { type Decision, decisionFor } from './decision.ts';
export { describeRegion } from './describe-region.ts';
export { describeShares } from './describe-verdict.ts';
export type { Cube } from './diagram.ts';
export { contentKey, essence, type Fate, isReached, reaches, splitChange } from './fate.ts';
export { egressMode, findHost, findPort, speaksHttp } from './find-host.ts';
export { everything, type Language } from './language.ts';
export { agreement } from './path-preimage.ts';
export type { Question } from './place.ts';
export { RequestSpace } from './request-space.ts';
export type { PathChange } from './rewrite.ts';
export { callerSignature } from './caller-signature.ts';
export { findWitness } from './witness.ts';
