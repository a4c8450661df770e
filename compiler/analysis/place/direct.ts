// Where connections go that no proxy of the caller guides: to the service that DNS knows, out of the mesh, or back to the caller's own machine.
import { hostOf, type MeshIndex, type Service, speaksHttp } from '../../model/index.ts';
import { type Caller, isUnread } from './caller.ts';
import { findByDns, findPort, type FoundUse } from './find-host.ts';
import type { Place, Question } from './question.ts';
import type { Destination } from './settle-share.ts';
import type { Share, Step } from '../verdict.ts';

/** Without a proxy on the caller's side: no routes, no identity, any instance of the service. */
export function direct(index: MeshIndex, caller: Caller, request: Question['request'], steps: readonly Step[]): Place {
  const found = findByDns(index, request.host, caller.namespace);
  if (!found && isClusterName(request.host)) {
    const step = {
      text: `no service is called ${request.host}${elsewhere(index, request.host)}`,
      origin: caller.origin,
    };
    return { kind: 'final', outcome: 'unavailable', steps: [...steps, step] };
  }
  if (!found) return leavingTheMesh(caller, request, steps);
  const { service } = found;
  const port = findPort(service, request.port);
  const isHttp = port
    ? speaksHttp(index, caller.client, service, port)
    : request.scheme === 'http' && !isUnread(caller);
  // Whoever reads HTTP there, be it the servers' proxies, makes nothing of other bytes.
  if (port && isHttp && request.scheme !== 'http') {
    return { kind: 'final', outcome: 'unavailable', steps: [...steps, misspokenStep({ service, port }, request)] };
  }
  const step = { text: `${hostOf(service)} is called without a proxy`, origin: service.origin };
  const destinations = [wholeService(service, request.port)];
  return { kind: 'forward', caller, destinations, isHttp, steps: [...steps, step] };
}

/** Services that have the name, which is theirs alone only to callers of their namespace. */
function elsewhere({ mesh }: MeshIndex, host: string): string {
  const names = mesh.services
    .filter(({ name }) => name === host.toLowerCase())
    .map((one) => `${one.name}.${one.namespace}`);
  return names.length === 0 ? '' : ` without its namespace; there is ${names.slice(0, 3).join(', ')}`;
}

/** Names that only cluster DNS could resolve, and does not when no service has them. */
function isClusterName(host: string): boolean {
  return !host.includes('.') || /\.svc(\.cluster\.local\.?)?$/i.test(host);
}

/** Nobody but the application stands behind loopback: its proxy neither reads nor guards what comes that way. */
export function atItself(caller: Caller, request: Question['request'], steps: readonly Step[]): Place {
  const text = `${request.host} is loopback, which is not redirected: whatever listens on port ${request.port} beside the caller answers`;
  return pastProxies(request, false, [...steps, { text, origin: caller.origin }]);
}

function leavingTheMesh(caller: Caller, request: Question['request'], steps: readonly Step[]): Place {
  // Of a caller with a proxy, what lets it out is told before.
  const isPassed = caller.isRead !== undefined;
  const step = {
    text: `${request.host.toLowerCase()} is not in the mesh`,
    ...(!isPassed && { origin: caller.origin }),
  };
  return pastProxies(request, request.scheme === 'http' && !isUnread(caller), [...steps, step]);
}

function pastProxies(request: Question['request'], isRead: boolean, steps: readonly Step[]): Place {
  const fate = { outcome: 'allowed' } as const;
  const targets = [{ tls: 'plain', endpoint: { port: request.port }, fate } as const];
  const share: Share = { host: request.host.toLowerCase(), port: request.port, subset: '', weight: 100, targets, fate };
  // What is in TLS of the caller's own, no proxy sees.
  const status = request.scheme === 'http' ? { status: 200 } : {};
  return { kind: 'final', outcome: 'allowed', ...status, shares: [share], isRead, steps };
}

export function misspokenStep(
  { service, port }: Pick<FoundUse, 'service' | 'port'>,
  { scheme }: Question['request'],
): Step {
  return {
    text: `port ${port.number} of ${hostOf(service)} speaks ${port.protocol}, not ${scheme}`,
    origin: port.origin,
  };
}

export function wholeService(service: Service, port: number): Destination {
  return { host: hostOf(service), port, subset: '', weight: 100, origin: service.origin };
}
