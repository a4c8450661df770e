// The words of a review: fates, callers and hosts in short.
import {
  describeShares,
  type Fate,
  isReached,
  lettingInAlone,
  outside,
  placeOf,
  splitChange,
  unmeshed,
} from '../analysis/index.ts';
import type { Labels, MeshIndex, RetrySettings } from '../model/index.ts';
import { formatDuration, nothingLeft, runsGateway } from '../model/index.ts';
import { nameSome } from './inventory.ts';
import { describeNewcomers, isNewcomer } from './newcomers.ts';
import type { Difference } from './review.ts';

const denials = {
  access: 'denied by access rules',
  egress: 'not in uses',
  mtls: 'closed: no mutual TLS',
  route: 'no route',
  request: 'not a request that the proxies take',
} as const;

/** `timeout: 3s -> none`; undefined where the title says it all. */
export function changeOf({ about, from, to }: Partial<Difference>): string | undefined {
  return from === undefined || to === undefined
    ? undefined
    : changeText({ ...(about !== undefined && { about }), from, to });
}

export function changeText({ about, from, to }: Difference): string {
  return `${about === undefined ? '' : `${about}: `}${from} -> ${to}`;
}

/** `denied by access rules (403)`, `v1 90%, v2 10% of shoes.shop`. */
export function describeFate(fate: Fate): string {
  const lettingIn = lettingInAlone(fate);
  return lettingIn === undefined ? wholeFate(fate) : `let in by ${lettingIn} alone, elsewhere ${wholeFate(fate)}`;
}

function wholeFate(fate: Fate): string {
  const status = fate.status === undefined ? '' : ` (${fate.status})`;
  switch (fate.outcome) {
    case 'allowed':
      return describeSplit(fate.shares);
    case 'denied':
      return `${denials[fate.reason ?? 'access']}${status}`;
    case 'redirect':
      return `redirected${status} to ${describeRedirect(fate)}`;
    case 'answered':
      return 'CORS preflight answered';
    case 'aborted':
      return `aborted by a fault${status}`;
    case 'unavailable':
      return fate.isWithoutCaller ? 'the caller is not there' : `nobody answers${status}`;
  }
}

/** As much of a URL as the redirect changes: `https://shop.example.com/new`, `https, the same path`. */
function describeRedirect(fate: Fate): string {
  const { scheme, host, port } = fate.redirect ?? {};
  const { change } = splitChange(fate);
  const path = change.kind === 'replace' ? change.path : undefined;
  const authority = [host ?? '', ...(port === undefined ? [] : [`:${port}`])].join('');
  const place = authority === '' ? scheme : `${scheme === undefined ? '' : `${scheme}://`}${authority}`;
  if (place === undefined) return path ?? 'the same path';
  if (path === undefined) return `${place}, the same path`;
  return authority === '' ? `${place}, path ${path}` : `${place}${path}`;
}

/** `50% of shoes.shop; 50% of other.shop (refused)`. */
export function describeSplit(shares: Fate['shares']): string {
  return nameSplit(shares, howRefused);
}

/** Without how they fare. */
export function nameSplit(shares: Fate['shares'], mark: (share: Fate['shares'][number]) => string = () => ''): string {
  const marked = shares.map((share) => {
    const { dialled: _, ...rest } = share;
    return { ...rest, host: `${shortHost(placeOf(share))}${mark(share)}` };
  });
  return describeShares(marked).replace(/^to /, '');
}

/** Of a share that reaches nobody. */
function howRefused(share: Fate['shares'][number]): string {
  if (isReached(share)) return '';
  return share.fate.outcome === 'unavailable' ? ' (nobody answers)' : ' (refused)';
}

/** A duration as intent writes it. */
export function formatMs(ms: number | undefined): string {
  return ms ? formatDuration(ms) : 'none';
}

export function describeRetries(policy: RetrySettings | undefined): string {
  if (!policy || policy.attempts === 0) return 'none';
  const { attempts, perTryTimeoutMs, on, ...rest } = policy;
  nothingLeft(rest);
  const each = perTryTimeoutMs > 0 ? `, ${formatMs(perTryTimeoutMs)} each` : '';
  return `${attempts} on ${on.join(' ')}${each}`;
}

/** `app=shoes version=v1`. */
export function describeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return pairs.sort().join(' ');
}

/** `shoes.shop` for `shoes.shop.svc.cluster.local`. */
export function shortHost(host: string): string {
  return host.replace(/\.svc\.cluster\.local(?=$|:)/, '');
}

/** `shoes.shop.svc.cluster.local:80`, as rows have it. */
export function splitDestination(destination: string): { readonly host: string; readonly port: number } {
  const at = destination.lastIndexOf(':');
  return { host: destination.slice(0, at), port: Number(destination.slice(at + 1)) };
}

/** Names up to three callers; more as whole namespaces or a count. `everyone` are the workloads of the mesh. */
export function describeCallers(callers: readonly string[], index: MeshIndex): string {
  const special = [
    ...(callers.includes(outside) ? ['everyone outside'] : []),
    ...(callers.includes(unmeshed) ? ['any process without a proxy'] : []),
  ];
  const workloads = callers.filter((caller) => caller.includes('/') && !isNewcomer(caller));
  const newcomers = describeNewcomers(callers.filter(isNewcomer));
  return [...describeWorkloads(workloads, index), ...newcomers, ...special].join(', ');
}

function describeWorkloads(keys: readonly string[], index: MeshIndex): string[] {
  if (keys.length <= 3) return [...keys];
  const all = index.mesh.workloads.filter((w) => !runsGateway(w)).map((w) => `${w.namespace}/${w.name}`);
  const chosen = new Set(keys);
  if (all.length > 0 && all.every((key) => chosen.has(key))) return [`every workload (${keys.length})`];
  const namespaces = Map.groupBy(keys, (key) => key.slice(0, key.indexOf('/')));
  const parts = [...namespaces].map(([namespace, list]) => {
    const members = all.filter((key) => key.startsWith(`${namespace}/`));
    const isWhole = members.every((key) => chosen.has(key));
    if (isWhole && list.length > 1) return `every workload of namespace ${namespace} (${list.length})`;
    return list.length === 1 ? (list[0] ?? '') : `${list.length} workloads of namespace ${namespace}`;
  });
  return parts.length <= 4 ? parts : [`${keys.length} workloads of ${parts.length} namespaces`];
}

/** Whether words of `describeCallers` leave out names that nobody can tell. */
export function countsWorkloads(words: string): boolean {
  return /\b\d+ workloads of /.test(words);
}

/** `gateway edge/public`, `gateways edge/a, edge/b`: those whose proxies are asked. */
export function nameGateways(keys: readonly string[]): string {
  return `gateway${keys.length > 1 ? 's' : ''} ${nameSome(keys)}`;
}

/** Up to three hosts, then a count. `exceptOf`: what a wildcard among them leaves out. */
export function describeDestinations(
  destinations: readonly string[],
  exceptOf: (destination: string) => readonly string[],
): string {
  const short = destinations.map((destination) => {
    const except = exceptOf(destination).map(shortHost);
    return `${shortHost(destination)}${except.length === 0 ? '' : ` but ${nameSome(except)}`}`;
  });
  return short.length <= 3 ? short.join(', ') : `${short.slice(0, 2).join(', ')} and ${short.length - 2} more`;
}
