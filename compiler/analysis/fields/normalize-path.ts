// Path normalization as Envoy's `normalize_path` does it. Shared by the concrete and the symbolic side; it must never look at rules.

const unreserved = /%(2[dDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE])/g;

/**
 * Decodes escaped unreserved characters, takes `\` as `/`, and resolves `.` and `..` segments (RFC 3986 §5.2.4).
 * Slashes are not merged and `%2F` stays. Works on a path without its query; idempotent.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto (normalize_path)
 */
export function normalizePath(path: string): string {
  const decoded = decodePath(path);
  if (!/(^|\/)\.\.?(\/|$)/.test(decoded)) return decoded;
  const kept: string[] = [];
  const segments = decoded.split('/').slice(1);
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (isLast) kept.push('');
  });
  return `/${kept.join('/')}`;
}

/** The first half of normalization: escapes and backslashes. */
export function decodePath(path: string): string {
  return path
    .replace(unreserved, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll('\\', '/');
}

/** The path of a request target and its query with the `?`, or "" where there is none. */
export function splitQuery(target: string): { readonly path: string; readonly query: string } {
  const at = target.indexOf('?');
  return at < 0 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at) };
}
