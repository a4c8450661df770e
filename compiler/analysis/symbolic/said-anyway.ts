// What a redirect or a rewrite says of a request that would be so anyway: two that come to the same, whatever they spell out, are one.
import { hostAliases, type TestRequest } from '../../model/index.ts';
import { authorityOf, redirectLocation } from '../concrete/redirect.ts';
import type { Redirection } from '../place/place.ts';

/** What is known of a request beforehand. */
export interface Asked extends Pick<TestRequest, 'scheme' | 'host' | 'port'> {
  /** Whether the scheme is the connection's: a sidecar has it from x-forwarded-proto. */
  readonly isEdge: boolean;
}

/** The redirect without what the request has anyway; a host with a port in it is written as the two. */
export function redirectBeyond({ path, ...redirect }: Redirection, asked: Asked): Redirection {
  const { scheme } = redirect;
  return {
    ...(path !== undefined && { path }),
    ...authorityBeyond(redirect, asked),
    ...(scheme !== undefined && !(asked.isEdge && scheme === asked.scheme) && { scheme }),
  };
}

function authorityBeyond(redirect: Redirection, asked: Asked): Pick<Redirection, 'host' | 'port'> {
  const { host, port } = splitAuthority(authorityOfRedirect(redirect, asked));
  if (redirect.host !== undefined && !(hasOneName(asked) && host === asked.host)) return { host, ...port };
  const isKept = authorityOf(asked) === `${host}${port.port === undefined ? '' : `:${port.port}`}`;
  if (isKept) return {};
  // Without a port of its own, a host that is named drops that of the request.
  return port.port === undefined ? { host } : port;
}

function authorityOfRedirect({ host, port }: Redirection, asked: Asked): string {
  const location = redirectLocation(
    { ...(host !== undefined && { host }), ...(port !== undefined && { port }) },
    asked,
    {
      path: '',
      query: '',
    },
  );
  return location.slice(location.indexOf('://') + 3);
}

function splitAuthority(authority: string): { readonly host: string; readonly port: { readonly port?: number } } {
  const [, host = authority, port] = /^(.*):(\d+)$/.exec(authority) ?? [];
  return { host, port: port === undefined ? {} : { port: Number(port) } };
}

/** The authority that a rewrite writes; undefined where every request has it anyway. */
export function hostBeyond(host: string | undefined, asked: Asked): string | undefined {
  return hasOneName(asked) && host === authorityOf(asked) ? undefined : host;
}

/** But for the dot at the end. Of a wildcard a name is asked that no route writes (compiler/review/stand-ins.ts). */
function hasOneName({ host }: Asked): boolean {
  return hostAliases(host, '').every((name) => name === host || name === `${host}.`);
}
