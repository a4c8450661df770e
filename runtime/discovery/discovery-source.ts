// What every source of workload instances is, whether files, the program itself, or one day a Kubernetes API server. Knows no control plane.
import type { Diagnostic, WorkloadInstance } from '../../compiler/index.ts';

/** Whoever wants to know what a source knows. Must not throw. */
export interface DiscoverySink {
  /** All instances of the source, in place of those told before: once at the start, and after each change. */
  readonly onInstances: (instances: readonly WorkloadInstance[]) => void;
  /** All findings of the source as it stands, told when they change: an empty list says that all is mended. */
  readonly onDiagnostics: (diagnostics: readonly Diagnostic[]) => void;
}

export interface DiscoverySource {
  /**
   * Begins to tell, and resolves once the sink has been told the first time. Called once. Never rejects: a source that cannot be
   * read says so in its diagnostics, keeps what it told before, and goes on trying.
   */
  start(sink: DiscoverySink): Promise<void>;
  /** Nothing is told afterwards. Also for a source that was not started; safe to call twice. */
  close(): void;
}
