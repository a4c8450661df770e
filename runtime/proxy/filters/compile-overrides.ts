// Compiles typed_per_filter_config. Each message is compiled by the filter whose type it has; one that no filter has is refused.
import { Rejection } from '../rejection.ts';
import { type AnyJson, type FilterConfigJson, typeOf, unpack } from '../types.ts';
import { type FilterOverride, type FilterOverrides, overrideWrapper } from './filter-override.ts';
import { httpFilterTypes } from './index.ts';

export function compileOverrides(json: Readonly<Record<string, unknown>> | undefined): FilterOverrides {
  const overrides: Record<string, FilterOverride> = {};
  for (const [name, any] of Object.entries(json ?? {})) overrides[name] = compileOverride(any as AnyJson);
  return overrides;
}

function compileOverride(any: AnyJson): FilterOverride {
  if (typeOf(any) !== overrideWrapper) return { isDisabled: false, config: compilePerRoute(any) };
  const { config, disabled } = unpack<FilterConfigJson>(any);
  return { isDisabled: disabled ?? false, config: config && compilePerRoute(config as AnyJson) };
}

function compilePerRoute(any: AnyJson): unknown {
  const type = typeOf(any);
  const filter = httpFilterTypes.find((candidate) => candidate.perRoute?.configType === type);
  if (!filter?.perRoute) {
    throw new Rejection('FL0820', `the embedded proxy does not support ${type} in typed_per_filter_config`);
  }
  return filter.perRoute.compile(any);
}
