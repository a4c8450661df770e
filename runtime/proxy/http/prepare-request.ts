// What the connection manager does to a request before filters see it: hop-by-hop headers, addresses, identity, ids.
// Follows Envoy's ConnectionManagerUtility::mutateRequestHeaders.
import { randomUUID } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { edgeHeaders, hopByHopHeaders, internalHeaders } from '../../../compiler/xds.ts';
import type { ClientCertificateForwarding, ConnectionManager } from './connection-manager.ts';
import type { HeaderList } from './header-list.ts';
import type { RequestHead } from './request-head.ts';
import type { ConnectionInfo } from './stream-info.ts';

const hopByHop = new Set([...hopByHopHeaders, 'expect']);
const hopByHopOfUpgrade = new Set([...hopByHop].filter((name) => name !== 'connection' && name !== 'upgrade'));

export function prepareRequest(
  head: RequestHead,
  manager: ConnectionManager,
  connection: ConnectionInfo,
  isUpgrade: boolean,
): void {
  const { headers } = head;
  const te = headers.get('te');
  removeNominated(headers, headers.joined('connection'), isUpgrade);
  headers.removeAll(isUpgrade ? hopByHopOfUpgrade : hopByHop);
  if (te !== undefined) sanitizeTe(headers, te);
  const ownScheme = connection.isTls ? 'https' : 'http';
  addForwardedFor(headers, manager, connection);
  const proto = headers.get('x-forwarded-proto');
  if ((manager.isRemoteAddressUsed && manager.trustedHops === 0) || proto === undefined) {
    headers.set('x-forwarded-proto', ownScheme);
  }
  const forwarded = headers.get('x-forwarded-proto');
  head.scheme = manager.schemeOverwrite ?? (forwarded === 'http' || forwarded === 'https' ? forwarded : ownScheme);
  headers.removeAll(internalHeaders);
  if (manager.isRemoteAddressUsed) {
    headers.removeAll(edgeHeaders);
    headers.set('x-envoy-external-address', externalAddress(headers, manager, connection));
  }
  setRequestId(headers, manager);
  forwardClientCertificate(headers, manager.clientCertificate, connection);
  if (manager.via !== '') appendVia(headers, manager.via);
}

/** `Connection: x` makes `x` a header of this hop only. */
function removeNominated(headers: HeaderList, connection: string | undefined, isUpgrade: boolean): void {
  if (connection === undefined || isUpgrade) return;
  for (const token of connection.split(',')) {
    const name = token.trim().toLowerCase();
    if (name !== '' && name !== 'te' && name !== 'close' && name !== 'keep-alive') headers.remove(name);
  }
}

export function appendVia(headers: HeaderList, via: string): void {
  const before = headers.get('via');
  headers.set('via', before ? `${before}, ${via}` : via);
}

/** Of `te`, only `trailers` may pass. */
function sanitizeTe(headers: HeaderList, te: string): void {
  const isTrailers = te.split(',').some((coding) => coding.split(';', 1)[0]?.trim().toLowerCase() === 'trailers');
  if (isTrailers) headers.set('te', 'trailers');
  else headers.remove('te');
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
