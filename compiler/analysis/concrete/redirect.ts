// The Location of a redirect, as Envoy composes it.
import { asciiLowerCase, type RedirectAction, type TestRequest, usualPorts } from '../../model/index.ts';

/** `host`, or `host:port` where the port is not the scheme's own. */
export function authorityOf({ scheme, host, port }: Pick<TestRequest, 'scheme' | 'host' | 'port'>): string {
  return scheme !== 'tcp' && port === usualPorts[scheme] ? host : `${host}:${port}`;
}

/**
 * A redirect host stands alone; without one the request's authority is kept, port and all, but for the usual port of the scheme that
 * x-forwarded-proto says, where the redirect leads to another. `forwardedProto` is as it is written, which in capitals is another too.
 */
export function redirectLocation(
  action: Pick<RedirectAction, 'path' | 'host' | 'scheme' | 'port'>,
  request: Pick<TestRequest, 'scheme' | 'host' | 'port'>,
  target: { readonly path: string; readonly query: string },
  forwardedProto: string = request.scheme,
): string {
  const scheme = action.scheme ?? request.scheme;
  const isDropped = scheme !== forwardedProto && usualPort(forwardedProto) === request.port;
  const port = action.port === undefined ? '' : `:${action.port}`;
  const kept = action.port === undefined && !isDropped ? authorityOf(request) : request.host;
  const authority = `${action.host ?? kept}${port}`;
  const query = action.path?.includes('?') ? '' : target.query;
  return `${scheme}://${authority}${action.path ?? target.path}${query}`;
}

function usualPort(scheme: string): number | undefined {
  const told = asciiLowerCase(scheme);
  return told === 'http' || told === 'https' ? usualPorts[told] : undefined;
}
