// What a request says of its connection: to which protocol it wants to change, and which headers concern this hop only.
// The verdict and the embedded proxy share it. Envoy: Utility::isUpgrade, Utility::sanitizeConnectionHeader.
import { asciiLowerCase, trimBlanks } from './header-text.ts';

/** Joined by commas where there are several; undefined where there is none. */
interface ConnectionHeaders {
  readonly connection: string | undefined;
  readonly upgrade: string | undefined;
  readonly te: string | undefined;
}

export interface ConnectionRequest {
  /** What the connection is asked to change to, in lower case. HTTP/2 is not spoken, but the request goes on without. */
  readonly upgrade: string | undefined;
  /** The headers to drop, in lower case; `te` keeps `trailers` at most. With an upgrade all are left as they are written. */
  readonly nominated: readonly string[];
  /** Why the request is refused: it follows "it". */
  readonly problem: string | undefined;
  /** It names `host`, and without one no request is taken. */
  readonly isHostDropped: boolean;
}

const maxNominated = 9;
const maxTeBytes = 255;
const neverNominated: ReadonlySet<string> = new Set(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);

const http2Settings = 'http2-settings';
/** Said of the connection itself; no headers are meant. */
const notNames: ReadonlySet<string> = new Set(['close', 'keep-alive', http2Settings]);

export function readConnection({ connection = '', upgrade, te = '' }: ConnectionHeaders): ConnectionRequest {
  const tokens = headerTokens(connection).map((token) => asciiLowerCase(token));
  const protocol = upgrade !== undefined && tokens.includes('upgrade') ? asciiLowerCase(upgrade) : undefined;
  if (protocol !== undefined && protocol !== 'h2c')
    return { upgrade: protocol, nominated: [], problem: undefined, isHostDropped: false };
  const isHttp2 = protocol === 'h2c';
  const named = isHttp2 ? tokens.filter((token) => token !== 'upgrade' && token !== http2Settings) : tokens;
  const nominated = named.filter((token) => !notNames.has(token));
  return {
    upgrade: undefined,
    nominated: isHttp2 ? [...nominated, http2Settings] : nominated,
    problem: nominationProblem(named, te),
    isHostDropped: nominated.includes('host'),
  };
}

function nominationProblem(named: readonly string[], te: string): string | undefined {
  if (named.length > maxNominated) return `names ${named.length} headers, more than ${maxNominated}`;
  const bad = named.find((name) => neverNominated.has(name) || name.startsWith(':'));
  if (bad !== undefined) return `names ${bad}`;
  return named.includes('te') && te.length > maxTeBytes
    ? `names te, which is longer than ${maxTeBytes} bytes`
    : undefined;
}

/** The parts of a list, without blanks around them and without empty ones. */
export function headerTokens(list: string): readonly string[] {
  return list
    .split(',')
    .map((token) => trimBlanks(token))
    .filter((token) => token !== '');
}

/** What is left of a `te` that `Connection` names. */
export function nominatedTe(te: string): string | undefined {
  return headerTokens(te).some((coding) => asciiLowerCase(coding) === 'trailers') ? 'trailers' : undefined;
}

/** What is left of any other: only `trailers` passes, and nothing at all. */
export function passedTe(te: string): string | undefined {
  return te === '' || headerTokens(te).includes('trailers') ? te && 'trailers' : undefined;
}

/** Several values of a header as one. */
export function joinHeader(values: readonly string[]): string {
  return values.filter((value) => value !== '').join(',');
}
