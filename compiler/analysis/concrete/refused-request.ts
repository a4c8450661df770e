// Requests that a proxy answers itself before it looks for a route, because of their form. See docs/semantics.md, "What a proxy takes".
import { isHttpMethod, targetProblem, type TestRequest } from '../../model/index.ts';
import { connectionTokens, valuesOf } from '../fields/header-source.ts';

/** The status and the reason; undefined for a request that proxies take. */
export interface RefusedRequest {
  readonly status: number;
  readonly text: string;
}

/** Before any route is looked for, so whatever the host. */
export function refusedRequest({ method, path }: Pick<TestRequest, 'method' | 'path'>): RefusedRequest | undefined {
  if (!isHttpMethod(method)) return { status: 400, text: `the proxy refuses the method ${method}${caseHint(method)}` };
  const problem = targetProblem(path);
  return problem === undefined ? undefined : { status: 400, text: `the proxy refuses the path: it ${problem}` };
}

/**
 * A request to change the protocol, on a route: WebSocket passes, HTTP/2 is not spoken but the request goes on without, any other is refused.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades
 */
export function refusedUpgrade({ headers }: Pick<TestRequest, 'headers'>): RefusedRequest | undefined {
  if (!connectionTokens(headers).includes('upgrade')) return undefined;
  const protocols = valuesOf(headers, 'upgrade');
  const protocol = protocols.join(',').toLowerCase();
  if (protocols.length === 0 || passingUpgrades.has(protocol)) return undefined;
  return { status: 403, text: `the proxy refuses the upgrade to ${JSON.stringify(protocol)}` };
}

const passingUpgrades: ReadonlySet<string> = new Set(['websocket', 'h2c']);

function caseHint(method: string): string {
  const upper = method.toUpperCase();
  return isHttpMethod(upper) ? `: methods are case-sensitive, it is ${upper}` : '';
}
