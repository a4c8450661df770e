// The request line's target and the Host header: origin form, absolute form, `*`. Pure.
import type { ConnectionManager } from './connection-manager.ts';
import type { HeaderList } from './header-list.ts';

export interface Target {
  readonly path: string;
  /** undefined without a Host header and an authority in the target. */
  readonly authority: string | undefined;
  /** Of an absolute URL; else empty. */
  readonly scheme: string;
}

/**
 * What stands before an `@` is for nobody here. Envoy takes less in the authority of a URL than in a Host header: balsa_parser.cc.
 * What is no such URL stays whole, and is refused.
 */
const absolute =
  /^(https?):\/\/(?:[A-Za-z0-9!$%&'()*+,\-.:;=_~]*@)?((?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?)([/?#].*)?$/i;

/** The authority of an absolute URL beats the Host header. https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2 */
export function parseTarget(url: string, headers: HeaderList): Target {
  const host = headers.joined('host');
  if (url.startsWith('/')) return { path: url, authority: host, scheme: '' };
  const match = absolute.exec(url);
  if (!match) return { path: url, authority: host, scheme: '' };
  const [, scheme = '', authority = '', rest = ''] = match;
  // Without a slash there is no path: `http://host?query` matches nothing, as in Envoy.
  return { path: rest === '' ? '/' : rest, authority, scheme: scheme.toLowerCase() };
}

type HostOptions = Pick<ConnectionManager, 'stripPort' | 'isTrailingHostDotStripped'>;

export function stripHost(authority: string, options: HostOptions, localPort: number): string {
  let host = authority;
  const port = /:(\d+)$/.exec(host);
  if (port && (options.stripPort === 'any' || (options.stripPort === 'matching' && Number(port[1]) === localPort))) {
    host = host.slice(0, port.index);
  }
  return options.isTrailingHostDotStripped ? host.replace(/\.(?=(:\d+)?$)/, '') : host;
}
