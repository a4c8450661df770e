// A verdict in one line, for test reports, explanations and reviews.
import type { Share, Verdict } from '../verdict.ts';

const reasons = {
  access: 'access rules do not let the caller in',
  egress: 'the caller does not declare that it uses this host',
  mtls: 'the connection is closed for lack of mutual TLS',
  route: 'no route matches',
  request: 'it is no request that a proxy takes',
} as const;

/** `allowed (200), v1 90%, v2 10% of shoes.shop.svc.cluster.local`. */
export function describeVerdict(verdict: Verdict): string {
  const status = describeStatus(verdict);
  switch (verdict.outcome) {
    case 'allowed':
      return `allowed${status}, ${describeShares(verdict.shares)}`;
    case 'denied':
      return `denied${status}: ${reasons[verdict.reason ?? 'access']}${elsewhere(verdict)}`;
    case 'redirect':
      return `redirected${status} to ${verdict.location}`;
    case 'answered':
      return `answered by the proxy${status}`;
    case 'aborted':
      return `aborted by a fault${status}`;
    case 'unavailable':
      return `unavailable${status}: nobody can answer${elsewhere(verdict)}`;
  }
}

/** ` (403)`, ` (200, grpc-status 7)`. */
export function describeStatus({ status, grpcStatus }: Pick<Verdict, 'status' | 'grpcStatus'>): string {
  if (status === undefined) return '';
  return grpcStatus === undefined ? ` (${status})` : ` (${status}, grpc-status ${grpcStatus})`;
}

function elsewhere(verdict: Verdict): string {
  const lettingIn = lettingInAlone(verdict);
  return lettingIn === undefined ? '' : `; but ${lettingIn} lets it in`;
}

/** The workloads that let in what others refuse, which decide for the whole. Undefined where all do, or none. */
export function lettingInAlone({ outcome, shares }: Pick<Verdict, 'outcome' | 'shares'>): string | undefined {
  if (outcome === 'allowed') return undefined;
  const names = shares.flatMap(({ host, subset, targets }) =>
    targets.flatMap(({ workload, fate }) => (fate.outcome === 'allowed' ? [workload ?? nameOf(subset, host)] : [])),
  );
  const some = [...new Set(names)].sort();
  if (some.length === 0) return undefined;
  return some.length <= namedLimit ? some.join(' or ') : `one of ${some.length} workloads`;
}

const namedLimit = 3;

function nameOf(subset: string, host: string): string {
  return subset === '' ? host : `${subset} of ${host}`;
}

/** Where a share goes, as its caller knows it. */
export function placeOf({ host, dialled = host }: Pick<Share, 'host' | 'dialled'>): string {
  return dialled;
}

/** Shares of the same host are listed together, in the order of the route. */
export function describeShares(shares: readonly Share[]): string {
  const hosts = [...new Set(shares.map(placeOf))];
  const whole = shares.length === 1;
  return hosts
    .map((host) => {
      const parts = shares
        .filter((share) => placeOf(share) === host)
        .map((share) => [share.subset, whole ? '' : `${share.weight}%`].filter((word) => word !== '').join(' '))
        .filter((part) => part !== '');
      return parts.length === 0 ? `to ${host}` : `${parts.join(', ')} of ${host}`;
    })
    .join('; ');
}
