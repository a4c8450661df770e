// What the connection manager does to a request before filters see it: hop-by-hop headers, addresses, identity, ids.
// Follows Envoy's ConnectionManagerUtility::mutateRequestHeaders.
import { randomUUID } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import {
  compileRegex,
  type ConnectionRequest,
  edgeHeaders,
  hopByHopHeaders,
  internalHeaders,
  joinedHeaders,
  nominatedTe,
  passedTe,
  refererPattern,
  upgradeHeaders,
} from '../../../compiler/xds.ts';
import type { ClientCertificateForwarding, ConnectionManager } from './connection-manager.ts';
import { HeaderList } from './header-list.ts';
import type { RequestHead } from './request-head.ts';
import type { ConnectionInfo } from './stream-info.ts';

const passingReferer = compileRegex(refererPattern);
const hopByHopOfUpgrade = new Set([...hopByHopHeaders].filter((name) => !upgradeHeaders.has(name)));

/** The only expectation that a proxy fulfils itself. */
export function isContinueExpected(headers: HeaderList): boolean {
  return headers.get('expect')?.toLowerCase() === '100-continue';
}

/** Several lines of some names become one. */
export function receivedHeaders(raw: readonly string[]): HeaderList {
  const headers = HeaderList.fromRaw(raw);
  headers.joinRepeated(joinedHeaders);
  return headers;
}

export function prepareRequest(
  head: RequestHead,
  manager: ConnectionManager,
  connection: ConnectionInfo,
  { upgrade, nominated }: ConnectionRequest,
): void {
  const { headers } = head;
  if (upgrade === undefined) leaveHop(headers, nominated);
  headers.removeAll(upgrade === undefined ? hopByHopHeaders : hopByHopOfUpgrade);
  if (isContinueExpected(headers)) headers.remove('expect');
  const ownScheme = connection.isTls ? 'https' : 'http';
  addForwardedFor(headers, manager, connection);
  const proto = headers.get('x-forwarded-proto');
  if ((manager.isRemoteAddressUsed && manager.trustedHops === 0) || proto === undefined) {
    headers.set('x-forwarded-proto', ownScheme);
  }
  const forwarded = headers.get('x-forwarded-proto')?.toLowerCase();
  const told = forwarded === 'http' || forwarded === 'https' ? forwarded : ownScheme;
  head.scheme = manager.schemeOverwrite ?? (head.scheme || told);
  headers.removeAll(internalHeaders);
  const referer = headers.get('referer');
  if (referer !== undefined && passingReferer?.matches(referer) === false) headers.remove('referer');
  if (manager.isRemoteAddressUsed) {
    headers.removeAll(edgeHeaders);
    headers.set('x-envoy-external-address', externalAddress(headers, manager, connection));
  }
  setRequestId(headers, manager);
  forwardClientCertificate(headers, manager.clientCertificate, connection);
  if (manager.via !== '') appendVia(headers, manager.via);
}

/** Without the headers that `Connection` names, and of `te` only `trailers`. */
function leaveHop(headers: HeaderList, nominated: readonly string[]): void {
  const te = headers.get('te');
  for (const name of nominated) headers.remove(name);
  if (te === undefined) return;
  const left = nominated.includes('te') ? nominatedTe(te) : passedTe(te);
  if (left === undefined) headers.remove('te');
  else headers.set('te', left);
}

export function appendVia(headers: HeaderList, via: string): void {
  const before = headers.get('via');
  headers.set('via', before ? `${before}, ${via}` : via);
}

function addForwardedFor(headers: HeaderList, manager: ConnectionManager, connection: ConnectionInfo): void {
  if (!manager.isRemoteAddressUsed || manager.isForwardedForSkipped) return;
  headers.appendTo('x-forwarded-for', isLoopback(connection.remoteAddress) ? ownAddress() : connection.remoteAddress);
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

let found: string | undefined;

/** Envoy names a caller on the same machine by the machine's own address, which others can make something of. */
function ownAddress(): string {
  found ??= Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((candidate) => candidate.family === 'IPv4' && !candidate.internal)?.address;
  return found ?? '127.0.0.1';
}

function externalAddress(headers: HeaderList, manager: ConnectionManager, connection: ConnectionInfo): string {
  if (manager.trustedHops === 0) return connection.remoteAddress;
  const hops = (headers.get('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim());
  return hops.at(-1 - manager.trustedHops) ?? connection.remoteAddress;
}

/** At the edge an outsider's id is replaced; inside it is kept, so that one id follows a request through the mesh. */
function setRequestId(headers: HeaderList, manager: ConnectionManager): void {
  if (!manager.isRequestIdGenerated) return;
  const isReplaced = manager.isRemoteAddressUsed && !manager.isExternalRequestIdKept;
  if (isReplaced || !headers.get('x-request-id')) headers.set('x-request-id', randomUUID());
}

/** x-forwarded-client-cert is only ever what the mode allows: forwarded from mTLS callers, set by us, or removed. */
export function forwardClientCertificate(
  headers: HeaderList,
  forwarding: ClientCertificateForwarding,
  connection: ConnectionInfo,
): void {
  const name = 'x-forwarded-client-cert';
  const isMutual = connection.isTls && connection.peer !== undefined;
  const { mode } = forwarding;
  if (mode === 'ALWAYS_FORWARD_ONLY' || (mode === 'FORWARD_ONLY' && isMutual)) return;
  if (mode === 'SANITIZE' || mode === 'FORWARD_ONLY' || !isMutual) headers.remove(name);
  else if (mode === 'SANITIZE_SET') headers.set(name, describeCaller(forwarding, connection));
  else headers.appendTo(name, describeCaller(forwarding, connection));
}

function describeCaller({ details }: ClientCertificateForwarding, { peer, localUriSans }: ConnectionInfo): string {
  const parts = localUriSans.map((san) => `By=${san}`);
  if (!peer) return parts.join(';');
  parts.push(`Hash=${peer.sha256}`);
  for (const detail of details) {
    if (detail === 'cert') parts.push(`Cert="${encodeURIComponent(peer.pem)}"`);
    else if (detail === 'subject') parts.push(`Subject="${peer.subject.replaceAll('"', '\\"')}"`);
    else if (detail === 'uri') parts.push(...(peer.uriSans.length ? peer.uriSans : ['']).map((san) => `URI=${san}`));
    else parts.push(...peer.dnsSans.map((san) => `DNS=${san}`));
  }
  return parts.join(';');
}
