// The path of a request as proxies read it. One normalizer for the verdict, the analysis, the checks and the embedded proxy.
// It is Envoy's `normalize_path` (held to real Envoy over all bytes by runtime/test/path-normalization.test.ts):
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto

/** Most paths need nothing done: letters, digits and these, no percent, no dot after a slash. */
const plainPath = /^(?:\/[A-Za-z0-9_~!$&'()*+,;=:@\-[\]]?[A-Za-z0-9_~!$&'()*+,;=:@.\-[\]]*)*$/;
const dotSegment = /\/\.\.?(?:[/;]|$)/;
/** `..;x` counts as `..`, if it is written so: not with escaped dots, nor after a backslash. Its parameters end with the next slash. */
const dotSegmentParameters = /(?<=\/\.\.?);[^/]*/g;
const unreserved = /[A-Za-z0-9\-._~]/;
/** What is sent escaped. Proxies refuse the other controls and bytes above 0x7f as they are (see `targetProblem`). */
const sentEscaped = /[\x00-\x20"<>^`{|}\x7f-\uffff]/;
const byte = /^[0-9A-Fa-f]{2}/;

/**
 * Decodes escaped unreserved characters, escapes what may not stand in a path, takes `\` as `/`, and resolves `.` and `..` segments
 * (RFC 3986 §5.2.4). Slashes are not merged and `%2F` stays. Works on a path without its query. Total; what it leaves alone is a normal path.
 * A second proxy may still change what a first one made of an escaped dot before a semicolon: `/a/%2e.;x` is `/a/..;x`, then `/`.
 */
export function normalizePath(path: string): string {
  if (plainPath.test(path) && !dotSegment.test(path)) return path;
  return removeDotSegments(decodePath(path.replace(dotSegmentParameters, '')));
}

/**
 * The part of normalization that looks at single characters. Decoding never makes a new escape: a `%` that begins none
 * becomes `%25` where digits that were escaped themselves would complete it.
 */
export function decodePath(path: string): string {
  const out: string[] = [];
  const bare: number[] = [];
  for (let i = 0; i < path.length; i++) {
    const digits = path.charAt(i) === '%' ? byte.exec(path.slice(i + 1, i + 3))?.[0] : undefined;
    if (digits === undefined) {
      if (path.charAt(i) === '%') bare.push(out.length);
      out.push(sentCharacter(path.charAt(i)));
    } else {
      out.push(...decodedEscape(digits));
      i += 2;
    }
  }
  for (const at of bare) if (byte.test(out.slice(at + 1, at + 3).join(''))) out[at] = '%25';
  return out.join('');
}

function decodedEscape(digits: string): readonly string[] {
  const character = String.fromCharCode(Number.parseInt(digits, 16));
  return unreserved.test(character) ? [character] : ['%', ...digits];
}

function sentCharacter(character: string): string {
  if (character === '\\') return '/';
  return sentEscaped.test(character) ? escapeText(character) : character;
}

/** Every byte of it escaped. */
export function escapeText(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  return bytes.map((one) => `%${one.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function removeDotSegments(path: string): string {
  if (!dotSegment.test(path)) return path;
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
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

/** The path of a request target and its query with the `?`, or "" where there is none. A fragment is no part of either. */
export function splitQuery(target: string): { readonly path: string; readonly query: string } {
  const end = target.indexOf('#');
  const sent = end < 0 ? target : target.slice(0, end);
  const at = sent.indexOf('?');
  return at < 0 ? { path: sent, query: '' } : { path: sent.slice(0, at), query: sent.slice(at) };
}

/** Why a proxy answers a request target with 400 before it routes anything; undefined for those that it takes. */
export function targetProblem(target: string): string | undefined {
  const problem = unreadableTarget(target);
  if (problem !== undefined) return problem;
  const { path } = splitQuery(target);
  return path.replace(dotSegmentParameters, '').includes('%00') ? 'has %00' : undefined;
}

/** Those of them that end the reading of the request itself. */
export function unreadableTarget(target: string): string | undefined {
  if (!target.startsWith('/')) return 'does not begin with a slash';
  const found = /[^!-~]/u.exec(target)?.[0];
  return found === undefined ? undefined : `has the character ${JSON.stringify(found)}, which must be sent escaped`;
}

/** A path with its query, which stays as it is. */
export function normalizeTarget(target: string): string {
  const { path, query } = splitQuery(target);
  return normalizePath(path) + query;
}
