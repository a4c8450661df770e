// The one door through which this room reaches the compiler.
// TODO(index): take the validator from ../compiler/index.ts too, as soon as it exports it.
export {
  formatPath,
  type IstioFinding,
  istioKinds,
  validateIstioObject,
} from '../compiler/backends/istio/crd/index.ts';
export {
  compareDiagnostics,
  createCompiler,
  type Diagnostic,
  type DiagnosticDetail,
  formatSpan,
  hasErrors,
  type KnownCode,
  loadTree,
  makeDiagnostic,
  type SourceFile,
  type SourceTree,
  type Span,
} from '../compiler/index.ts';
