// Who calls, as far as the mesh can tell. Settled once; nothing here depends on the request.
import type { Gateway, MeshIndex, Origin, Workload } from '../../model/index.ts';
import { keyOf, principal } from '../../model/index.ts';
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
  readonly origin: Origin;
}

export function callerOfWorkload(index: MeshIndex, workload: Workload): Caller {
  const { namespace, serviceAccount, proxy, origin } = workload;
  const key = keyOf(workload);
  if (proxy === 'none') return { key, namespace, kind: 'plain', origin };
  const identity = principal(index.mesh.settings.trustDomain, namespace, serviceAccount);
  return { key, namespace, kind: proxy, principal: identity, origin };
}

/** Any process of the network without a proxy. It lives in no namespace, so only full names mean something to it. */
export function unmeshedCaller(index: MeshIndex): Caller {
  return { key: unmeshed, namespace: '', kind: 'plain', origin: index.mesh.origin };
}

/** A gateway as the caller of the services behind it. */
export function callerOfGateway(index: MeshIndex, gateway: Gateway): Caller {
  const { namespace, serviceAccount } = index.workloadByKey.get(keyOf(gateway)) ?? gateway;
  const identity = principal(index.mesh.settings.trustDomain, namespace, serviceAccount);
  return { key: keyOf(gateway), namespace, kind: 'gateway', principal: identity, origin: gateway.origin };
}

/** The same caller without its proxy's help: what egress mode `any` passes through keeps no identity. */
export function withoutProxy({ key, namespace, origin }: Caller): Caller {
  return { key, namespace, kind: 'plain', origin };
}
