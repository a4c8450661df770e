// To whom a proxy sent what its line is about, and in whose log the reason stands that this one does not hold.
import {
  hasSidecar,
  keepsDialledAddress,
  keyOf,
  type MeshIndex,
  runsGateway,
  type Workload,
} from '../../model/index.ts';
import type { Step } from '../verdict.ts';
import type { LogLine } from './log-line.ts';
import { type Arrival, workloadsBehind } from './log-subject.ts';

export function nextPlace(index: MeshIndex, line: LogLine, { key, workload }: Arrival): string | undefined {
  if (key === undefined)
    return 'say whose proxy wrote the line, with --workload NAMESPACE/NAME, to have it asked again';
  const isLast = line.direction === 'inbound' && !(workload && runsGateway(workload));
  // Who was dialled past the mesh need not have a proxy.
  if (isLast || !isOpen(line) || line.cluster === 'PassthroughCluster') return undefined;
  const receivers = receiversOf(index, line);
  if (receivers && receivers.length === 0) return undefined;
  const names = receivers && receivers.length <= namedLimit ? ` (${receivers.map(keyOf).join(' or ')})` : '';
  const id = line.requestId === undefined ? '' : ` with request_id ${line.requestId}`;
  return `the reason is in the log of the proxy that received it${names}: look there for the line${id}`;
}

const namedLimit = 3;

/** Whether the line leaves open why: whoever it was sent to refused it, or nothing came back on a connection. */
function isOpen({ method, status = 0, grpcStatus = 0, details, flags, bytesSent, failure }: LogLine): boolean {
  if (details === 'via_upstream') return status >= 400 || grpcStatus !== 0 || flags.includes('URX');
  if (failure?.includes('system_library') || /^upstream_reset_.*(after|termination|remote_reset)/.test(details ?? ''))
    return true;
  return method === undefined && status === 0 && details === undefined && flags.length === 0 && bytesSent === 0;
}

/** In words that stand for "the next hop". */
export function nextOf(index: MeshIndex, line: LogLine): string {
  if (line.direction === 'inbound') return 'the application';
  return receiversOf(index, line)?.length === 0
    ? `${sentTo(line)?.host}, where no proxy of the mesh is`
    : 'the next hop';
}

/** Undefined unless the proxy has nobody to send to, since only a caller's own look-up tells where a host is. */
export function unknownAddress(index: MeshIndex, line: LogLine): Step | undefined {
  const to = line.flags.includes('UH') ? sentTo(line) : undefined;
  const service = to && index.serviceByHost.get(to.host);
  if (!service || !keepsDialledAddress(service) || service.addresses.length > 0) return undefined;
  const text = `no address of ${to.host} is known: it is not resolved, and the proxy does not see which one the caller dialled`;
  return { text, origin: service.origin };
}

/** Those with a proxy; undefined where the mesh does not tell. */
function receiversOf(index: MeshIndex, line: LogLine): readonly Workload[] | undefined {
  const to = sentTo(line);
  const isKnown = to !== undefined && index.serviceByHost.has(to.host);
  return isKnown ? workloadsBehind(index, to).filter(hasSidecar) : undefined;
}

/** `outbound|80|v1|shoes.shop.svc.cluster.local`. */
function sentTo({ cluster }: LogLine): { readonly host: string; readonly subset: string } | undefined {
  const [, subset = '', host] = /^outbound\|\d+\|([^|]*)\|([^|]+)$/.exec(cluster ?? '') ?? [];
  return host === undefined ? undefined : { host, subset };
}
