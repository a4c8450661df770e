// What Kubernetes adds to CEL and Istio's rules use: isURL, url().getScheme(), isIP. Judged as Go does, whose net/url and net/netip stand behind them.
import { isIP } from 'node:net';

/** The parts of a URL that `url()` knows; undefined for what Go's `url.ParseRequestURI` refuses. */
export interface ParsedUrl {
  readonly scheme: string;
}

/**
 * An absolute URI or an absolute path. Narrower than the URL class of the web platform, which repairs what Go refuses,
 * and wider, as a host may be missing (`http://`).
 */
export function parseRequestUri(text: string): ParsedUrl | undefined {
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text)) return undefined;
  const { scheme = '', rest = text } = /^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?<rest>.*)$/.exec(text)?.groups ?? {};
  if (!rest.startsWith('/')) return undefined;
  const authority = scheme !== '' && rest.startsWith('//') ? (/^\/\/([^/?]*)/.exec(rest)?.[1] ?? '') : '';
  if (!isAuthority(authority) || /%(?![0-9A-Fa-f]{2})/.test(rest.split('?')[0] ?? '')) return undefined;
  return { scheme: scheme.toLowerCase() };
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@');
  if (at >= 0 && !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(authority.slice(0, at))) return false;
  const host = authority.slice(at + 1);
  const port = host.startsWith('[') ? /^\[[^\]]+\](.*)$/.exec(host)?.[1] : host.replace(/^[^:]*/, '');
  if (port === undefined || !/^(:\d*)?$/.test(port)) return false;
  return !/[ <>"\\^`{}|]/.test(host);
}

/** An IPv4 or IPv6 address as `ip()` of Kubernetes CEL accepts it: no zone, no IPv4 mapped into IPv6. */
export function isCelIp(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%') && !/^::ffff:\d+\./i.test(text);
}
