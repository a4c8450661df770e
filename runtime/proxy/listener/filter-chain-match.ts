// Which filter chain takes a connection. Pure; Envoy's order of criteria, each narrowing what is left.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch

export interface FilterChainMatch {
  readonly serverNames: readonly string[];
  /** `tls`, `raw_buffer` or "" for either. */
  readonly transportProtocol: string;
  readonly applicationProtocols: readonly string[];
}

export interface Inspected {
  readonly transportProtocol: 'tls' | 'raw_buffer';
  readonly serverName: string;
  readonly applicationProtocols: readonly string[];
}

export interface Matchable {
  readonly match: FilterChainMatch;
}

/** undefined: no chain fits, and the connection is closed (or goes to the default chain). */
export function matchFilterChain<T extends Matchable>(chains: readonly T[], seen: Inspected): T | undefined {
  let left = narrow(chains, ({ match }) => serverNameRank(match.serverNames, seen.serverName));
  left = narrow(left, ({ match }) =>
    rank(match.transportProtocol === '', match.transportProtocol === seen.transportProtocol),
  );
  left = narrow(left, ({ match: { applicationProtocols: own } }) =>
    rank(
      own.length === 0,
      seen.applicationProtocols.some((protocol) => own.includes(protocol)),
    ),
  );
  return left[0];
}

/** Keeps the candidates of the highest rank; a rank below 0 does not match. */
function narrow<T>(candidates: readonly T[], rankOf: (candidate: T) => number): readonly T[] {
  let best = 0;
  for (const candidate of candidates) best = Math.max(best, rankOf(candidate));
  return candidates.filter((candidate) => rankOf(candidate) === best);
}

function rank(isUnset: boolean, isMatching: boolean): number {
  if (isUnset) return 0;
  return isMatching ? 1 : -1;
}

/** Exact beats wildcards, longer wildcards beat shorter ones, any of them beats a chain that names no server. */
function serverNameRank(names: readonly string[], serverName: string): number {
  if (names.length === 0) return 0;
  let best = -1;
  for (const name of names) {
    const lower = name.toLowerCase();
    if (lower === serverName) return Number.MAX_SAFE_INTEGER;
    if (lower.startsWith('*.') && serverName.endsWith(lower.slice(1))) best = Math.max(best, lower.length);
  }
  return best;
}
