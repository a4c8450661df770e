// What a virtual host, route or weighted cluster changes about a filter. Data only; made by compile-overrides.ts.

export interface FilterOverride {
  readonly isDisabled: boolean;
  /** Compiled by the filter's own `compilePerRoute`; undefined leaves the filter's configuration as it is. */
  readonly config?: unknown;
}

/** By the name of the filter in the configuration, not by its type. */
export type FilterOverrides = Readonly<Record<string, FilterOverride>>;
