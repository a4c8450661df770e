// What Istio's webhook demands of a VirtualService beyond its schema.
import { isIP } from 'node:net';
import { checkDestination, checkExportTo, checkPort, checkWeights, isDnsLabel, isHost } from './common.ts';
import { checkHttpRoute } from './http-route.ts';
import type { View } from './view.ts';

export function checkVirtualService(spec: View, namespace: string): void {
  const gateways = spec.at('gateways').texts;
  const isForGateway = gateways.some((name) => name !== 'mesh');
  const isDelegate = !spec.at('hosts').isSet;
  if (isDelegate) {
    for (const field of spec.set('gateways', 'tls', 'tcp')) spec.at(field).fault(`a delegate cannot have ${field}`);
  }
  for (const gateway of spec.at('gateways').items()) checkGatewayName(gateway);
  checkHosts(spec.at('hosts'), isForGateway);
  if (spec.set('http', 'tcp', 'tls').length === 0) spec.fault('one of http, tcp and tls must have a route');
  for (const route of spec.at('http').items()) checkHttpRoute(route, isDelegate, isForGateway);
  for (const route of spec.at('tcp').items()) checkTcpRoute(route);
  for (const route of spec.at('tls').items()) checkTlsRoute(route, spec.at('hosts').texts);
  checkExportTo(spec.at('exportTo'), namespace);
}

function checkGatewayName(gateway: View): void {
  const [namespace = '', name] = gateway.text.split('/', 2);
  const isValid = name === undefined ? isHost(gateway.text) : isDnsLabel(namespace) && isDnsLabel(name);
  if (!isValid) gateway.fault(`${JSON.stringify(gateway.text)} is no gateway name: use NAMESPACE/NAME or mesh`);
}

function checkHosts(hosts: View, isForGateway: boolean): void {
  const items = hosts.items();
  for (const [i, host] of items.entries()) {
    if (!isHost(host.text) && !isMeshSni(host.text) && isIP(host.text) === 0)
      host.fault(`${JSON.stringify(host.text)} is no host name`);
    if (host.text === '*' && !isForGateway) host.fault('the host * is for gateways only');
    const other = items.slice(0, i).find((earlier) => overlap(earlier.text, host.text));
    if (other) host.fault(`host ${host.text} is already covered by ${other.text}`);
  }
}

/** The SNI of mesh mTLS, by which gateways with AUTO_PASSTHROUGH route: `outbound_.80_._.shoes.shop.svc.cluster.local`. */
function isMeshSni(text: string): boolean {
  return /^outbound_\.\d+_\.[^_]*_\.[A-Za-z][\w.-]*$/.test(text);
}

function overlap(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a);
}

function covers(wide: string, narrow: string): boolean {
  return wide === narrow || (wide.startsWith('*') && narrow.endsWith(wide.slice(1)));
}

function checkTcpRoute(route: View): void {
  for (const match of route.at('match').items()) if (match.at('port').isSet) checkPort(match.at('port'));
  checkRouteDestinations(route.at('route'));
}

function checkTlsRoute(route: View, hosts: readonly string[]): void {
  if (!route.at('match').isSet) route.fault('a TLS route needs a match');
  for (const match of route.at('match').items()) {
    if (!match.at('sniHosts').isSet) match.fault('a TLS match needs sniHosts');
    for (const sni of match.at('sniHosts').items()) {
      if (!isHost(sni.text) && !isMeshSni(sni.text) && isIP(sni.text) === 0) {
        sni.fault(`${JSON.stringify(sni.text)} is no SNI host`);
      } else if (isIP(sni.text) === 0 && !hosts.some((host) => covers(host, sni.text))) {
        sni.fault(`${sni.text} is no host of this VirtualService`);
      }
    }
  }
  checkRouteDestinations(route.at('route'));
}

function checkRouteDestinations(routes: View): void {
  if (!routes.isSet) routes.fault('a route needs a destination');
  checkWeights(routes);
  for (const route of routes.items()) checkDestination(route.at('destination'));
}
