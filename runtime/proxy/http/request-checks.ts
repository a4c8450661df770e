// The checks made of a request before a route is looked for, in Envoy's order.
import type { IncomingMessage } from 'node:http';
import {
  authorityProblem,
  type ConnectionRequest,
  connectUdpProblem,
  framingProblem,
  isGrpcType,
  readConnection,
  takesMethod,
} from '../../../compiler/xds.ts';
import type { LocalReply } from '../filters/filter.ts';
import type { ConnectionManager } from './connection-manager.ts';
import type { HeaderList } from './header-list.ts';
import {
  badPath,
  badRequest,
  foreignScheme,
  missingHost,
  noUdpTarget,
  notAPath,
  oldHttp,
  tooManyHeaders,
  unknownCoding,
} from './local-reply.ts';
import { settlePath } from './path-normalization.ts';
import type { RequestHead } from './request-head.ts';

/** An absolute target of another scheme than HTTP's, or without an authority. */
const otherTarget = /^[a-z][a-z0-9+.-]*:\/\//i;

/** What is known of a request besides its head. */
interface Received {
  readonly httpVersion: string;
  readonly isTls: boolean;
  /** What it says of its connection. */
  readonly asked: ConnectionRequest;
}

/** The answer of who parses a request; undefined for one that is read. */
export function unreadable(
  head: RequestHead,
  authority: string | undefined,
  { httpVersion, isTls, asked }: Received,
  manager: ConnectionManager,
): LocalReply | undefined {
  if (!takesMethod(head.method, () => typeOf(head.headers, asked) !== '')) return badRequest;
  const isOld = httpVersion === '1.0';
  if (httpVersion !== '1.1' && !(isOld && manager.isHttp10Accepted)) return oldHttp;
  if (head.headers.flat.length / 2 > manager.maxHeaderCount) return tooManyHeaders;
  const framing = framingProblem(head.headers.all('content-length'), head.headers.all('transfer-encoding'));
  if (framing) return framing.status === 501 ? unknownCoding : badRequest;
  if (authorityProblem(authority ?? '') !== undefined || otherTarget.test(head.path)) return badRequest;
  if (manager.isRemoteAddressUsed && head.scheme === 'https' && !isTls) return foreignScheme;
  if (asked.problem !== undefined || (head.path === '*' && head.method !== 'OPTIONS')) return badRequest;
  return undefined;
}

/** The answer to a request that is read and goes no further; undefined if all is well. Settles authority and path of the head. */
export function refusalOf(
  head: RequestHead,
  authority: string | undefined,
  { httpVersion, asked }: Received,
  manager: ConnectionManager,
): LocalReply | undefined {
  if (authority === undefined || asked.isHostDropped) {
    if (httpVersion !== '1.0' || manager.defaultHttp10Host === '') return missingHost;
    head.authority = manager.defaultHttp10Host;
  }
  head.headers.remove('host');
  if (connectUdpProblem(head.headers.all('upgrade'), head.path)) return noUdpTarget;
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

/** Whether it is one by gRPC, which is answered in gRPC. */
export function isGrpcRequest(headers: HeaderList, asked: ConnectionRequest): boolean {
  return isGrpcType(typeOf(headers, asked));
}

/** "" where no content-type is left. */
function typeOf(headers: HeaderList, { nominated }: ConnectionRequest): string {
  return nominated.includes('content-type') ? '' : (headers.get('content-type') ?? '');
}

/** What a request says of its connection. */
export function connectionOf(headers: HeaderList): ConnectionRequest {
  const [connection, upgrade, te] = ['connection', 'upgrade', 'te'].map((name) => headers.get(name));
  return readConnection({ connection, upgrade, te });
}
