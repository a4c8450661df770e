// What an HTTP filter is to this back end. The order of filters is the order of the lists in index.ts.
import type { AnyJson } from '../any.ts';
import type { Access } from '../rbac-rules.ts';

/** What filters of a connection manager may depend on. */
export interface FilterContext {
  /** What guards the workload being served; none on the caller's side. */
  readonly access?: Access;
}

export interface HttpFilterBuilder {
  /** Envoy's name of the filter, which is also the key of its per-route configuration. */
  readonly name: string;
  /** The filter's own configuration; undefined where it has nothing to do. */
  configure(context: FilterContext): AnyJson | undefined;
}
