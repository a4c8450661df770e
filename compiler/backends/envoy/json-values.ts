// Small proto3 JSON values that several builders need. No knowledge of the model beyond its string matches.
import { handleBy, type Reading, type TableBy, type ValueMatch } from '../../model/index.ts';
import type { AddressJson } from './proto/types/envoy/config/core/v3/address_pb.js';
import type { ConfigSourceJson } from './proto/types/envoy/config/core/v3/config_source_pb.js';
import type { StringMatcherJson } from './proto/types/envoy/type/matcher/v3/string_pb.js';
import type { FractionalPercentJson } from './proto/types/envoy/type/v3/percent_pb.js';
import type { SocketAddress } from './proxy-snapshot.ts';

/** Everything dynamic comes over the one aggregated stream, so that order is the control plane's to keep. */
export const overAds: ConfigSourceJson = { ads: {}, resourceApiVersion: 'V3' };

/** `1.500s`: the canonical form of a google.protobuf.Duration. Rounds to whole milliseconds. */
export function duration(ms: number): string {
  const whole = Math.round(ms);
  const rest = whole % 1000;
  return `${Math.floor(whole / 1000)}${rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`}s`;
}

/** A percentage with at most four decimals, exactly. */
export function fraction(percentage: number): FractionalPercentJson {
  return { numerator: Math.round(percentage * 10_000), denominator: 'MILLION' };
}

export function socketAddress({ address, port }: SocketAddress): AddressJson {
  return { socketAddress: { address, portValue: port } };
}

const matchers: TableBy<'type', Reading<ValueMatch, 'type' | 'value'>, [], StringMatcherJson> = {
  exact: ({ value }) => ({ exact: value }),
  prefix: ({ value }) => ({ prefix: value }),
  suffix: ({ value }) => ({ suffix: value }),
  regex: ({ value }) => ({ safeRegex: { regex: value } }),
};

/** Envoy matches regexes against the whole value, as the model wants. `present` has no StringMatcher that is also right for headers. */
export function stringMatcher(match: ValueMatch): StringMatcherJson {
  return handleBy('type', matchers, match);
}
