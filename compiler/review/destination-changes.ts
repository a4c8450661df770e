// How what is reached differs between two fates: other destinations, other shares of the same, or other endpoints under the same names.
import { contentKey, distribution, type Endpoint, type Fate, isReached, placeOf } from '../analysis/index.ts';
import { nothingLeft } from '../model/index.ts';
import type { Difference } from './review.ts';
import { describeLabels, describeSplit, nameSplit, shortHost } from './words.ts';

type Share = Fate['shares'][number];

/** Undefined where the same is reached, whatever it is called. */
export function destinationChange(before: readonly Share[], after: readonly Share[]): Difference | undefined {
  if (contentKey(distribution(before)) === contentKey(distribution(after))) return undefined;
  // That the same destination refuses what it let in, or no longer, is told of its workloads.
  if (nameSplit(before) !== nameSplit(after)) {
    const about = namesOf(before) === namesOf(after) ? 'split' : 'destination';
    return { about, from: describeSplit(before), to: describeSplit(after) };
  }
  return endpointChange(before, after) ?? servedChange(before, after);
}

function namesOf(shares: readonly Share[]): string {
  return shares
    .map((share) => `${placeOf(share)} ${share.port} ${share.subset}`)
    .sort()
    .join();
}

/** Shares whose words are the same, one by one: what is behind them, as far as it differs. */
function endpointChange(before: readonly Share[], after: readonly Share[]): Difference | undefined {
  const pairs = before.flatMap((share, i) => {
    const [was, is] = [endpointsOf(share), endpointsOf(after[i])];
    if (was.length === 0 || is.length === 0) return [];
    const names = Object.keys(aspects).filter((name) => allOf(name, was) !== allOf(name, is));
    const say = (endpoints: readonly Endpoint[]) => names.map((name) => allOf(name, endpoints)).join(', ');
    return names.length === 0 ? [] : [{ share: nameOf(share), names, from: say(was), to: say(is) }];
  });
  const [first] = pairs;
  if (!first) return undefined;
  const isAlike = pairs.length === before.length && new Set(pairs.map(({ from, to }) => `${from} -> ${to}`)).size === 1;
  const all = (side: 'from' | 'to') =>
    isAlike ? first[side] : pairs.map((pair) => `${pair.share} ${pair[side]}`).join('; ');
  const about = [...new Set(pairs.flatMap(({ names }) => names))].join(', ');
  return { about, from: all('from'), to: all('to') };
}

function endpointsOf(share: Share | undefined): readonly Endpoint[] {
  return (share?.targets ?? []).map(({ endpoint }) => endpoint);
}

/** Some instances may be found by labels, and others by address. */
function allOf(aspect: string, endpoints: readonly Endpoint[]): string {
  return [...new Set(endpoints.map((endpoint) => aspects[aspect]?.(endpoint) ?? ''))].sort().join(', ');
}

function nameOf(share: Share): string {
  return share.subset === '' ? shortHost(placeOf(share)) : share.subset;
}

/** What is told of an endpoint, under the names by which titles know it; the most telling first. */
const aspects: Readonly<Record<string, (endpoint: Endpoint) => string>> = {
  instances: foundBy,
  port: ({ port }) => `port ${port}`,
  protocol: ({ protocol }) => protocol ?? 'as sent',
  'server name': ({ sni }) => (sni === undefined ? 'no server name' : `server name ${sni}`),
};

function foundBy({ labels, addresses, port: _port, protocol: _protocol, sni: _sni, ...rest }: Endpoint): string {
  nothingLeft(rest);
  if (labels) return describeLabels(labels) || 'every instance';
  return addresses?.join(', ') ?? 'the address that is dialled';
}

function servedChange(before: readonly Share[], after: readonly Share[]): Difference | undefined {
  const [was, is] = [before, after].map((shares) =>
    [...new Set(shares.flatMap((share) => share.targets.map((t) => t.workload ?? share.host)))].sort().join(', '),
  );
  // What else differs is how they are talked to, and whether they let in: changes of other kinds.
  return was === is ? undefined : { about: 'workloads', from: was || 'nobody', to: is || 'nobody' };
}

/** How many of the calls are sent where nobody lets them in, and were not before. */
export function refusedPart(before: readonly Share[], after: readonly Share[]): string | undefined {
  const [was, is] = [before, after].map((shares) =>
    shares
      .filter((share) => share.fate.outcome === 'denied' && !isReached(share))
      .reduce((sum, { weight }) => sum + weight, 0),
  ) as [number, number];
  return is > was ? `${was > 0 ? 'another ' : ''}${is - was}% of the calls` : undefined;
}
