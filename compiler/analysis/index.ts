// Public surface of the analysis: one request decided and explained, tests run, sets of requests compared.
export { decide } from './concrete/decide.ts';
export { describeVerdict } from './words/describe-verdict.ts';
export {
  type Explanation,
  explainRequest,
  type RenderOptions,
  renderExplanationJson,
  renderExplanationText,
  renderSteps,
} from './words/explain.ts';
export { explainLogLine, type LogExplanation } from './words/explain-log-line.ts';
export type { LogHints } from './words/log-subject.ts';
export { type LogLine, type ParsedLogLine, parseLogLine } from './words/log-line.ts';
export { renderLogExplanationJson, renderLogExplanationText } from './words/render-log-line.ts';
export { type ReachFilter, type ReachRow, reach } from './symbolic/reach.ts';
export { renderErrorsJunit, renderTestJunit } from './words/render-junit.ts';
export { renderTestJson, renderTestText } from './words/render-tests.ts';
export {
  formatRequest,
  formatWithHeaders,
  headerPairs,
  type ParsedRequest,
  parseRequest,
} from './words/request-text.ts';
export {
  isLocation,
  isReceived,
  runTests,
  type TestFailure,
  type TestReport,
  type TestResult,
} from './concrete/run-tests.ts';
export * from './verdict.ts';

// For the checks.
export { type Chance, headerChance, isOrigin, isSent, otherOrigin, queryChance } from './fields/chance.ts';
export { asSent, type HeaderSources, receivedSources, servedSources } from './fields/header-source.ts';
export { canArrive, type NeverArriving, neverArriving } from './fields/path-arrival.ts';
export { mayPass, type Passage } from './symbolic/arrival.ts';
export { passesByExample } from './symbolic/passing-example.ts';

// For the review, which compares sets of requests.
export { asking, type Decision } from './symbolic/choice.ts';
export { spaceOver } from './symbolic/extended-space.ts';
export { changesExtensions } from './symbolic/extensions.ts';
export { decisionFor } from './symbolic/decision.ts';
export { type Aspect, type Difference, differences, type TakeApart } from './symbolic/differences.ts';
export { partsOf } from './symbolic/same-outcome.ts';
export { always, type Predicate } from './symbolic/predicate-terms.ts';
export { TooWide } from './automata/budget.ts';
export { sharingPatterns } from './automata/regex-language.ts';
export { describeRegion } from './words/describe-region.ts';
export { describeShares, lettingInAlone, placeOf } from './words/describe-verdict.ts';
export type { Cube } from './automata/diagram.ts';
export { contentKey } from './symbolic/content-key.ts';
export { outcomeKey } from './symbolic/outcome-key.ts';
export { essence, type Fate, isReached, reaches, splitChange } from './symbolic/fate.ts';
export { copies, distribution, endOf, noticedHandling, type Noticed } from './symbolic/noticed.ts';
export { clientOf, proxyOf } from './place/caller.ts';
export {
  egressMode,
  expansions,
  findHost,
  findPort,
  isHeldByNoScope,
  portsRead,
  type ReadPort,
  takerOf,
} from './place/find-host.ts';
export { isListenedFor } from './place/find-gateway.ts';
export { usersIn } from './place/users.ts';
export { involvedFor, involvedIn } from './place/involved.ts';
export { hostsOfRoute } from './place/route-hosts.ts';
export { everything, type Language } from './automata/language.ts';
export { matchLanguage } from './fields/match-language.ts';
export { agreement } from './symbolic/path-preimage.ts';
export type { Extensions } from './fields/method.ts';
export type { Question } from './place/place.ts';
export { repeatableHeaders } from './symbolic/repeatable.ts';
export { RequestSpace } from './symbolic/request-space.ts';
export { applyPathChange, type PathChange, pathChangeFor, pathChanges } from './concrete/rewrite.ts';
export { callerSignature } from './place/caller-signature.ts';
export { findWitness } from './symbolic/witness.ts';
