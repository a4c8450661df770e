// Who calls, as far as the mesh can tell. Settled once; nothing here depends on the request.
import type { Client, Gateway, MeshIndex, Origin, Workload } from '../../model/index.ts';
import { keyOf, principal, proxyFor } from '../../model/index.ts';
import { unmeshed } from '../verdict.ts';

export interface Caller {
  /** `namespace/name` of a workload or gateway. */
  readonly key: string;
  readonly namespace: string;
  /** `plain`: no proxy, so no identity and no routes on the caller's side. */
  readonly kind: 'sidecar' | 'gateway' | 'plain';
  /** Absent for `plain`. */
  readonly principal?: string;
  /** True if its proxy does not see which address was dialled (explicit placement). */
  readonly isBlind?: boolean;
  /** Of `plain`: true if a proxy of its own reads its requests all the same, and passes them on to where they were going. */
  readonly isRead?: boolean;
  /** As whose proxy it is given rules about hosts. */
  readonly client: Client;
  readonly origin: Origin;
}

const nobody: Client = { namespace: '', labels: {} };

/** Whose view of routes and destinations a caller has; a process without a proxy lives in no namespace. */
export function clientOf(index: MeshIndex, key: string): Client {
  return index.workloadByKey.get(key) ?? nobody;
}

/** The workload that runs a gateway's proxies; one made up from the gateway where the mesh has none. */
export function proxyOf(index: MeshIndex, gateway: Gateway): Workload {
  return index.workloadByKey.get(keyOf(gateway)) ?? proxyFor(gateway);
}

export function callerOfWorkload(index: MeshIndex, workload: Workload): Caller {
  const { namespace, serviceAccount, proxy, origin } = workload;
  const key = keyOf(workload);
  if (proxy === 'none') return { key, namespace, kind: 'plain', client: workload, origin };
  const identity = principal(index.mesh.settings.trustDomain, namespace, serviceAccount);
  return { key, namespace, kind: proxy, principal: identity, client: workload, origin };
}

/** Any process of the network without a proxy. It lives in no namespace, so only full names mean something to it. */
export function unmeshedCaller(index: MeshIndex): Caller {
  return { key: unmeshed, namespace: '', kind: 'plain', client: nobody, origin: index.mesh.origin };
}

/** The same caller without its proxy's help: what egress mode `any` passes through keeps no identity. */
export function withoutProxy({ key, namespace, client, origin }: Caller, isRead: boolean): Caller {
  return { key, namespace, kind: 'plain', client, origin, isRead };
}

/** Nobody looks into what it sends, before it is at its destination. */
export function isUnread({ kind, isRead }: Caller): boolean {
  return kind === 'plain' && isRead !== true;
}
