// One weighted destination, as far as it can be settled without the request: which workloads serve it, and what guards them.
import {
  type DestinationPolicy,
  handleBy,
  hostOf,
  isMachine,
  isOfCluster,
  keepsDialledAddress,
  type MeshIndex,
  mayCarry,
  type Origin,
  placeOfSetting,
  nothingLeft,
  type Service,
  type TableBy,
  type TestRequest,
  type TlsTowards,
  tlsTowards,
  type WeightedDestination,
  selectsWorkloads,
} from '../../model/index.ts';
import type { Caller } from './caller.ts';
import { connect, type Gate } from './connection.ts';
import { asSent, endpointOf } from './endpoint.ts';
import { findPort } from './find-host.ts';
import type { Endpoint, Share, Step } from '../verdict.ts';

export type Destination = Pick<WeightedDestination, 'host' | 'port' | 'subset' | 'weight' | 'origin'>;

export function destinationOf({ kind: _kind, ...to }: WeightedDestination): Destination {
  const { host, port, subset, weight, origin, ...rest } = to;
  nothingLeft(rest);
  return { host, port, subset, weight, origin };
}

export interface SettledShare extends Pick<Share, 'host' | 'dialled' | 'port' | 'subset' | 'weight'> {
  /** Of the destination as it is written. */
  readonly origin: Origin;
  /** One a workload, or one for endpoints outside the mesh; empty where `problem` says why nobody answers. */
  readonly gates: readonly Gate[];
  readonly problem?: Step;
}

export function settleShare(
  index: MeshIndex,
  caller: Caller,
  destination: Destination,
  dialled: Pick<TestRequest, 'host' | 'port'>,
): SettledShare {
  const { subset, weight, origin } = destination;
  const number = destination.port === 0 ? dialled.port : destination.port;
  const service = index.serviceByHost.get(destination.host);
  const share = {
    host: service ? hostOf(service) : destination.host,
    port: number,
    subset,
    weight,
    origin,
    gates: [],
  };
  if (!service) return { ...share, problem: { text: `no service has the host ${destination.host}`, origin } };
  const port = findPort(service, number);
  if (!port) return { ...share, problem: { text: `${share.host} has no port ${number}`, origin: service.origin } };
  const policy = index.destinationPolicyFor(caller.client, share.host);
  const version = policy?.subsets.find((s) => s.name === subset);
  if (subset !== '' && !version) {
    return {
      ...share,
      problem: { text: `${share.host} has no version ${subset}`, origin: (policy ?? service).origin },
    };
  }
  if (caller.kind === 'gateway' && keepsDialledAddress(service)) {
    const text = `nobody looks up ${share.host}, and what was dialled is the gateway itself`;
    return { ...share, problem: { text, origin: placeOfSetting(service, 'resolution') } };
  }
  const endpoint = endpointOf({ service, port }, version?.labels ?? {}, tlsTowards(policy));
  if (!selectsWorkloads(service)) {
    const gates = [externalGate(caller, service, policy, endpoint)];
    return { ...share, ...(keepsDialledAddress(service) && { dialled: dialled.host.toLowerCase() }), gates };
  }
  const serving = index.workloadsOf(service).filter((w) => mayCarry(index, w, version?.labels ?? {}));
  const workloads = isByKubernetes(caller, service) ? serving.filter((w) => !isMachine(index, w)) : serving;
  if (workloads.length === 0) {
    const what = subset === '' ? share.host : `version ${subset} of ${share.host}`;
    const who = serving.length > 0 ? 'no pod serves' : 'no workload serves';
    return { ...share, problem: { text: `${who} ${what}`, origin: (version ?? service).origin } };
  }
  const gates = workloads.map((workload) => connect(index, caller, { service, port, endpoint }, workload));
  return { ...share, gates };
}

/** Whether a connection is made to the address of a Kubernetes Service, behind which are pods alone. */
function isByKubernetes({ kind }: Caller, service: Service): boolean {
  return kind === 'plain' && isOfCluster(service);
}

function externalGate(
  caller: Caller,
  service: Service,
  policy: DestinationPolicy | undefined,
  endpoint: Endpoint,
): Gate {
  const isPlain = caller.kind === 'plain';
  const towards: TlsTowards = isPlain ? { mode: 'DISABLE' } : tlsTowards(policy);
  const { tls, how } = handleBy('mode', towardsOutside, towards);
  const step = { text: `${hostOf(service)} has no proxy: ${how}`, origin: service.origin };
  return { kind: 'open', tls, endpoint: isPlain ? asSent(endpoint) : endpoint, step };
}

/** Where there is no proxy to speak mutual TLS with. */
const towardsOutside: TableBy<'mode', TlsTowards, [], { readonly tls: Gate['tls']; readonly how: string }> = {
  MESH: () => ({ tls: 'plain', how: 'no mesh TLS' }),
  DISABLE: () => ({ tls: 'plain', how: 'no mesh TLS' }),
  SIMPLE: ({ sni }) => ({ tls: 'simple', how: `TLS with SNI ${sni}` }),
};
