// Where it is written what stands behind the hosts that a verdict sends to: ports, versions, selectors, addresses.
import { hostOf, type MeshIndex } from '../model/index.ts';
import type { Verdict } from '../analysis/index.ts';
import type { PlacedText } from './review.ts';
import { describeLabels, shortHost } from './words.ts';

type Share = Verdict['shares'][number];

/** A verdict and the mesh that gave it. */
export interface Judged {
  readonly index: MeshIndex;
  readonly verdict: Verdict;
}

/** What one mesh says of the endpoints and the other does not. None where they are addressed by other names, or alike. */
export function endpointPlaces(mine: Judged, other: Judged): PlacedText[] {
  if (hostsOf(mine) !== hostsOf(other)) return [];
  const theirs = new Set(placesOf(other).map(({ text }) => text));
  return placesOf(mine).filter(({ text }) => !theirs.has(text));
}

function hostsOf({ verdict }: Judged): string {
  return [...new Set(verdict.shares.map(({ host }) => host))].sort().join();
}

function placesOf({ index, verdict }: Judged): PlacedText[] {
  const found = verdict.shares.flatMap((share) => [
    ...portPlace(index, share),
    ...versionPlace(index, share),
    ...servicePlace(index, share),
  ]);
  return [...new Map(found.map((place) => [place.text, place])).values()];
}

function portPlace(index: MeshIndex, { host, port: number, targets }: Share): PlacedText[] {
  const port = index.serviceByHost.get(host)?.ports.find((one) => one.number === number);
  const [reached] = targets;
  if (!port || !reached) return [];
  const behind = reached.endpoint.port;
  return [{ text: `port ${number} of ${shortHost(host)} is ${port.protocol} on port ${behind}`, origin: port.origin }];
}

function versionPlace(index: MeshIndex, { host, subset }: Share): PlacedText[] {
  const policies = index.destinationPoliciesOf(host);
  const version = policies.flatMap(({ subsets }) => subsets).find(({ name }) => name === subset);
  if (!version) return [];
  return [
    { text: `version ${subset} of ${shortHost(host)} is ${describeLabels(version.labels)}`, origin: version.origin },
  ];
}

function servicePlace(index: MeshIndex, { host }: Share): PlacedText[] {
  const service = index.serviceByHost.get(host);
  if (!service) return [];
  const found = service.addresses.length > 0 ? service.addresses.join(', ') : describeLabels(service.selector);
  return found === '' ? [] : [{ text: `${shortHost(hostOf(service))} is found by ${found}`, origin: service.origin }];
}
