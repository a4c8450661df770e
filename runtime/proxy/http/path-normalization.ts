// Path normalization as Envoy's `normalize_path` does it: RFC 3986 by way of Chromium's canonicalization.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto

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

/** Most paths need nothing done: letters, digits and these, no percent, no dot after a slash, no double slash. */
const plainPath = /^(?:\/[A-Za-z0-9_~!$&'()*+,;=:@-][A-Za-z0-9_~!$&'()*+,;=:@.-]*)*\/?$/;

export function normalizePath(target: string, options: PathOptions): PathVerdict {
  const split = target.search(/[?#]/);
  let path = split < 0 ? target : target.slice(0, split);
  const rest = split < 0 ? '' : target.slice(split);
  if (plainPath.test(path)) return { kind: 'path', path: target };
  let isRedirected = false;
  if (options.escapedSlashes !== 'KEEP_UNCHANGED' && /%(?:2f|5c)/i.test(path)) {
    if (options.escapedSlashes === 'REJECT_REQUEST') return { kind: 'reject' };
    path = path.replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
    isRedirected = options.escapedSlashes === 'UNESCAPE_AND_REDIRECT';
  }
  if (options.isNormalized) {
    const canonical = canonicalPath(path);
    if (canonical === undefined) return { kind: 'reject' };
    path = canonical;
  }
  // Envoy keeps a slash at either end, also where there is nothing in between.
  if (options.isMergingSlashes) path = /^\/\/+$/.test(path) ? '//' : path.replace(/\/{2,}/g, '/');
  return { kind: isRedirected ? 'redirect' : 'path', path: path + rest };
}

const unreserved = /[A-Za-z0-9\-._~]/;
/** Characters that Chromium escapes in a path; controls and non-ASCII go the same way. */
const escaped = /[\x00-\x20"<>^`{|}\x7f-\xff]/;

function canonicalPath(path: string): string | undefined {
  let decoded = '';
  for (let i = 0; i < path.length; i++) {
    const c = path.charAt(i);
    if (c === '%') {
      const byte = hexByte(path, i + 1);
      if (byte === 0) return undefined;
      if (byte === undefined) {
        decoded += '%';
        continue;
      }
      const char = String.fromCharCode(byte);
      decoded += unreserved.test(char) ? char : path.slice(i, i + 3);
      i += 2;
    } else if (c === '\\') decoded += '/';
    else decoded += escaped.test(c) ? `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}` : c;
  }
  return removeDotSegments(decoded);
}

function hexByte(text: string, at: number): number | undefined {
  const digits = text.slice(at, at + 2);
  return /^[0-9A-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

function removeDotSegments(path: string): string {
  const segments = path.split('/').slice(1);
  const kept: string[] = [];
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') {
      kept.push(segment);
      return;
    }
    if (isLast) kept.push('');
  });
  return `/${kept.join('/')}`;
}
