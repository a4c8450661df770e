// How what is reached differs between two fates: other destinations, other shares of the same, or other endpoints under the same names.
import { contentKey, distribution, type Endpoint, type Fate } from '../analysis/index.ts';
import { nothingLeft } from '../model/index.ts';
import type { Difference } from './review.ts';
import { changeText, describeSplit, shortHost } from './words.ts';

type Share = Fate['shares'][number];

/** Undefined where the same is reached, whatever it is called. */
export function destinationChange(before: readonly Share[], after: readonly Share[]): Difference | undefined {
  if (contentKey(distribution(before)) === contentKey(distribution(after))) return undefined;
  const [from, to] = [before, after].map(describeSplit) as [string, string];
  if (from !== to) return { about: namesOf(before) === namesOf(after) ? 'split' : 'destination', from, to };
  return endpointChange(before, after) ?? servedChange(before, after);
}

function namesOf(shares: readonly Share[]): string {
  return shares
    .map(({ host, port, subset }) => `${host} ${port} ${subset}`)
    .sort()
    .join();
}

/** Shares whose words are the same, one by one: what is behind them. */
function endpointChange(before: readonly Share[], after: readonly Share[]): Difference | undefined {
  const differences = before.flatMap((share, i) => {
    const other = after[i];
    const [was, is] = [share, other].map((one) => one?.targets[0]?.endpoint);
    return was && is ? endpointDifferences(was, is).map((one) => ({ ...one, name: nameOf(share) })) : [];
  });
  if (differences.length === 0) return undefined;
  const isAlike = differences.length === before.length && new Set(differences.map(changeText)).size === 1;
  const say = (side: 'from' | 'to') =>
    [...new Set(differences.map((one) => `${isAlike ? '' : `${one.name} `}${one[side]}`))].join(', ');
  const about = [...new Set(differences.map((one) => one.about))].join(' and ');
  return { about, from: say('from'), to: say('to') };
}

function nameOf({ host, subset }: Share): string {
  return subset === '' ? shortHost(host) : subset;
}

function endpointDifferences(was: Endpoint, is: Endpoint): readonly Difference[] {
  return Object.entries(aspects).flatMap(([about, show]) => {
    const [from, to] = [show(was), show(is)];
    return from === to ? [] : [{ about, from, to }];
  });
}

/** What is told of an endpoint, under the names by which titles know it. */
const aspects: Readonly<Record<string, (endpoint: Endpoint) => string>> = {
  instances: foundBy,
  port: ({ port }) => String(port),
  protocol: ({ protocol }) => protocol ?? 'as sent',
  'server name': ({ sni }) => sni ?? 'none',
};

function foundBy({ labels, addresses, port: _port, protocol: _protocol, sni: _sni, ...rest }: Endpoint): string {
  nothingLeft(rest);
  if (labels) {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    return pairs.sort().join(' ') || 'every instance';
  }
  return addresses?.join(', ') ?? 'the address that is dialled';
}

function servedChange(before: readonly Share[], after: readonly Share[]): Difference {
  const [was, is] = [before, after].map((shares) =>
    [...new Set(shares.flatMap((share) => share.targets.map((t) => t.workload ?? share.host)))].sort().join(', '),
  );
  return { about: 'workloads', from: was || 'nobody', to: is || 'nobody' };
}
