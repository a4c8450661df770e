// Which origins a CORS policy lets in, as Envoy's filter has it. The only copy for the verdict, the analysis, the checks and the embedded proxy.
// https://github.com/envoyproxy/envoy/blob/main/source/extensions/filters/http/cors/cors_filter.cc (isOriginAllowed)
import type { ValueMatch } from './match.ts';
import { matchesString } from './match-string.ts';
import type { CorsPolicy } from './route-feature.ts';

/** The filter asks each match for the text `*` before it asks it for the origin: one that takes it, as `[^/]+` does, lets everybody in. */
export function takesAnyOrigin(takes: (text: string) => boolean): boolean {
  return takes('*');
}

export function opensToAll(match: ValueMatch): boolean {
  return takesAnyOrigin((text) => matchesString(match, text));
}

/** An empty origin is none. */
export function allowsOrigin({ origins }: Pick<CorsPolicy, 'origins'>, origin: string): boolean {
  return origin !== '' && origins.some((match) => opensToAll(match) || matchesString(match, origin));
}
