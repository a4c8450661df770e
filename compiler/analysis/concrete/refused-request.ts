// Requests that a proxy answers itself before it looks for a route, because of their form. See docs/semantics.md, "What a proxy takes".
import {
  asciiLowerCase,
  type ConnectionRequest,
  connectUdpProblem,
  formProblem,
  grpcTimeoutMs,
  type HeaderLine,
  isHttpMethod,
  joinHeader,
  takesMethod,
  unreadableTarget,
  targetProblem,
  type TestRequest,
} from '../../model/index.ts';
import { connectionOf, valuesOf } from '../fields/header-source.ts';
import type { Call } from '../verdict.ts';
import { authorityOf } from './redirect.ts';

/** The status and the reason; undefined for a request that proxies take. */
export interface RefusedRequest {
  readonly status: number;
  readonly text: string;
  /** Its head was read to the end before, so that a caller by gRPC is answered in gRPC. */
  readonly isRead: boolean;
}

type Head = Omit<TestRequest, 'kind'>;
/** Of HTTP. */
type Version = Call['version'];

/** Before any route is looked for, so whatever the host. */
export function refusedRequest(request: Head, version?: Version): RefusedRequest | undefined {
  const asked = connectionOf(request.headers);
  return unreadRequest(request, asked, version) ?? refusedOnceRead(request, asked);
}

/** By who parses it. */
function unreadRequest(request: Head, { problem }: ConnectionRequest, version: Version): RefusedRequest | undefined {
  const { method, path, headers } = request;
  const form = formProblem({ method, path, authority: authorityOf(request), lines: linesOf(headers) });
  if (form) return { status: form.status, text: `the proxy refuses the request: it ${form.text}`, isRead: false };
  const refused = refusedMethod(request, version);
  if (refused) return refused;
  const target = unreadableTarget(path);
  if (target !== undefined) return { status: 400, text: `the proxy refuses the path: it ${target}`, isRead: false };
  return problem === undefined
    ? undefined
    : { status: 400, text: `the proxy refuses Connection: it ${problem}`, isRead: false };
}

function refusedOnceRead({ path, headers }: Head, { isHostDropped }: ConnectionRequest): RefusedRequest | undefined {
  if (isHostDropped) return { status: 400, text: 'the proxy refuses Connection: it names host', isRead: true };
  const udp = connectUdpProblem(valuesOf(headers, 'upgrade'), path);
  if (udp) return { status: udp.status, text: `the proxy refuses the request: it ${udp.text}`, isRead: true };
  const problem = targetProblem(path);
  return problem === undefined
    ? undefined
    : { status: 400, text: `the proxy refuses the path: it ${problem}`, isRead: true };
}

/** Over HTTP/2 only a method that asks for a tunnel, and `QUERY` that says nothing of its content. */
export function refusedMethod(
  { method, headers }: Pick<Head, 'method' | 'headers'>,
  version?: Version,
): RefusedRequest | undefined {
  if (version === 'HTTP/2' && method !== 'CONNECT' && method !== 'QUERY') return undefined;
  if (takesMethod(method, () => hasType(headers))) return undefined;
  return { status: 400, text: `the proxy refuses the method ${method}${caseHint(method)}`, isRead: false };
}

function hasType(headers: TestRequest['headers']): boolean {
  const { nominated } = connectionOf(headers);
  return !nominated.includes('content-type') && valuesOf(headers, 'content-type').some((type) => type !== '');
}

/** One for each value of a header that is sent several times. */
function linesOf(headers: TestRequest['headers']): readonly HeaderLine[] {
  return Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value): HeaderLine => [name, value]));
}

/**
 * A request to change the protocol, on a route: WebSocket passes, HTTP/2 is not spoken but the request goes on without, any other is refused.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades
 */
export function refusedUpgrade({ headers }: Pick<Head, 'headers'>): RefusedRequest | undefined {
  const protocol = connectionOf(headers).upgrade;
  if (protocol === undefined || protocol === 'websocket') return undefined;
  return { status: 403, text: `the proxy refuses the upgrade to ${JSON.stringify(protocol)}`, isRead: true };
}

/** Before an application of HTTP/2. What comes over HTTP/2 without a proxy has no `Upgrade`. */
export function refusedWebSocket({ headers }: Pick<Head, 'headers'>, version?: Version): RefusedRequest | undefined {
  if (version === 'HTTP/2' || connectionOf(headers).upgrade !== 'websocket') return undefined;
  return { status: 403, text: 'the proxy refuses WebSocket on a port of HTTP/2', isRead: true };
}

export const noSchemeText = 'x-forwarded-proto is empty: the proxy looks for no route';

/** As a proxy receives it: that of x-forwarded-proto if it is one, else its own. */
export function schemeOf({ headers, scheme }: Pick<TestRequest, 'headers' | 'scheme'>): 'http' | 'https' {
  const [said = ''] = valuesOf(headers, 'x-forwarded-proto');
  const told = asciiLowerCase(said);
  if (told === 'http' || told === 'https') return told;
  return scheme === 'https' ? 'https' : 'http';
}

/** As a proxy receives it: without a scheme, which it takes from `x-forwarded-proto`, no route is looked for. */
export function hasNoScheme({ headers }: Pick<Head, 'headers'>): boolean {
  return valuesOf(headers, 'x-forwarded-proto').includes('');
}

/** Of a request that `grpc-timeout` gives no time at all. */
export const noTime: RefusedRequest = {
  status: 504,
  text: 'grpc-timeout is 0: the proxy waits for no answer',
  isRead: true,
};

export function hasNoTime({ headers }: Pick<Head, 'headers'>): boolean {
  return grpcTimeoutMs(joinHeader(valuesOf(headers, 'grpc-timeout'))) === 0;
}

function caseHint(method: string): string {
  const upper = method.toUpperCase();
  return isHttpMethod(upper) ? `: methods are case-sensitive, it is ${upper}` : '';
}
