// An address as it is compared: IPv6 has many ways to write the same.
import { isIPv6 } from 'node:net';

/** As RFC 5952 recommends; whatever is no plain IPv6 address stays as it is written, as do those with a part of IPv4. */
export function canonicalAddress(written: string): string {
  const url = `http://[${written}]/`;
  if (!isIPv6(written) || written.includes('.') || !URL.canParse(url)) return written;
  return new URL(url).hostname.slice(1, -1);
}
