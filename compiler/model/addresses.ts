// IP addresses as they are compared: one and the same is written in many ways.
import { isIP, isIPv6 } from 'node:net';

/** As RFC 5952 recommends, and IPv4 within IPv6 (`::ffff:10.0.0.1`) as IPv4, which is what is dialled. What is no address stays as it is written. */
export function canonicalAddress(written: string): string {
  const url = `http://[${written}]/`;
  if (!isIPv6(written) || !URL.canParse(url)) return written;
  const address = new URL(url).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const halves = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return halves.flatMap((half) => [half >> 8, half & 0xff]).join('.');
}

/** The address that a host of a request is, if it is one; IPv6 stands in brackets there. */
export function addressInHost(host: string): string | undefined {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) === 0 ? undefined : canonicalAddress(address);
}

/** `10.0.0.1:80`, `[::1]:80`. */
export function formatSocket(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Any address, which nobody can dial. The address is canonical. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}
