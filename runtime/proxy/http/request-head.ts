// The head of one request while it travels through the proxy: pseudo headers apart, as Envoy has them.
import type { HeaderList } from './header-list.ts';

export interface RequestHead {
  method: string;
  /** With the query. */
  path: string;
  /** The Host header or the authority of an absolute URL; as written. */
  authority: string;
  scheme: string;
  readonly headers: HeaderList;
}

/** The path without query and fragment: what path matchers and RBAC see. */
export function pathname(path: string): string {
  for (let i = 0; i < path.length; i++) {
    const c = path.charCodeAt(i);
    if (c === 0x3f || c === 0x23) return path.slice(0, i);
  }
  return path;
}

/** The query with its question mark, or "". */
export function query(path: string): string {
  const at = path.indexOf('?');
  return at < 0 ? '' : path.slice(at);
}

/** A header as matchers and formats name it: pseudo headers by their colon, `host` an alias of `:authority`. */
export function headerOf(head: RequestHead, name: string): string | undefined {
  switch (name) {
    case ':method':
      return head.method;
    case ':path':
      return head.path;
    case ':authority':
    case 'host':
      return head.authority;
    case ':scheme':
      return head.scheme;
    default:
      return head.headers.joined(name);
  }
}

/** Sets a header by the same names. */
export function setHeaderOf(head: RequestHead, name: string, value: string): void {
  if (name === ':authority' || name === 'host') head.authority = value;
  else if (name === ':path') head.path = value;
  else if (name === ':method') head.method = value;
  else if (name === ':scheme') head.scheme = value;
  else head.headers.set(name, value);
}
