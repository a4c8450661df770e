// Compiles what a route says about a filter, by the type of the message.
import { Rejection } from '../rejection.ts';
import { type AnyJson, typeOf } from '../types.ts';
import { httpFilterTypes } from './index.ts';

export function compilePerRoute(any: AnyJson): unknown {
  const type = typeOf(any);
  const filter = httpFilterTypes.find((candidate) => candidate.perRouteType === type);
  if (!filter?.compilePerRoute) {
    throw new Rejection('FL0820', `the embedded proxy does not support ${type} in typed_per_filter_config`);
  }
  return filter.compilePerRoute(any);
}
