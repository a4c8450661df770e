// The methods of HTTP that proxies take. Held to real Envoy by runtime/test/path-normalization.test.ts.

/**
 * What Envoy's HTTP/1.1 codec lets in, the common ones first. It answers any other with 400, `get` and `CONNECT` among them.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/protocol.proto (Http1ProtocolOptions.allow_custom_methods)
 */
export const httpMethods = [
  ...['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE'],
  ...[
    'ACL',
    'BIND',
    'CHECKOUT',
    'COPY',
    'LINK',
    'LOCK',
    'MERGE',
    'MKACTIVITY',
    'MKCALENDAR',
    'MKCOL',
    'MOVE',
    'MSEARCH',
  ],
  ...['NOTIFY', 'PROPFIND', 'PROPPATCH', 'PURGE', 'REBIND', 'REPORT', 'SEARCH', 'SOURCE', 'SUBSCRIBE', 'UNBIND'],
  ...['UNLINK', 'UNLOCK', 'UNSUBSCRIBE'],
] as const;

const known: ReadonlySet<string> = new Set(httpMethods);

/** Whether proxies take it over HTTP/1.1. */
export function isHttpMethod(method: string): boolean {
  return known.has(method);
}

/** QUERY too, which no rule can name, if the request has a content-type that is not empty. https://datatracker.ietf.org/doc/draft-ietf-httpbis-safe-method-w-body/ */
export function takesMethod(method: string, hasContentType: () => boolean): boolean {
  return isHttpMethod(method) || (method === 'QUERY' && hasContentType());
}
