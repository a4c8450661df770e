// Requests that nobody plans: those that a mesh gives reason to ask, changed at the places where proxies may read them differently.
import {
  type HeaderValue,
  hostAliases,
  hostOf,
  httpMethods,
  type Mesh,
  type OneOrMore,
  outside,
  type TestRequest,
} from '../../compiler/index.ts';
import { delayHeader } from './applications.ts';
import type { PlannedRequest } from './ask.ts';
import type { Draw } from './draw.ts';
import { edgeNames, pathsNearEdges, valuesNearEdges } from './edge-values.ts';
import { requestsFor } from './requests.ts';

type Change = (planned: PlannedRequest, draw: Draw, around: Around) => PlannedRequest;

interface Around {
  readonly mesh: Mesh;
  /** Of headers that some rule or route of the mesh asks for. */
  readonly names: readonly string[];
  /** Paths of all requests of the mesh, and header values. */
  readonly paths: readonly string[];
  readonly values: readonly string[];
}

/** One for each part of a request: what is added to it has no row and does not compile. */
const changes: { readonly [P in keyof TestRequest]: Change } = {
  method: (planned, draw) => withRequest(planned, { method: drawMethod(draw) }),
  // Which of the two a listener speaks is not for the caller to choose.
  scheme: (planned) => planned,
  host: (planned, draw, { mesh }) => otherHost(planned, draw, mesh),
  // Not one of bytes: whoever sends HTTP there dials another listener.
  port: (planned, draw) => {
    if (planned.call.from === outside) return planned;
    const { authority: _, ...others } = planned;
    return withRequest(others, { port: draw.pick([80, 81, 99, 443]) });
  },
  path: (planned, draw, { paths }) => withRequest(planned, { path: otherPath(planned.call.request.path, draw, paths) }),
  headers: (planned, draw, around) => withRequest(planned, { headers: otherHeaders(planned, draw, around) }),
};

/** How often each is changed, among the changes. */
const weights: { readonly [P in keyof TestRequest]: number } = {
  method: 2,
  scheme: 0,
  host: 2,
  port: 1,
  path: 5,
  headers: 8,
};

const weighted = Object.entries(weights).flatMap(([part, weight]) =>
  Array<keyof TestRequest>(weight).fill(part as keyof TestRequest),
) as unknown as OneOrMore<keyof TestRequest>;

/** Endless; the same for the same mesh and draws. */
export function* randomRequests(mesh: Mesh, draw: Draw): Generator<PlannedRequest> {
  const planned = requestsFor(mesh, Number.POSITIVE_INFINITY);
  const around = surroundings(mesh, planned);
  const quick = planned.filter(({ call }) => call.request.headers[delayHeader] === undefined);
  for (;;) {
    let next = draw.pick(draw.oneIn(100) ? planned : quick);
    if (!next) return;
    const { scheme } = next.call.request;
    const count = scheme === 'tcp' ? 0 : draw.below(5);
    for (let i = 0; i < count; i++) next = changes[draw.pick(weighted)](next, draw, around);
    // Blanks before the version belong to nobody.
    yield withRequest(next, { path: next.call.request.path.replace(/[\t ]+$/, '') });
  }
}

function surroundings(mesh: Mesh, planned: readonly PlannedRequest[]): Around {
  const requests = planned.map(({ call }) => call.request);
  const headers = requests.flatMap((request) => Object.entries(request.headers));
  return {
    mesh,
    names: [...new Set(headers.map(([name]) => name))].filter((name) => name !== delayHeader),
    paths: [...new Set(requests.map(({ path }) => path))],
    values: [...new Set(headers.flatMap(([, value]) => value))],
  };
}

function withRequest(planned: PlannedRequest, changed: Partial<TestRequest>): PlannedRequest {
  return { ...planned, call: { ...planned.call, request: { ...planned.call.request, ...changed } } };
}

function drawMethod(draw: Draw): string {
  return draw.oneIn(4) ? draw.pick(['FOO', 'get', 'PRI', 'QUERY', 'Get', 'DELTE']) : draw.pick(httpMethods);
}

function otherHost(planned: PlannedRequest, draw: Draw, mesh: Mesh): PlannedRequest {
  const { from, request } = planned.call;
  const { authority: _, ...without } = planned;
  const own = draw.pick(
    from === outside
      ? [...mesh.gateways.flatMap(({ listeners }) => listeners.flatMap(({ hosts }) => hosts)), 'nobody.example']
      : mesh.services.flatMap((service) => hostAliases(hostOf(service), draw.pick(['shop', 'qa']))),
  );
  const host = (own ?? request.host).replace('*', draw.pick(['any', 'a', 'a.b', 'v1.api']));
  const spelt = draw.pick([host, host, host, host.toUpperCase(), request.host.toUpperCase(), `${host}.`, `x${host}`]);
  const port = draw.oneIn(4) ? { authority: `${spelt}:${request.port}` } : {};
  return { ...withRequest(without, { host: spelt }), ...port };
}

type TextChange = (text: string, draw: Draw) => string;

function insert(text: string, at: number, added: string, dropped = 0): string {
  return text.slice(0, at) + added + text.slice(at + dropped);
}

const hex = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** What ends a line or a request target belongs to no path. */
function anyCharacter(draw: Draw): string {
  const code = 1 + draw.below(0x17f);
  return /[\r\n\t ]/.test(String.fromCharCode(code)) ? '%20' : String.fromCharCode(code);
}

const pieces = [
  '/',
  '.',
  '..',
  ';',
  ';x',
  '%2e',
  '%2E',
  '%2f',
  '%25',
  '%',
  '\\',
  '//',
  '%00',
  '|',
  '~',
  '?',
  '#',
  '&x=a',
  '%5c',
  ':',
  '@',
  '*',
] as const;

const pathChanges: OneOrMore<TextChange> = [
  (path, draw) => insert(path, 1 + draw.below(path.length), draw.pick(pieces)),
  (path, draw) => insert(path, 1 + draw.below(path.length), draw.pick(pieces)),
  (path, draw) => insert(path, 1 + draw.below(path.length), anyCharacter(draw)),
  (path, draw) => {
    const at = 1 + draw.below(Math.max(1, path.length - 1));
    return path[at] === undefined
      ? path
      : insert(path, at, draw.oneIn(2) ? hex(path.charAt(at)) : hex(path.charAt(at)).toUpperCase(), 1);
  },
  (path, draw) => insert(path, 1 + draw.below(path.length), '', 1),
  (path, draw) => insert(path, 1 + draw.below(path.length), `%${draw.below(256).toString(16).padStart(2, '0')}`),
  (path, draw) =>
    `${path}${path.includes('?') ? '&' : '?'}${draw.pick(['x', 'X', 'a[]', 'y', '%78'])}${draw.pick(['', '=', '=a', '=a=b', '=%61'])}`,
  (path, draw) => `/${draw.pick(['x', 'x%2fy', '.', ''])}/..${path}`,
  (path) => (path === path.toUpperCase() ? path.toLowerCase() : path.toUpperCase()),
];

function otherPath(path: string, draw: Draw, paths: readonly string[]): string {
  if (draw.oneIn(5)) return draw.pick(pathsNearEdges);
  const start = draw.oneIn(4) ? (draw.pick(paths) ?? path) : path;
  const changed = draw.pick(pathChanges)(start, draw);
  return changed.startsWith('/') ? changed : `/${changed}`;
}

type Headers = TestRequest['headers'];

function otherHeaders({ call }: PlannedRequest, draw: Draw, around: Around): Headers {
  const headers = call.request.headers;
  const sent = draw.pick(Object.keys(headers).filter((name) => name !== delayHeader));
  const asked = draw.pick(around.names);
  const name = draw.pick([sent ?? asked, asked, asked, draw.pick(edgeNames)]) ?? draw.pick(edgeNames);
  return draw.pick(headerChanges)(headers, name, draw, around);
}

type HeaderChange = (headers: Headers, name: string, draw: Draw, around: Around) => Headers;

const values = (value: HeaderValue | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

function drawValue(draw: Draw, { values }: Around): string {
  return (draw.oneIn(2) ? draw.pick(values) : undefined) ?? draw.pick(valuesNearEdges);
}

const another: HeaderChange = (headers, name, draw, around) => ({ ...headers, [name]: drawValue(draw, around) });

const headerChanges: OneOrMore<HeaderChange> = [
  another,
  another,
  another,
  // Once more: before or after what there is.
  (headers, name, draw, around) => {
    const [had, added] = [values(headers[name]), [drawValue(draw, around)]];
    return { ...headers, [name]: draw.oneIn(2) ? [...had, ...added] : [...added, ...had] };
  },
  (headers, name, draw, around) => ({ ...headers, [name]: [drawValue(draw, around), drawValue(draw, around)] }),
  (headers, name) => ({ ...headers, [name]: values(headers[name]).map((value) => ` ${value}\t`) }),
  (headers, name, draw) => ({
    ...headers,
    [name]: values(headers[name]).map((value) =>
      insert(value, draw.below(value.length + 1), draw.pick(['', ',', ' ', '\u00e9', 'x']), draw.below(2)),
    ),
  }),
  (headers, name) => {
    const { [name]: _, ...without } = headers;
    return without;
  },
  // Named as of one hop.
  (headers, name, draw) => ({
    ...headers,
    connection: draw.pick([name, `close, ${name}`, `${name},x-other`, name.toUpperCase()]),
  }),
  (headers, _name, draw) => ({ ...headers, ...draw.pick(oddities) }),
];

const upgrade = (protocol: string) => ({ connection: 'Upgrade', upgrade: protocol });
const oddities: OneOrMore<Headers> = [
  upgrade('websocket'),
  upgrade('WebSocket'),
  upgrade('foo'),
  { upgrade: 'websocket' },
  { te: 'trailers' },
  { te: 'gzip, trailers' },
  { connection: 'te', te: 'trailers' },
  { connection: 'close' },
  { connection: 'keep-alive' },
  { connection: '' },
  { expect: '100-continue' },
  { expect: 'other' },
  { origin: ['https://a.com', 'https://b.com'] },
  { origin: '' },
  { 'x-forwarded-proto': 'https' },
  { 'x-forwarded-proto': '' },
  { 'x-forwarded-for': ['1.2.3.4', '5.6.7.8'] },
  { 'grpc-timeout': '0m' },
  { 'content-type': 'application/grpc' },
  { 'content-type': 'application/grpc' },
  { 'content-type': 'application/grpc+json', 'grpc-timeout': '0m' },
  { 'content-type': 'application/grpcx' },
  { 'content-type': ['application/grpc', ''] },
  { 'content-type': 'application/grpc', connection: 'content-type' },
  { 'content-type': 'application/grpc', connection: 'host' },
  { 'content-type': 'application/grpc', connection: 'x-forwarded-for' },
  { 'content-type': 'application/grpc', ...upgrade('foo') },
  { 'content-type': 'application/grpc', ...upgrade('connect-udp') },
  { 'x-envoy-original-path': '/x' },
];
