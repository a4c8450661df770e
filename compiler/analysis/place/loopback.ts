// Connections that never leave the caller's own machine or pod: no redirection catches them, whatever the mesh says of the name.
import { BlockList, isIPv6 } from 'node:net';
import { addressInHost } from '../../model/index.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** By its name as every system's file of hosts has it, or by its address, in brackets or not. */
export function isLoopback(host: string): boolean {
  const address = addressInHost(host);
  if (address === undefined) return host.toLowerCase() === 'localhost';
  return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
