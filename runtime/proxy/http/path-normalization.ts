// What a connection manager does to the path of a request, by its options.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto
import { normalizePath, splitQuery, targetProblem } from '../../../compiler/xds.ts';

export type EscapedSlashes = 'KEEP_UNCHANGED' | 'REJECT_REQUEST' | 'UNESCAPE_AND_REDIRECT' | 'UNESCAPE_AND_FORWARD';

export interface PathOptions {
  readonly isNormalized: boolean;
  readonly isMergingSlashes: boolean;
  readonly escapedSlashes: EscapedSlashes;
}

/** `redirect` asks for a 307 to the path; `reject` for a 400. */
export type PathVerdict =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'redirect'; readonly path: string }
  | { readonly kind: 'reject' };

/** Of a target that begins with a slash; its query stays, its fragment does not. */
export function settlePath(target: string, options: PathOptions): PathVerdict {
  const { path: sent, query } = splitQuery(target);
  let path = sent;
  let isRedirected = false;
  if (options.escapedSlashes !== 'KEEP_UNCHANGED' && /%(?:2f|5c)/i.test(path)) {
    if (options.escapedSlashes === 'REJECT_REQUEST') return { kind: 'reject' };
    path = path.replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
    isRedirected = options.escapedSlashes === 'UNESCAPE_AND_REDIRECT';
  }
  if (options.isNormalized) {
    if (targetProblem(path) !== undefined) return { kind: 'reject' };
    path = normalizePath(path);
  }
  // Envoy keeps a slash at either end, also where there is nothing in between.
  if (options.isMergingSlashes) path = /^\/\/+$/.test(path) ? '//' : path.replace(/\/{2,}/g, '/');
  return { kind: isRedirected ? 'redirect' : 'path', path: path + query };
}
