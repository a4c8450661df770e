// The redirection of a pod's traffic to its proxy, as text for iptables-restore. A pure function of the pod's settings.
// Chains and exceptions follow https://istio.io/latest/docs/ops/deployment/application-requirements/ and istio-init's behaviour.
import { isIPv6 } from 'node:net';
import { proxyPorts } from '../../compiler/index.ts';
import { proxyUid } from './config.ts';
import type { SidecarSettings, TrafficSettings } from './settings.ts';

interface Family {
  readonly loopback: string;
  /** The address from which the proxy dials its own application: never to be caught again. */
  readonly passthrough: string;
  owns(range: string): boolean;
}

const ipv4: Family = {
  loopback: '127.0.0.1/32',
  passthrough: '127.0.0.6/32',
  owns: (range) => !isIPv6(range.split('/')[0] ?? ''),
};
const ipv6: Family = {
  loopback: '::1/128',
  passthrough: '::6/128',
  owns: (range) => isIPv6(range.split('/')[0] ?? ''),
};

export interface RedirectionRules {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** Each ends with a newline, and only adds to the nat table (`iptables-restore --noflush`). */
export function renderRules(settings: Pick<SidecarSettings, 'traffic' | 'statusPort'>): RedirectionRules {
  const render = (family: Family) =>
    [
      '*nat',
      ':FAIRLEAD_INBOUND - [0:0]',
      ':FAIRLEAD_IN_REDIRECT - [0:0]',
      ':FAIRLEAD_OUTBOUND - [0:0]',
      ':FAIRLEAD_OUT_REDIRECT - [0:0]',
      `-A FAIRLEAD_IN_REDIRECT -p tcp -j REDIRECT --to-ports ${proxyPorts.inbound}`,
      `-A FAIRLEAD_OUT_REDIRECT -p tcp -j REDIRECT --to-ports ${proxyPorts.outbound}`,
      '-A PREROUTING -p tcp -j FAIRLEAD_INBOUND',
      '-A OUTPUT -p tcp -j FAIRLEAD_OUTBOUND',
      ...inboundRules(settings.traffic, settings.statusPort),
      ...outboundRules(settings.traffic, family),
      'COMMIT',
      '',
    ].join('\n');
  return { ipv4: render(ipv4), ipv6: render(ipv6) };
}

/** Ports of the proxy that are meant to be reached from outside as they are: metrics, readiness, status. */
export function proxyOwnPorts(statusPort: number): readonly number[] {
  return [proxyPorts.stats, proxyPorts.ready, ...(statusPort === 0 ? [] : [statusPort])];
}

function inboundRules({ includeInboundPorts, excludeInboundPorts }: TrafficSettings, statusPort: number): string[] {
  if (includeInboundPorts !== 'all') {
    return unique(includeInboundPorts).map(
      (port) => `-A FAIRLEAD_INBOUND -p tcp --dport ${port} -j FAIRLEAD_IN_REDIRECT`,
    );
  }
  const excluded = unique([...proxyOwnPorts(statusPort), ...excludeInboundPorts]);
  return [
    ...excluded.map((port) => `-A FAIRLEAD_INBOUND -p tcp --dport ${port} -j RETURN`),
    '-A FAIRLEAD_INBOUND -p tcp -j FAIRLEAD_IN_REDIRECT',
  ];
}

function outboundRules(traffic: TrafficSettings, family: Family): string[] {
  const rule = (match: string, target: string) => `-A FAIRLEAD_OUTBOUND ${match} -j ${target}`;
  const included = traffic.includeOutboundRanges;
  return [
    ...unique(traffic.excludeOutboundPorts).map((port) => rule(`-p tcp --dport ${port}`, 'RETURN')),
    rule(`-s ${family.passthrough} -o lo`, 'RETURN'),
    // The proxy dialling its own pod's address: a call to a service of which this pod is an instance. It must pass the inbound side.
    ...(['uid', 'gid'] as const).flatMap((owner) => [
      rule(`! -d ${family.loopback} -o lo -p tcp -m owner --${owner}-owner ${proxyUid}`, 'FAIRLEAD_IN_REDIRECT'),
      rule(`-o lo -m owner ! --${owner}-owner ${proxyUid}`, 'RETURN'),
      rule(`-m owner --${owner}-owner ${proxyUid}`, 'RETURN'),
    ]),
    rule(`-d ${family.loopback}`, 'RETURN'),
    ...unique(traffic.excludeOutboundRanges.filter(family.owns)).map((range) => rule(`-d ${range}`, 'RETURN')),
    ...unique(traffic.includeOutboundPorts).map((port) => rule(`-p tcp --dport ${port}`, 'FAIRLEAD_OUT_REDIRECT')),
    ...(included === 'all'
      ? ['-A FAIRLEAD_OUTBOUND -j FAIRLEAD_OUT_REDIRECT']
      : unique(included.filter(family.owns)).map((range) => rule(`-d ${range}`, 'FAIRLEAD_OUT_REDIRECT'))),
  ];
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
