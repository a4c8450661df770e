// Public surface of the diagnostics leaf.
export type { CatalogueEntry, ExampleFiles } from './catalogue-entry.ts';
export { catalogue, findCode, type KnownCode } from './catalogue/index.ts';
export {
  type Code,
  compareDiagnostics,
  type Diagnostic,
  type DiagnosticDetail,
  hasErrors,
  type RelatedPlace,
  type Severity,
} from './diagnostic.ts';
export { limitPerFile, maxFindingsPerFile } from './limit.ts';
export { printable } from './printable.ts';
export { renderCode } from './render-code.ts';
export { renderData, renderJson } from './render-json.ts';
export {
  renderSarif,
  type SarifFinding,
  type SarifLevel,
  type SarifOptions,
  type SarifRule,
  sarifOf,
} from './render-sarif.ts';
export { type RenderTextOptions, renderText, type SourceLookup, summarize } from './render-text.ts';
export { DiagnosticSink, makeDiagnostic, type Report } from './sink.ts';
export {
  compareSpans,
  compareText,
  fileIn,
  filesIn,
  formatSpan,
  holdsPosition,
  type Position,
  type Span,
  wholeFile,
} from './span.ts';
export { didYouMean, suggest } from './suggest.ts';
