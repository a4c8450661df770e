// A request as one line of text, `POST http://shoes/stock`, and back.
import { type TestRequest, usualPorts } from '../../model/index.ts';
import { valuesOf } from '../fields/header-source.ts';
import { authorityOf } from '../concrete/redirect.ts';

export type ParsedRequest =
  | { readonly request: TestRequest; readonly problem?: undefined }
  | { readonly request?: undefined; readonly problem: string };

/** A method is any token, and its case counts: https://www.rfc-editor.org/rfc/rfc9110#section-9.1 */
const shape = /^(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s+)?([a-z]+):\/\/([^/?#\s:@]+|\[[^\]]+\])(?::(\d+))?([/?][^\s#]*)?$/i;
const headerShape = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;
const defaultPorts = { ...usualPorts, tcp: undefined };

/**
 * Reads `[METHOD] SCHEME://HOST[:PORT][/PATH]` and headers written `name: value`.
 * The method defaults to GET, the port to the scheme's; `tcp://host:port` stands for a connection. A problem is a message for the user.
 */
export function parseRequest(text: string, headers: readonly string[] = []): ParsedRequest {
  const [, method, schemeText = '', host = '', portText, rest = ''] = shape.exec(text.trim()) ?? [];
  if (host === '') return { problem: `cannot read the request "${text}": write it like "POST http://shoes/stock"` };
  const scheme = schemeText.toLowerCase();
  if (scheme !== 'http' && scheme !== 'https' && scheme !== 'tcp') {
    return { problem: `unknown scheme "${schemeText}" in "${text}": it is http, https or tcp` };
  }
  const port = portText === undefined ? defaultPorts[scheme] : Number(portText);
  if (port === undefined) return { problem: `"${text}" has no port: write tcp://${host}:PORT` };
  if (port < 1 || port > 65535) return { problem: `port ${portText} in "${text}" is not between 1 and 65535` };
  if (scheme === 'tcp') {
    if (method !== undefined || rest.length > 1 || headers.length > 0) {
      return { problem: `"${text}" is a TCP connection: it has no method, path or headers` };
    }
    return { request: { method: '', scheme, host, port, path: '/', headers: {} } };
  }
  const parsed = parseHeaders(headers);
  if (typeof parsed === 'string') return { problem: parsed };
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  return { request: { method: method ?? 'GET', scheme, host, port, path, headers: parsed } };
}

function parseHeaders(lines: readonly string[]): TestRequest['headers'] | string {
  const headers = new Map<string, string | readonly string[]>();
  for (const line of lines) {
    const [, name, value = ''] = headerShape.exec(line) ?? [];
    if (name === undefined) return `cannot read the header "${line}": write it like "x-beta: true"`;
    const key = name.toLowerCase();
    if (key === 'host') return 'the host stands in the request, not in a header: write it like "GET http://shoes/"';
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(headers);
}

/** Name and value, one pair for each value of a header that is sent several times. */
export function headerPairs(headers: TestRequest['headers']): readonly (readonly [name: string, value: string])[] {
  return Object.keys(headers).flatMap((name) => valuesOf(headers, name).map((value) => [name, value] as const));
}

/** `GET http://shoes/stock (x-beta: true)`. */
export function formatWithHeaders(request: TestRequest): string {
  const headers = headerPairs(request.headers).map(([name, value]) => ` (${name}: ${value})`);
  return `${formatRequest(request)}${headers.join('')}`;
}

/** `GET http://shoes/stock`, or `tcp://postgres:5432`. Headers are not part of it. */
export function formatRequest(request: TestRequest): string {
  if (request.scheme === 'tcp') return `tcp://${request.host}:${request.port}`;
  return `${request.method} ${request.scheme}://${authorityOf(request)}${request.path}`;
}
