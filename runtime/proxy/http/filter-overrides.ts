// typed_per_filter_config: what a virtual host, route or weighted cluster changes about a filter, by the filter's name.
import { compilePerRoute } from '../filters/per-route.ts';
import { type AnyJson, type FilterConfigJson, typeOf, unpack } from '../types.ts';

export interface FilterOverride {
  readonly isDisabled: boolean;
  /** Compiled by the filter's own `compilePerRoute`; undefined leaves the filter's configuration as it is. */
  readonly config?: unknown;
}

export type FilterOverrides = Readonly<Record<string, FilterOverride>>;

const wrapper = 'envoy.config.route.v3.FilterConfig';

export function compileOverrides(json: Readonly<Record<string, unknown>> | undefined): FilterOverrides {
  const overrides: Record<string, FilterOverride> = {};
  for (const [name, any] of Object.entries(json ?? {})) overrides[name] = compileOverride(any as AnyJson);
  return overrides;
}

function compileOverride(any: AnyJson): FilterOverride {
  if (typeOf(any) !== wrapper) return { isDisabled: false, config: compilePerRoute(any) };
  const { config, disabled } = unpack<FilterConfigJson>(any);
  return { isDisabled: disabled ?? false, config: config && compilePerRoute(config as AnyJson) };
}
