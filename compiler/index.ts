// Public surface of the compiler; outsiders import only this (and xds.ts, the protobuf side).
export * from './analysis/index.ts';
export * from './backends/envoy/index.ts';
export * from './backends/istio/crd/index.ts';
export {
  emitIstio,
  type IstioEmission,
  type IstioMetadata,
  type IstioObject,
  istioFileName,
  renderIstio,
} from './backends/istio/index.ts';
export * from './candidate/index.ts';
export * from './diagnostics/index.ts';
export {
  apiVersion,
  type FieldOfKind,
  fieldsOfSchema,
  type IntentKind,
  intentKinds,
  intentSchemas,
  type JsonSchema,
  meshDefaults,
  renderDefaults,
  renderFields,
  serviceDefaults,
} from './intent/index.ts';
export * from './model/index.ts';
export { Redacted } from './redacted.ts';
export { type CompileResult, type Compiler, compile, createCompiler } from './pipeline.ts';
export {
  describeNotAnalysed,
  isQuiet,
  type NotAnalysed,
  type PlacedText,
  type RenderMarkdownOptions,
  type RenderReviewOptions,
  type Review,
  type ReviewRow,
  type RowEffect,
  type RowKind,
  renderReviewJson,
  renderRefusalMarkdown,
  renderReviewMarkdown,
  renderReviewText,
  sarifOfReview,
  callIn,
  reviewMeshes,
  type Severity as ReviewSeverity,
  type Witness,
} from './review/index.ts';
export * from './source/index.ts';
export {
  type DocumentPath,
  isMergeKey,
  jsonKeyOf,
  type ManifestDocument,
  type ObjectDocument,
  parseManifest,
  templateHint,
  templateInValue,
} from './syntax/index.ts';
