// A listener that redirects to HTTPS sends callers to a listener that must exist.
import type { Gateway, GatewayListener, MeshIndex } from '../model/index.ts';
import { coversHost, schemeOf, usualPorts } from '../model/index.ts';
import type { Check } from './check.ts';

export const httpsRedirects: Check = {
  name: 'https-redirect',
  codes: ['FL0446'],
  reads: 'all',
  check({ mesh, index }, report) {
    for (const gateway of mesh.gateways) {
      for (const listener of gateway.listeners.filter((l) => l.redirectToHttps)) {
        const port = portAfter(listener);
        const unserved = listener.hosts.find((host) => !isServed(index, host, { gateway, port }));
        if (unserved === undefined) continue;
        report('FL0446', {
          message: `listener "${listener.name}" redirects "${unserved}" to HTTPS on port ${port}, where no listener serves it`,
          span: listener.origin,
          hint:
            port === listener.port
              ? `a redirect from any port but ${usualPorts.http} keeps the port, which is HTTP here: listen on port ${usualPorts.http}, or remove redirectToHttps`
              : `add an HTTPS listener for "${unserved}" on port ${port}, or remove redirectToHttps`,
        });
      }
    }
  },
};

/** Envoy takes port 80 away with the scheme, and leaves any other where it is. */
function portAfter({ port }: GatewayListener): number {
  return port === usualPorts.http ? usualPorts.https : port;
}

interface Door {
  readonly gateway: Gateway;
  readonly port: number;
}

/** By a proxy that serves the gateway, with whatever other gateways it serves. */
function isServed(index: MeshIndex, host: string, door: Door): boolean {
  return index
    .gatewayPorts()
    .some(
      ({ port, gateways, listeners }) =>
        port === door.port &&
        gateways.includes(door.gateway) &&
        listeners.some((one) => schemeOf(one) === 'https' && one.hosts.some((served) => coversHost(served, host))),
    );
}
