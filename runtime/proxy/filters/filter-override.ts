// What a virtual host, route or weighted cluster changes about a filter. Data only; made by compile-overrides.ts.

export interface FilterOverride {
  readonly isDisabled: boolean;
  /** Compiled by the filter's own `perRoute.compile`; undefined leaves the filter's configuration as it is. */
  readonly config?: unknown;
}

/** The message in which a filter is switched off, or its configuration wrapped. */
export const overrideWrapper = 'envoy.config.route.v3.FilterConfig';

/** By the name of the filter in the configuration, not by its type. */
export type FilterOverrides = Readonly<Record<string, FilterOverride>>;
