// A listener that redirects to HTTPS sends callers to a listener that must exist.
import type { Gateway, MeshIndex } from '../model/index.ts';
import { coversHost, schemeOf } from '../model/index.ts';
import type { Check } from './check.ts';

export const httpsRedirects: Check = {
  name: 'https-redirect',
  codes: ['FL0446'],
  reads: 'all',
  check({ mesh, index }, report) {
    for (const gateway of mesh.gateways) {
      for (const listener of gateway.listeners.filter((l) => l.redirectToHttps)) {
        const unserved = listener.hosts.find((host) => !isServed(index, host, gateway));
        if (unserved === undefined) continue;
        report('FL0446', {
          message: `listener "${listener.name}" redirects "${unserved}" to HTTPS on port ${httpsPort}, where no listener serves it`,
          span: listener.origin,
          hint: `add an HTTPS listener for "${unserved}" on port ${httpsPort}, or remove redirectToHttps`,
        });
      }
    }
  },
};

/** That of an address without a port. */
const httpsPort = 443;

/** By a proxy that serves the gateway, with whatever other gateways it serves. */
function isServed(index: MeshIndex, host: string, gateway: Gateway): boolean {
  return index
    .gatewayPorts()
    .some(
      ({ port, gateways, listeners }) =>
        port === httpsPort &&
        gateways.includes(gateway) &&
        listeners.some((one) => schemeOf(one) === 'https' && one.hosts.some((served) => coversHost(served, host))),
    );
}
