// Whether a route takes a request, and if not, why not. Shared by sidecars and gateways.
import type { HeaderMatch, HttpMatch, HttpRoute } from '../../model/index.ts';
import { formatMatch, matchesString } from './match-string.ts';

export interface RoutedRequest {
  readonly method: string;
  /** Normalized, without its query. */
  readonly path: string;
  /** Names lower-case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly port: number;
}

export type RouteMatch =
  | { readonly matched: true; readonly match?: HttpMatch }
  | { readonly matched: false; readonly why: string };

/** The first alternative that holds decides, because the rewrite depends on what matched. */
export function matchRoute(route: HttpRoute, request: RoutedRequest): RouteMatch {
  if (route.matches.length === 0) return { matched: true };
  let why = '';
  for (const match of route.matches) {
    const mismatch = findMismatch(match, request);
    if (mismatch === undefined) return { matched: true, match };
    why ||= mismatch;
  }
  return { matched: false, why };
}

function findMismatch(match: HttpMatch, request: RoutedRequest): string | undefined {
  if (match.ports.length > 0 && !match.ports.includes(request.port))
    return `the port is not ${match.ports.join(' or ')}`;
  if (match.path && !matchesString(match.path, request.path)) return `the path is not ${formatMatch(match.path)}`;
  if (match.methods.length > 0 && !match.methods.includes(request.method)) {
    return `the method is not ${match.methods.join(' or ')}`;
  }
  const header = match.headers.find((h) => !matchesHeader(h, request.headers[h.name]));
  return header && `the header ${header.name} is ${header.invert ? '' : 'not '}${formatMatch(header.match)}`;
}

export function matchesHeader({ match, invert }: HeaderMatch, value: string | undefined): boolean {
  return (value !== undefined && matchesString(match, value)) !== invert;
}
