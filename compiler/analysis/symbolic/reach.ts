// Who can call whom: for every caller and service port, the requests that get through, with an example and what decides it.
import {
  hostOf,
  indexMesh,
  keyOf,
  type Mesh,
  type MeshIndex,
  type Service,
  speaksHttp,
  isHttpOverTls,
} from '../../model/index.ts';
import { callerSignature } from '../place/caller-signature.ts';
import { decide } from '../concrete/decide.ts';
import { decisionFor } from './decision.ts';
import { describeRegion } from '../words/describe-region.ts';
import { reaches } from './fate.ts';
import { clientOf } from '../place/caller.ts';
import type { ServedPort } from '../place/find-host.ts';
import { usersIn } from '../place/users.ts';
import { involvedFor } from '../place/involved.ts';
import { formatRequest } from '../words/request-text.ts';
import { RequestSpace } from './request-space.ts';
import { type Call, unmeshed, type Verdict } from '../verdict.ts';
import { findWitness } from './witness.ts';

export interface ReachFilter {
  /** A workload key or `unmeshed`; all callers without it. */
  readonly from?: string;
  /** A service, as `namespace/name` or by one of its hosts; all services without it. */
  readonly to?: string;
}

/** One caller class and one port of a service. */
export interface ReachRow {
  /** Callers that fare alike; sorted. */
  readonly from: readonly string[];
  readonly host: string;
  readonly port: number;
  /** `all`: every request gets through. `none` is listed only where the filter names the caller. */
  readonly reach: 'all' | 'some' | 'none';
  /** The requests that get through. */
  readonly requests: readonly string[];
  /** A request that gets through; for `none` one that does not. */
  readonly example: { readonly call: Call; readonly text: string; readonly verdict: Verdict };
}

/** Callers are workloads and processes without a proxy; what gateways expose is in `explain` and `review`. */
export function reach(mesh: Mesh | MeshIndex, filter: ReachFilter = {}): ReachRow[] {
  const index = 'mesh' in mesh ? mesh : indexMesh(mesh);
  const { byHost, everywhere } = usersIn(index);
  const users = (host: string) => [...new Set([...(byHost.get(host) ?? []), ...everywhere, unmeshed])].sort();
  return index.mesh.services
    .filter((service) => filter.to === undefined || keyOf(service) === filter.to || service.hosts.includes(filter.to))
    .flatMap((service) => {
      const callers = filter.from === undefined ? users(hostOf(service)) : [filter.from];
      return service.ports.flatMap((port) => {
        const groups = groupCallers(index, service, port.number, callers);
        return groups.flatMap((group) => reachRow(index, { service, port }, group, filter.from !== undefined));
      });
    });
}

function groupCallers(index: MeshIndex, service: Service, port: number, callers: readonly string[]): string[][] {
  const host = hostOf(service);
  const destination = { service, host, port, involved: involvedFor(index, host) };
  const groups = Map.groupBy(callers, (caller) => callerSignature(index, caller, destination));
  return [...groups.values()];
}

function reachRow(
  index: MeshIndex,
  { service, port }: ServedPort,
  from: readonly string[],
  isAsked: boolean,
): ReachRow[] {
  const [caller = ''] = from;
  const scheme = speaksHttp(index, clientOf(index, caller), service, port)
    ? 'http'
    : isHttpOverTls(port.protocol)
      ? 'https'
      : 'tcp';
  const host = hostOf(service);
  const request = { scheme, host, port: port.number } as const;
  const decision = decisionFor(index, { from: caller, request });
  const space = new RequestSpace([decision]);
  const node = space.compile(decision);
  const cubes = (isReached: boolean) => space.diagrams.cubes(node, (n) => reaches(space.fate(n)) === isReached);
  const witness = findWitness(space, cubes(true));
  const parts = witness ?? findWitness(space, cubes(false));
  if (!parts || (!witness && !isAsked)) return [];
  const isTcp = scheme === 'tcp';
  const call: Call = { from: caller, request: { ...request, ...parts, ...(isTcp && { method: '' }) } };
  const isAll = witness !== undefined && cubes(false).next().done === true;
  const requests = isTcp && witness ? ['every connection'] : describeRegion(space, cubes(true));
  const example = { call, text: formatRequest(call.request), verdict: decide(index, call) };
  return [{ from, host, port: port.number, reach: witness ? (isAll ? 'all' : 'some') : 'none', requests, example }];
}
