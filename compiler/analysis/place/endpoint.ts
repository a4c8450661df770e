// What a connection is made to in the end: which instances or addresses, on which port, in which protocol.
import {
  hasOwnAddresses,
  hostOf,
  httpVersion,
  type Labels,
  type Service,
  selectsWorkloads,
  type TlsTowards,
} from '../../model/index.ts';
import type { Endpoint } from '../verdict.ts';
import type { ServedPort } from './find-host.ts';

/** Behind a port of a service, of those instances that carry the labels of a version. */
export function endpointOf({ service, port }: ServedPort, labels: Labels, tls: TlsTowards): Endpoint {
  // Bytes that no proxy looks into are what the caller makes them. TLS of the application may hold HTTP that the caller's proxy wraps.
  const protocol = httpVersion(port.protocol);
  return {
    ...foundBy(service, labels),
    port: port.targetPort,
    ...(protocol !== undefined && { protocol }),
    ...sniOf(tls),
  };
}

/** As Envoy finds them: see cluster-discovery.ts of its back end. What is looked up by no name of its own is what was dialled. */
function foundBy(service: Service, labels: Labels): Pick<Endpoint, 'labels' | 'addresses'> {
  if (selectsWorkloads(service)) return { labels: { ...service.selector, ...labels } };
  if (!hasOwnAddresses(service)) return {};
  return { addresses: service.addresses.length > 0 ? service.addresses.toSorted() : [hostOf(service)] };
}

/** A client shows a name only where it originates TLS. */
function sniOf(tls: TlsTowards): Pick<Endpoint, 'sni'> {
  return tls.mode === 'SIMPLE' ? { sni: tls.sni } : {};
}

/** As a caller sends it where there is no proxy on either side. */
export function asSent({ protocol: _protocol, sni: _sni, ...endpoint }: Endpoint): Endpoint {
  return endpoint;
}
