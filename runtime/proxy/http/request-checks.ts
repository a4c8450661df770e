// The checks made of a request before a route is looked for, in Envoy's order.
import type { IncomingMessage } from 'node:http';
import { isHttpMethod } from '../../../compiler/xds.ts';
import type { LocalReply } from '../filters/filter.ts';
import type { ConnectionManager } from './connection-manager.ts';
import type { HeaderList } from './header-list.ts';
import { badPath, badRequest, missingHost, notAPath, oldHttp, tooManyHeaders, unknownCoding } from './local-reply.ts';
import { settlePath } from './path-normalization.ts';
import type { RequestHead } from './request-head.ts';
import { isAuthority } from './request-target.ts';

/** A scheme other than HTTP's in an absolute target. */
const foreignScheme = /^(?!https?:)[a-z][a-z0-9+.-]*:\/\//i;

/** The answer to a request that goes no further; undefined if all is well. Settles authority and path of the head. */
export function refusalOf(
  head: RequestHead,
  authority: string | undefined,
  request: IncomingMessage,
  manager: ConnectionManager,
): LocalReply | undefined {
  if (!isHttpMethod(head.method)) return badRequest;
  const isOld = request.httpVersion === '1.0';
  if (request.httpVersion !== '1.1' && !(isOld && manager.isHttp10Accepted)) return oldHttp;
  if (head.headers.flat.length / 2 > manager.maxHeaderCount) return tooManyHeaders;
  if (authority === undefined) {
    if (!isOld || manager.defaultHttp10Host === '') return missingHost;
    head.authority = manager.defaultHttp10Host;
  }
  head.headers.remove('host');
  const coding = head.headers.joined('transfer-encoding');
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') return unknownCoding;
  if (!isAuthority(head.authority) || foreignScheme.test(head.path)) return badRequest;
  return settle(head, manager);
}

function settle(head: RequestHead, manager: ConnectionManager): LocalReply | undefined {
  if (!head.path.startsWith('/')) return notAPath;
  const verdict = settlePath(head.path, manager.path);
  if (verdict.kind === 'reject') return badPath;
  head.path = verdict.path;
  if (verdict.kind === 'path') return undefined;
  return { status: 307, details: 'path_normalization_failed', headers: ['location', head.path] };
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** What a request wants to change the protocol to. HTTP/2 is not spoken on such a connection, but the request goes on without it. */
export function requestedUpgrade(headers: HeaderList): string | undefined {
  const protocol = headers.joined('upgrade')?.toLowerCase();
  if (protocol === 'h2c') return undefined;
  const tokens = (headers.joined('connection') ?? '').split(',');
  return tokens.some((token) => token.trim().toLowerCase() === 'upgrade') ? protocol : undefined;
}
