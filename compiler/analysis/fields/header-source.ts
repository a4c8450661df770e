// Where the value of a header comes from that a proxy matches: from the caller, or from a proxy on the way. The concrete and the symbolic
// side share it: one reads a source, the other asks which values sent lead to a wanted one.
import {
  asciiLowerCase,
  type ConnectionRequest,
  compileRegex,
  edgeHeaders,
  type HeaderEdit,
  hopByHopHeaders,
  internalHeaders,
  joinedHeaders,
  joinHeader,
  headerTokens,
  nominatedTe,
  noHeaderEdits,
  readConnection,
  refererPattern,
  type TestRequest,
  trimBlanks,
  upgradeHeaders,
} from '../../model/index.ts';

/** `sent`: as the caller wrote it. Others say what a proxy makes of the source before. */
export type HeaderSource =
  | { readonly kind: 'sent' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'fixed'; readonly value: string }
  | { readonly kind: 'default'; readonly of: HeaderSource; readonly value: string }
  /** The value, after a comma where there is one already. */
  | { readonly kind: 'appended'; readonly of: HeaderSource; readonly value: string }
  /** One more value. */
  | { readonly kind: 'added'; readonly of: HeaderSource; readonly value: string }
  /** Only this value passes, and the empty one. */
  | { readonly kind: 'only'; readonly of: HeaderSource; readonly value: string }
  | { readonly kind: 'without'; readonly of: HeaderSource; readonly value: string }
  /** Only what matches passes. */
  | { readonly kind: 'matching'; readonly of: HeaderSource; readonly pattern: string }
  /** With a request for WebSocket that of `of`. */
  | { readonly kind: 'upgraded'; readonly of: HeaderSource; readonly otherwise: HeaderSource };

/** What the sources of all headers are at one point of the way. */
export type HeaderSources = (name: string) => HeaderSource;

export interface Receiver {
  /** A gateway trusts nothing that its callers say of their own connection. */
  readonly isEdge: boolean;
  readonly scheme: string;
}

const sent: HeaderSource = { kind: 'sent' };
const absentSource: HeaderSource = { kind: 'absent' };

/** Stands for what nobody knows beforehand: an id that a proxy makes up, the address that a caller from outside has. */
const someId = '5f0c62a6-64e2-4f1b-9cf2-6f6a3e1f4a5b';
const someAddress = '203.0.113.7';

/** Whether a value of a source only stands for one that nobody knows beforehand. */
export function isStandIn(value: string): boolean {
  return value === someId || value === someAddress || value.startsWith(toldOf(''));
}

export const asSent: HeaderSources = () => sent;

/** What the connection manager of a proxy makes of the headers that it receives, before it looks for a route. */
export function receivedSources(before: HeaderSources, { isEdge, scheme }: Receiver): HeaderSources {
  return (name) => {
    const of = before(name);
    if (upgradeHeaders.has(name)) return { kind: 'upgraded', of, otherwise: absentSource };
    if (hopByHopHeaders.has(name) || internalHeaders.has(name)) return absentSource;
    if (isEdge && edgeHeaders.has(name)) return absentSource;
    return (isEdge ? atEdge : inside)[name]?.(of, scheme) ?? of;
  };
}

const clientCertificate = 'x-forwarded-client-cert';

type Received = Readonly<Record<string, (of: HeaderSource, scheme: string) => HeaderSource>>;

const inside: Received = {
  te: (of) => ({ kind: 'upgraded', of, otherwise: { kind: 'only', of, value: 'trailers' } }),
  referer: (of) => ({ kind: 'matching', of, pattern: refererPattern }),
  expect: (of) => ({ kind: 'without', of, value: '100-continue' }),
  [clientCertificate]: () => absentSource,
  'x-forwarded-proto': (of, scheme) => ({ kind: 'default', of, value: scheme }),
  'x-request-id': (of) => ({ kind: 'default', of: { kind: 'without', of, value: '' }, value: someId }),
};

const atEdge: Received = {
  ...inside,
  'x-forwarded-proto': (_of, scheme) => ({ kind: 'fixed', value: scheme }),
  'x-request-id': () => ({ kind: 'fixed', value: someId }),
  'x-forwarded-for': (of) => ({ kind: 'appended', of, value: someAddress }),
  'x-envoy-external-address': () => ({ kind: 'fixed', value: someAddress }),
};

const attemptCount = 'x-envoy-attempt-count';

/** What a proxy sends on: it says that this is the first try, does what the route says, and drops what is said for tracing. */
export function forwardedSources(before: HeaderSources, edit: HeaderEdit = noHeaderEdits.request): HeaderSources {
  const counted: HeaderSources = (name) => (name === attemptCount ? { kind: 'fixed', value: '1' } : before(name));
  const edited = editedSources(counted, edit);
  return (name) => (name === 'x-envoy-decorator-operation' ? absentSource : edited(name));
}

/** What a route's request header operations make of them: set, add, then remove. */
function editedSources(before: HeaderSources, { set, add, remove }: HeaderEdit): HeaderSources {
  return (name) => {
    if (remove.some((removed) => removed.toLowerCase() === name)) return absentSource;
    const replaced = valueFor(set, name);
    const of: HeaderSource = replaced === undefined ? before(name) : { kind: 'fixed', value: replaced };
    const added = valueFor(add, name);
    if (added === undefined) return of;
    return { kind: joinedHeaders.has(name) ? 'appended' : 'added', of, value: added };
  };
}

function valueFor(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(values).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** What a server's proxy sees: like every proxy that receives a request, but it adds who called by mutual TLS. */
export function servedSources(before: HeaderSources, principal: string | undefined): HeaderSources {
  const received = receivedSources(before, { isEdge: false, scheme: principal === undefined ? 'http' : 'https' });
  if (principal === undefined) return received;
  const told: HeaderSource = { kind: 'fixed', value: toldOf(principal) };
  return (name) => (name === clientCertificate ? told : received(name));
}

function toldOf(principal: string): string {
  return `By=spiffe://;Hash=;URI=spiffe://${principal}`;
}

/** Names of which a caller need not send anything for a proxy to see something. */
const given = [
  'x-forwarded-proto',
  'x-request-id',
  'x-forwarded-for',
  'x-envoy-external-address',
  attemptCount,
  clientCertificate,
];

/** Headers at the point of the sources, of those that were sent. `names`: which there are besides those sent and those that proxies add. */
export function readHeaders(
  headers: TestRequest['headers'],
  sources: HeaderSources,
  names: readonly string[] = [],
): TestRequest['headers'] {
  const { nominated, upgrade } = connectionOf(headers);
  const all = new Set([...Object.keys(headers), ...given, ...names.map((name) => name.toLowerCase())]);
  const read = [...all].map((name): [string, readonly string[]] => {
    const left = nominated.includes(name) ? leftOfNominated(headers, name) : valuesOf(headers, name);
    const values = joinedHeaders.has(name) ? joined(left) : left;
    return [name, readSource(sources(name), values, upgrade !== undefined)];
  });
  return Object.fromEntries(read.filter(([, values]) => values.length > 0));
}

/** Nothing but what `te` says of trailers. */
function leftOfNominated(headers: TestRequest['headers'], name: string): readonly string[] {
  const left = name === 'te' ? nominatedTe(joinHeader(valuesOf(headers, name))) : undefined;
  return left === undefined ? [] : [left];
}

/** As who receives them over HTTP/2 puts together what was sent in pieces. https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3 */
export function withOneCookie(headers: TestRequest['headers']): TestRequest['headers'] {
  const pieces = valuesOf(headers, 'cookie');
  if (pieces.length < 2) return headers;
  const { cookie: _, ...others } = headers;
  const whole = pieces.reduce((before, piece) => (before === '' ? piece : `${before}; ${piece}`));
  return whole === '' ? others : { ...others, cookie: whole };
}

/** One value where there are several. */
function joined(values: readonly string[]): readonly string[] {
  return values.length > 1 ? [joinHeader(values)] : values;
}

/** What a request says of its connection. */
export function connectionOf(headers: TestRequest['headers']): ConnectionRequest {
  const read = (name: string) => joined(valuesOf(headers, name))[0];
  return readConnection({ connection: read('connection'), upgrade: read('upgrade'), te: read('te') });
}

/** Without the blanks around them; none for a header that is not there. */
export function valuesOf(headers: TestRequest['headers'], name: string): readonly string[] {
  const value = headers[name];
  return value === undefined ? [] : [value].flat().map(trimBlanks);
}

/** The values at the point of a source, of those that were sent. */
function readSource(source: HeaderSource, values: readonly string[], isUpgrade: boolean): readonly string[] {
  if (source.kind === 'sent') return values;
  if (source.kind === 'absent') return [];
  if (source.kind === 'fixed') return [source.value];
  const isOther = source.kind === 'upgraded' && !isUpgrade;
  const before = readSource(isOther ? source.otherwise : source.of, values, isUpgrade);
  switch (source.kind) {
    case 'upgraded':
      return before;
    case 'default':
      return before.length > 0 ? before : [source.value];
    case 'appended':
      return [joinHeader([...before, source.value])];
    case 'added':
      return [...before, source.value];
    case 'only':
      return before.some((value) => headerTokens(value).includes(source.value))
        ? [source.value]
        : before.filter((value) => value === '');
    case 'without':
      return before.filter((value) => asciiLowerCase(value) !== source.value);
    case 'matching':
      return before.filter((value) => compileRegex(source.pattern)?.matches(value) ?? false);
  }
}
