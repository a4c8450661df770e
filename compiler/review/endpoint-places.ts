// Where it is written what stands behind the hosts that a verdict sends to: ports, versions, selectors, addresses.
import { hostOf, type MeshIndex, type Origin, type Service } from '../model/index.ts';
import type { Verdict } from '../analysis/index.ts';
import type { PlacedText } from './review.ts';
import { describeLabels, shortHost } from './words.ts';

type Share = Verdict['shares'][number];

/** A verdict and the mesh that gave it. */
export interface Judged {
  readonly index: MeshIndex;
  readonly verdict: Verdict;
}

/** What is said of the same port, version or service, in `is`. */
interface Definition {
  readonly of: string;
  readonly is: string;
  readonly origin: Origin;
}

/** What one mesh says otherwise of what both send to, by the same names. None where they send to others: that routes say. */
export function endpointPlaces(mine: Judged, other: Judged): PlacedText[] {
  if (addressedBy(mine) !== addressedBy(other)) return [];
  const theirs = new Map(definitionsOf(other).map(({ of, is }) => [of, is]));
  return definitionsOf(mine)
    .filter(({ of, is }) => theirs.get(of) !== is)
    .map(({ of, is, origin }) => ({ text: `${of} is ${is}`, origin }));
}

function addressedBy({ verdict }: Judged): string {
  return [...new Set(verdict.shares.map(({ host, subset }) => `${host} ${subset}`))].sort().join();
}

function definitionsOf({ index, verdict }: Judged): Definition[] {
  const found = verdict.shares.flatMap((share) => [
    ...portPlace(index, share),
    ...versionPlace(index, share),
    ...servicePlace(index, share),
    ...machinePlaces(index, share),
  ]);
  return [...new Map(found.map((one) => [one.of, one])).values()];
}

function portPlace(index: MeshIndex, { host, port: number, targets }: Share): Definition[] {
  const port = index.serviceByHost.get(host)?.ports.find((one) => one.number === number);
  const [reached] = targets;
  if (!port || !reached) return [];
  const behind = reached.endpoint.port;
  return [
    { of: `port ${number} of ${shortHost(host)}`, is: `${port.protocol} on port ${behind}`, origin: port.origin },
  ];
}

function versionPlace(index: MeshIndex, { host, subset }: Share): Definition[] {
  const policies = index.destinationPoliciesOf(host);
  const version = policies.flatMap(({ subsets }) => subsets).find(({ name }) => name === subset);
  if (!version) return [];
  return [
    { of: `version ${subset} of ${shortHost(host)}`, is: describeLabels(version.labels), origin: version.origin },
  ];
}

function servicePlace(index: MeshIndex, { host }: Share): Definition[] {
  const service = index.serviceByHost.get(host);
  return service ? servicePlaceOf(service) : [];
}

function servicePlaceOf(service: Service): Definition[] {
  const found = service.addresses.length > 0 ? service.addresses.join(', ') : describeLabels(service.selector);
  return found === '' ? [] : [{ of: shortHost(hostOf(service)), is: `found by ${found}`, origin: service.origin }];
}

/** Of what the service finds by labels. */
function machinePlaces(index: MeshIndex, { targets }: Share): Definition[] {
  return targets.flatMap(({ workload: key = '' }) => {
    const workload = index.workloadByKey.get(key);
    if (!workload) return [];
    return index.machineServicesOf(workload).flatMap((service) => servicePlaceOf(service));
  });
}
