// Where it is written what stands behind the hosts that a verdict sends to: ports, versions, selectors, addresses.
import { hostOf, type MeshIndex, type Origin, placeOfSetting, type Service } from '../model/index.ts';
import { contentKey, type Verdict } from '../analysis/index.ts';
import type { PlacedText } from './review.ts';
import { describeLabels, shortHost } from './words.ts';

type Share = Verdict['shares'][number];

/** A verdict and the mesh that gave it. */
export interface Judged {
  readonly index: MeshIndex;
  readonly verdict: Verdict;
}

/** What is said of a port, a version or a service. */
interface Definition {
  /** Which of them. */
  readonly subject: readonly (string | number)[];
  readonly content: unknown;
  readonly text: string;
  readonly origin: Origin;
}

/** What one mesh says otherwise of what both send to, by the same names. None where they send to others: that routes say. */
export function endpointPlaces(mine: Judged, other: Judged): PlacedText[] {
  if (addressedBy(mine) !== addressedBy(other)) return [];
  const theirs = definitionsOf(other);
  return [...definitionsOf(mine)]
    .filter(([key, { content }]) => contentKey(theirs.get(key)?.content) !== contentKey(content))
    .map(([, { text, origin }]) => ({ text, origin }));
}

/** Requests, and copies of them. */
function sentBy({ verdict: { shares, mirrors = [] } }: Judged): readonly Share[] {
  return [...shares, ...mirrors];
}

function addressedBy(judged: Judged): string {
  return [...new Set(sentBy(judged).map(({ host, subset }) => `${host} ${subset}`))].sort().join();
}

function definitionsOf(judged: Judged): ReadonlyMap<string, Definition> {
  const { index } = judged;
  const found = sentBy(judged).flatMap((share) => [
    ...portPlace(index, share),
    ...versionPlace(index, share),
    ...servicePlace(index, share),
    ...machinePlaces(index, share),
  ]);
  return new Map(found.map((one) => [contentKey(one.subject), one]));
}

function portPlace(index: MeshIndex, { host, port: number, targets }: Share): Definition[] {
  const port = index.serviceByHost.get(host)?.ports.find((one) => one.number === number);
  const [reached] = targets;
  if (!port || !reached) return [];
  const { protocol, origin } = port;
  const behind = reached.endpoint.port;
  const text = `port ${number} of ${shortHost(host)} is ${protocol} on port ${behind}`;
  return [{ subject: ['port', host, number], content: [protocol, behind], text, origin }];
}

function versionPlace(index: MeshIndex, { host, subset }: Share): Definition[] {
  const policies = index.destinationPoliciesOf(host);
  const version = policies.flatMap(({ subsets }) => subsets).find(({ name }) => name === subset);
  if (!version) return [];
  const { labels, origin } = version;
  const text = `version ${subset} of ${shortHost(host)} is ${describeLabels(labels)}`;
  return [{ subject: ['version', host, subset], content: labels, text, origin }];
}

function servicePlace(index: MeshIndex, { host }: Share): Definition[] {
  const service = index.serviceByHost.get(host);
  return service ? servicePlaceOf(service) : [];
}

function servicePlaceOf(service: Service): Definition[] {
  const { addresses, selector, resolution } = service;
  const host = hostOf(service);
  const { field, found } = finding(service);
  const text = `${shortHost(host)} is ${found}`;
  const origin = placeOfSetting(service, field);
  return [{ subject: ['service', host], content: [resolution, addresses.toSorted(), selector], text, origin }];
}

/** By which of its settings a service is found, in words that follow "is". */
function finding({ addresses, selector, resolution }: Service) {
  if (addresses.length > 0) return { field: 'addresses', found: `found by ${addresses.join(', ')}` } as const;
  if (resolution === 'workloads') return { field: 'selector', found: `found by ${describeLabels(selector)}` } as const;
  return { field: 'resolution', found: unnamed[resolution] } as const;
}

/** What has no addresses of its own. */
const unnamed: Readonly<Record<Exclude<Service['resolution'], 'workloads'>, string>> = {
  static: 'nowhere',
  dns: 'found by DNS',
  none: 'where its callers dial',
};

/** Of what the service finds by labels. */
function machinePlaces(index: MeshIndex, { targets }: Share): Definition[] {
  return targets.flatMap(({ workload: key = '' }) => {
    const workload = index.workloadByKey.get(key);
    if (!workload) return [];
    return index.machineServicesOf(workload).flatMap((service) => servicePlaceOf(service));
  });
}
