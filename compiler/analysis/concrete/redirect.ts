// The Location of a redirect, as Envoy composes it.
import { type RedirectAction, type TestRequest, usualPorts } from '../../model/index.ts';

/** `host`, or `host:port` where the port is not the scheme's own. */
export function authorityOf({ scheme, host, port }: Pick<TestRequest, 'scheme' | 'host' | 'port'>): string {
  return scheme !== 'tcp' && port === usualPorts[scheme] ? host : `${host}:${port}`;
}

/** A redirect host stands alone; without one the request's authority is kept, port and all. */
export function redirectLocation(
  action: Pick<RedirectAction, 'path' | 'host' | 'scheme' | 'port'>,
  request: Pick<TestRequest, 'scheme' | 'host' | 'port'>,
  target: { readonly path: string; readonly query: string },
): string {
  const port = action.port === undefined ? '' : `:${action.port}`;
  const kept = action.port === undefined ? authorityOf(request) : request.host;
  const authority = `${action.host ?? kept}${port}`;
  const query = action.path?.includes('?') ? '' : target.query;
  return `${action.scheme ?? request.scheme}://${authority}${action.path ?? target.path}${query}`;
}
