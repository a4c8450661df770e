// The one door through which this room reaches the compiler.
// TODO(index): import from ../compiler/index.ts as soon as it exports these.
export {
  type CatalogueEntry,
  compareDiagnostics,
  type Diagnostic,
  hasErrors,
  type KnownCode,
  makeDiagnostic,
  type Span,
} from '../compiler/diagnostics/index.ts';
