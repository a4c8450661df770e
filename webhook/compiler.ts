// The one door through which this room reaches the compiler.
// TODO(index): import from ../compiler/index.ts as soon as it exports these.
export {
  formatPath,
  type IstioFinding,
  istioKinds,
  validateIstioObject,
} from '../compiler/backends/istio/crd/index.ts';
export {
  compareDiagnostics,
  type Diagnostic,
  type DiagnosticDetail,
  formatSpan,
  hasErrors,
  type KnownCode,
  makeDiagnostic,
  renderText,
  type Span,
} from '../compiler/diagnostics/index.ts';
export type { SourceFile, SourceTree } from '../compiler/source/source-tree.ts';
